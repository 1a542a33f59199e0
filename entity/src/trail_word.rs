//! `trail_word`: what many entries of the trail say alike, once.

use sea_orm::entity::prelude::*;

/// One row of `trail_word`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trail_word")]
pub struct Model {
    /// By this number entries speak of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// The SHA-256 hash of the text.
    #[sea_orm(unique)]
    pub hash: Vec<u8>,
    /// The text: JSON, without data values.
    pub body: String,
}

/// No relations: statements join by themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
