//! `action`: a step towards a goal.

use sea_orm::entity::prelude::*;

/// One row of `action`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "action")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The goal.
    pub goal_id: Uuid,
    /// Place in the goal.
    pub position: i32,
    /// What is to be done.
    pub description: String,
    /// The agency that does it.
    pub owner_agency_id: Uuid,
    /// Day it is due.
    pub due_on: Option<Date>,
    /// Day it was done.
    pub done_on: Option<Date>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
