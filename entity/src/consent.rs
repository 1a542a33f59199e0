//! `consent`: a decision on sharing one category about one member with one agency kind.

use sea_orm::entity::prelude::*;

/// One row of `consent`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The member.
    pub person_id: Uuid,
    /// Code of the data category.
    pub category: String,
    /// Agency kind the decision speaks of.
    pub agency_kind: String,
    /// What was decided.
    pub decision: String,
    /// The person who decided.
    pub decided_by: Option<Uuid>,
    /// When it was recorded; the newest counts.
    pub recorded_at: DateTimeUtc,
    /// First day it no longer holds.
    pub expires_on: Option<Date>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// The agency that recorded it.
    pub recorded_by_agency: Uuid,
    /// The `sub` of who recorded it.
    pub recorded_by_subject: String,
    /// For which purposes.
    pub purposes: Option<String>,
    /// The agency of the professional who decided.
    pub decided_by_agency: Option<Uuid>,
    /// The professional who decided.
    pub decided_by_subject: Option<String>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
