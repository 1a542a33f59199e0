//! `agreement_clause`: a clause of an agreement.

use sea_orm::entity::prelude::*;

/// One row of `agreement_clause`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_clause")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The agreement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agreement_id: Uuid,
    /// Place in the file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The clause's name, unique within the agreement.
    pub code: String,
    /// The clause as canonical JSON.
    pub body: String,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
