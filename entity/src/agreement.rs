//! `agreement`: one version of an information sharing agreement.

use sea_orm::entity::prelude::*;

/// One row of `agreement`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agreement's own name, the same in all its versions.
    pub code: String,
    /// Version, unique with the code.
    pub version: i32,
    /// Title.
    pub title: String,
    /// First day in force.
    pub effective_from: Date,
    /// Last day in force.
    pub effective_to: Option<Date>,
    /// Day by which it is to be reviewed.
    pub review_by: Date,
    /// The file as it was loaded.
    pub document: String,
    /// When it was loaded.
    pub loaded_at: DateTimeUtc,
    /// The `sub` of who loaded it.
    pub loaded_by: String,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
