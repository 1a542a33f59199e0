//! `client_program`: a program that calls the API for an agency.

use sea_orm::entity::prelude::*;

/// One row of `client_program`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "client_program")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agency that runs it.
    pub agency_id: Uuid,
    /// The `client_id` of its tokens, unique within the authority.
    pub client_id: String,
    /// What people call it.
    pub name: String,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
