//! `agreement_signatory`: an agency's signature under an agreement.

use sea_orm::entity::prelude::*;

/// One row of `agreement_signatory`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_signatory")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The agreement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agreement_id: Uuid,
    /// The agency that signed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agency_id: Uuid,
    /// Day it signed.
    pub signed_on: Date,
    /// Day it left.
    pub withdrawn_on: Option<Date>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
