//! `trail_record`: an entry of the audit trail.

use sea_orm::entity::prelude::*;

/// One row of `trail_record`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_record")]
pub struct Model {
    /// The number of its chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain: i32,
    /// The authority it speaks of; none for what belongs to no authority.
    pub authority_id: Option<i32>,
    /// Its place in its chain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When it was recorded, in microseconds since 1970.
    pub at: i64,
    /// The agency whose look-ups it tells of, as the number of a word.
    pub agency: Option<i32>,
    /// The number of what happened.
    pub kind: i16,
    /// The family it speaks of, where it speaks of one alone.
    pub family_id: Option<Uuid>,
    /// The hash of the entry and of all before it.
    pub hash: Vec<u8>,
    /// The rest of the entry, packed, without data values.
    pub body: Vec<u8>,
}

/// No relations: statements join by themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
