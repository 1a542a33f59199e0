//! `authority`: an upper-tier council that runs the programme.

use sea_orm::entity::prelude::*;

/// One row of `authority`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "authority")]
pub struct Model {
    /// The authority's number, which leads every key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Short name that stands in tokens and agreements, unique.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Age from which a member's own consent counts, in years.
    pub own_consent_age: i32,
    /// How long emergency access stays open, in hours.
    pub emergency_hours: i32,
    /// Smallest count that may be published.
    pub suppression_threshold: i32,
    /// What whoever meets a family with a marker is asked to do.
    pub marker_advice: String,
    /// Whom to ring in an emergency about whoever is at risk.
    pub number_to_ring: Option<String>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
