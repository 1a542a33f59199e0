//! `trail_identity`: which trail it is, wherever it is restored to.

use sea_orm::entity::prelude::*;

/// The one row of `trail_identity`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_identity")]
pub struct Model {
    /// 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i32,
    /// Random identifier.
    pub id: Uuid,
}

/// No relations: it stands alone.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
