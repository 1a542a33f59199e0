//! `progress_value`: one measure of the Family Progress Data.

use sea_orm::entity::prelude::*;

/// One row of `progress_value`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "progress_value")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The member, or none for the whole family.
    pub person_id: Option<Uuid>,
    /// Code of the measure.
    pub measure: String,
    /// When it was gathered.
    pub stage: String,
    /// The count.
    pub value: i32,
    /// Last day of the twelve months counted.
    pub period_to: Date,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
