//! `family_change`: that something of a family has changed, in the order of the commits.

use sea_orm::entity::prelude::*;

/// One row of `family_change`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "family_change")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Its place in that order, among all of the authority.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The family.
    pub family_id: Uuid,
    /// The person whose every family it concerns, where it is about a person.
    pub person_id: Option<Uuid>,
    /// The contact that was reported, where one was.
    pub contact_id: Option<Uuid>,
    /// When it was made; of rows loaded in bulk it is not said.
    pub recorded_at: Option<DateTimeUtc>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
