//! `person_merge_row`: of which of two records a row was that names their person.

use sea_orm::entity::prelude::*;

/// One row of `person_merge_row`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "person_merge_row")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// By which the records are one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub merge_id: Uuid,
    /// The table and the column.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: String,
    /// The row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_id: Uuid,
    /// Whether it is of the merged record, and not of the kept one.
    pub of_merged: bool,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
