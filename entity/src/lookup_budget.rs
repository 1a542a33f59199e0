//! `lookup_budget`: how many people a client has asked about lately.

use sea_orm::entity::prelude::*;

/// One row of `lookup_budget`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lookup_budget")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The agency that asked.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agency_id: Uuid,
    /// Its program; empty for all of them.
    #[sea_orm(primary_key, auto_increment = false)]
    pub client: String,
    /// Empty: what a question is for makes no difference.
    #[sea_orm(primary_key, auto_increment = false)]
    pub purpose: String,
    /// How many questions were counted in each part of the window: `{"part":count}`.
    pub parts: String,
    /// How many were counted in the window.
    pub asked: i32,
    /// How many may be.
    pub allowed: i32,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
