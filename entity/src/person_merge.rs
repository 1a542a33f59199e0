//! `person_merge`: that two records of people are one person's.

use sea_orm::entity::prelude::*;

/// One row of `person_merge`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "person_merge")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The record that stands for both.
    pub kept_id: Uuid,
    /// The other.
    pub merged_id: Uuid,
    /// Whether the first said that the person is shielded when they were made one.
    pub kept_shielded: bool,
    /// Whether the other did.
    pub merged_shielded: bool,
    /// Why they were made one.
    pub reason: String,
    /// The agency of who made them one.
    pub merged_by_agency: Uuid,
    /// Who that was.
    pub merged_by_subject: String,
    /// When.
    pub merged_at: DateTimeUtc,
    /// Why they were parted.
    pub split_reason: Option<String>,
    /// The agency of who parted them.
    pub split_by_agency: Option<Uuid>,
    /// Who that was.
    pub split_by_subject: Option<String>,
    /// When; none while they are one.
    pub split_at: Option<DateTimeUtc>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
