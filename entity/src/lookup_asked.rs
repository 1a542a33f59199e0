//! `lookup_asked`: which questions were counted, as digests.

use sea_orm::entity::prelude::*;

/// One row of `lookup_asked`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lookup_asked")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Of the asker, the period and the question.
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: i64,
    /// The period in which it was asked.
    pub period: i64,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
