//! `trail_entry`: an entry of the audit trail.

use sea_orm::entity::prelude::*;

/// One row of `trail_entry`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_entry")]
pub struct Model {
    /// The chain, one a server process.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: Uuid,
    /// Place in the chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
    /// The authority it speaks of; none for what belongs to no authority.
    pub authority_id: Option<i32>,
    /// What happened.
    pub kind: String,
    /// The entry as canonical JSON, without data values.
    pub body: String,
    /// Hash of the entry before.
    pub prev_hash: String,
    /// Hash of this entry.
    pub hash: String,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
