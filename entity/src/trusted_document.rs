//! `trusted_document`: a document that a client may send by its identifier.

use sea_orm::entity::prelude::*;

/// One row of `trusted_document`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trusted_document")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The agency that runs the client.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agency_id: Uuid,
    /// The `client_id` of the client's tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub client: String,
    /// The SHA-256 of the text, as 64 lower-case hexadecimal digits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sha256: String,
    /// The document.
    pub text: String,
    /// When it was registered.
    pub registered_at: DateTimeUtc,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
