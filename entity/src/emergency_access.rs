//! `emergency_access`: access to one family opened in an emergency.

use sea_orm::entity::prelude::*;

/// One row of `emergency_access`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "emergency_access")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency of who opened it.
    pub agency_id: Uuid,
    /// The `sub` of who opened it.
    pub subject: String,
    /// Ground.
    pub ground: String,
    /// Written justification.
    pub justification: String,
    /// When it was opened.
    pub opened_at: DateTimeUtc,
    /// When it ends by itself.
    pub expires_at: DateTimeUtc,
    /// When it was closed before that.
    pub closed_at: Option<DateTimeUtc>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
