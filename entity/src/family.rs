//! `family`: a household the programme knows.

use sea_orm::entity::prelude::*;

/// One row of `family`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "family")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Reference that people can read over the phone, unique within the authority.
    pub reference: String,
    /// District.
    pub district: Option<String>,
    /// Ward.
    pub ward: Option<String>,
    /// Locality.
    pub locality: Option<String>,
    /// Children's centre reach area.
    pub reach_area: Option<String>,
    /// Need level given at the checkpoint.
    pub need_level: Option<String>,
    /// How the family came in.
    pub route: String,
    /// Day it joined the cohort; none means a candidate.
    pub attached_on: Option<Date>,
    /// Day its time on the cohort ended.
    pub closed_on: Option<Date>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
