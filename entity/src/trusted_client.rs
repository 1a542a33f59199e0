//! `trusted_client`: a client that may send registered documents only.

use sea_orm::entity::prelude::*;

/// One row of `trusted_client`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trusted_client")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The agency that runs it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agency_id: Uuid,
    /// The `client_id` of its tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub client: String,
    /// Since when.
    pub since: DateTimeUtc,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
