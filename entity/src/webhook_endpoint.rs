//! `webhook_endpoint`: where an agency's own program is told of contacts or alerts.

use sea_orm::entity::prelude::*;

/// One row of `webhook_endpoint`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoint")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
    /// The role for which it is told.
    pub role: String,
    /// The purpose for which it is told.
    pub purpose: String,
    /// The `sub` of who added it, as whom it is told.
    pub subject: String,
    /// The client program with which it was added.
    pub client: String,
    /// The address.
    pub url: String,
    /// The secret, sealed.
    pub secret_now: String,
    /// The secret before it, sealed.
    pub secret_before: Option<String>,
    /// When it was added.
    pub added_at: DateTimeUtc,
    /// When the secret was changed last.
    pub rotated_at: Option<DateTimeUtc>,
    /// When the receiver said that it wants nothing any more.
    pub disabled_at: Option<DateTimeUtc>,
    /// What it is told of: `contacts` or `alerts`.
    pub events: String,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
