//! `write_budget`: how many changes were made lately.

use sea_orm::entity::prelude::*;

/// One row of `write_budget`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "write_budget")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// What they are counted for, as a digest.
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder: i64,
    /// The part of the window in which the last one was counted.
    pub part: i64,
    /// How many were counted in each part of the window: `{"part":count}`.
    pub parts: String,
    /// How many were counted in the window.
    pub counted: i32,
    /// How many may be.
    pub allowed: i32,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
