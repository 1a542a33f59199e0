//! `goal`: a goal of a plan.

use sea_orm::entity::prelude::*;

/// One row of `goal`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goal")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// Place in the plan.
    pub position: i32,
    /// What is to be reached.
    pub description: String,
    /// Code of the criterion it is tied to.
    pub criterion: Option<String>,
    /// Where it stands.
    pub status: String,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
