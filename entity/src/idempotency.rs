//! `idempotency`: the answer to a mutation, kept for when it is sent again.

use sea_orm::entity::prelude::*;

/// One row of `idempotency`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The caller's agency.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agency_id: Uuid,
    /// The `sub` of the caller.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// The key the caller chose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Hash of the request, so that a key is not used for another.
    pub request_hash: String,
    /// The answer.
    pub response: String,
    /// When it was answered.
    pub created_at: DateTimeUtc,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
