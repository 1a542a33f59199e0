//! `trail_head`: the signed end of a chain.

use sea_orm::entity::prelude::*;

/// One row of `trail_head`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_head")]
pub struct Model {
    /// The chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: Uuid,
    /// Place of its last entry.
    pub seq: i64,
    /// Hash of its last entry.
    pub hash: String,
    /// Signature over chain, place and hash.
    pub signature: String,
    /// The server process that writes it.
    pub process: String,
    /// When it was last signed.
    pub updated_at: DateTimeUtc,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
