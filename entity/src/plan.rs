//! `plan`: the one support plan of a family.

use sea_orm::entity::prelude::*;

/// One row of `plan`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// Where the plan stands.
    pub status: String,
    /// Day it was drawn up.
    pub drawn_up_on: Date,
    /// Day it was agreed.
    pub agreed_on: Option<Date>,
    /// Day the family signed it.
    pub signed_by_family_on: Option<Date>,
    /// Day it was closed.
    pub closed_on: Option<Date>,
    /// How it ended.
    pub closure: Option<String>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
