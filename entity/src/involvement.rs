//! `involvement`: an agency's work with a family.

use sea_orm::entity::prelude::*;

/// One row of `involvement`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "involvement")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency that works with the family.
    pub agency_id: Uuid,
    /// Its service or team.
    pub service_team: Option<String>,
    /// Professional to contact.
    pub contact_name: String,
    /// The professional's telephone number.
    pub contact_phone: Option<String>,
    /// The professional's e-mail address.
    pub contact_email: Option<String>,
    /// First day.
    pub started_on: Date,
    /// Last day; none while it is open.
    pub ended_on: Option<Date>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
