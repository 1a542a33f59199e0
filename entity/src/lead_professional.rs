//! `lead_professional`: who leads the work with a family, and when.

use sea_orm::entity::prelude::*;

/// One row of `lead_professional`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_professional")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency the Lead Professional works for.
    pub agency_id: Uuid,
    /// The `sub` of the Lead Professional's tokens.
    pub subject: String,
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Team.
    pub team: Option<String>,
    /// First day it holds.
    pub valid_from: Date,
    /// First day it no longer holds; none while it does.
    pub valid_until: Option<Date>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
