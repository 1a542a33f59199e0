//! `criteria_match`: a family, or one of its members, meets a criterion.

use sea_orm::entity::prelude::*;

/// One row of `criteria_match`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "criteria_match")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The member, or none for the whole family.
    pub person_id: Option<Uuid>,
    /// Code of the national or local criterion.
    pub criterion: String,
    /// The agency the evidence came from.
    pub source_agency_id: Uuid,
    /// What the evidence is.
    pub evidence: String,
    /// First day the evidence speaks of.
    pub evidence_from: Date,
    /// Last day the evidence speaks of; none while it goes on.
    pub evidence_until: Option<Date>,
    /// How it was matched.
    pub matched_by: String,
    /// Day a data analyst verified it.
    pub verified_on: Option<Date>,
    /// Day it was withdrawn.
    pub withdrawn_on: Option<Date>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
