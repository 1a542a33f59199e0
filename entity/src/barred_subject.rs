//! `barred_subject`: a person to whom a family is barred.

use sea_orm::entity::prelude::*;

/// One row of `barred_subject`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "barred_subject")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// Their agency; none for whichever agency they ask for.
    pub agency_id: Option<Uuid>,
    /// Who, as their identity provider names them.
    pub subject: String,
    /// First day it holds.
    pub valid_from: Date,
    /// First day it no longer holds; none while it does.
    pub valid_until: Option<Date>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
