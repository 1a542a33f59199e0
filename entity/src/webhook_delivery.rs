//! `webhook_delivery`: something that an endpoint is to be told, or was.

use sea_orm::entity::prelude::*;

/// One row of `webhook_delivery`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The endpoint.
    pub endpoint_id: Uuid,
    /// What happened.
    pub event_type: String,
    /// The family of a contact.
    pub family_id: Option<Uuid>,
    /// The contact.
    pub contact_id: Option<Uuid>,
    /// The alert.
    pub alert_id: Option<Uuid>,
    /// Where it stands.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_at: DateTimeUtc,
    /// Until when a server process has it in hand.
    pub claimed_until: Option<DateTimeUtc>,
    /// Why the last attempt failed.
    pub last_failure: Option<String>,
    /// The status of the last attempt.
    pub last_status: Option<i32>,
    /// When it was written.
    pub created_at: DateTimeUtc,
    /// When it was delivered or given up.
    pub ended_at: Option<DateTimeUtc>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
