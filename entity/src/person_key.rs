//! `person_key`: what people are looked up by, worked out from what is stored of them.

use sea_orm::entity::prelude::*;

/// One row of `person_key`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "person_key")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    /// Whether it is made of where they live.
    pub by_place: bool,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
