//! `family_written`: that something of a family was written, by whomever, in the order of the commits. The database itself keeps it.

use sea_orm::entity::prelude::*;

/// One row of `family_written`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "family_written")]
pub struct Model {
    /// The authority it belongs to; nought while a load is under way in SQLite.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Its place in that order, among all of the authority.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The family, which may be there no more; nought for all of the authority.
    #[sea_orm(primary_key, auto_increment = false)]
    pub family_id: Uuid,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
