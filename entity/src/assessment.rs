//! `assessment`: an assessment of a family.

use sea_orm::entity::prelude::*;

/// One row of `assessment`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency that assesses.
    pub agency_id: Uuid,
    /// Kind of assessment.
    pub kind: String,
    /// Whether it covers every member.
    pub covers_all_members: bool,
    /// Day it began.
    pub started_on: Date,
    /// Day it was completed.
    pub completed_on: Option<Date>,
    /// Grade given to it.
    pub quality: Option<String>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
