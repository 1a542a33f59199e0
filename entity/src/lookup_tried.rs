//! `lookup_tried`: which values an agency's questions tried, as digests.

use sea_orm::entity::prelude::*;

/// One row of `lookup_tried`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lookup_tried")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Of the agency and what its questions hold fast.
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: i64,
    /// The last day on which something was tried, counted from 1970.
    pub day: i64,
    /// How long the text was before the last statement; less than nought where that added nothing.
    pub before: i32,
    /// The values, with who tried each and when.
    pub tried: String,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
