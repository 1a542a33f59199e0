//! `membership`: a person's time in a family.

use sea_orm::entity::prelude::*;

/// One row of `membership`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
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
    /// What the person is to the family.
    pub relationship: String,
    /// Whether the person has parental responsibility for its children.
    pub parental_responsibility: bool,
    /// First day it holds.
    pub valid_from: Date,
    /// First day it no longer holds; none while it does.
    pub valid_until: Option<Date>,
    /// Employment status.
    pub employment_status: Option<String>,
    /// School, college or other education setting.
    pub education_setting: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// The agency it came from.
    pub source_agency_id: Option<Uuid>,
    /// Why it ended, where that is recorded.
    pub end_reason: Option<String>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
