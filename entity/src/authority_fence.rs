//! `authority_fence`: where each authority is served that was moved, or is being moved.

use sea_orm::entity::prelude::*;

/// One row of `authority_fence`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "authority_fence")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// How far its move is, as a code.
    pub state: String,
    /// The move, which has the same key in both databases.
    pub move_id: Uuid,
    /// Since when.
    pub since: DateTimeUtc,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
