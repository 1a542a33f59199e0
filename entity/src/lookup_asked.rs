//! `lookup_asked`: which questions were counted, as digests.

use sea_orm::entity::prelude::*;

/// One row of `lookup_asked`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lookup_asked")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Of the asker and the question.
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: i64,
    /// The part of the window in which it was counted as a new one.
    pub part: i64,
    /// How often it was asked since.
    pub times: i32,
    /// For how many questions it counted the last time.
    pub cost: i32,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
