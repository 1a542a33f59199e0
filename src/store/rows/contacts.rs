//! What was said of markers, and where agencies are told of contacts.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{sharing::caller::Caller, store::record::record};

/// Whether a marker changed what a professional did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkerResponseRow {
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency of who says it.
    pub agency_id: Uuid,
    /// Who says it.
    pub subject: String,
    /// The day on which the marker was seen.
    pub responded_on: NaiveDate,
    /// Whether it changed what was done.
    pub changed_what_was_done: bool,
}

/// Where an agency's own program is told of contacts or alerts. It says nothing of a family. The secrets are sealed.
#[derive(Clone, PartialEq, Eq, FromQueryResult)]
pub struct WebhookEndpointRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
    /// The role for which it is told.
    pub role: String,
    /// The purpose for which it is told.
    pub purpose: String,
    /// As whom it is told: who added it.
    pub subject: String,
    /// The client program with which it was added.
    pub client: String,
    /// The address, which may hold what only the agency knows.
    pub url: String,
    /// The secret, sealed.
    pub secret_now: String,
    /// The secret before it, sealed.
    pub secret_before: Option<String>,
    /// When it was added.
    pub added_at: DateTime<Utc>,
    /// When the secret was changed last.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When the receiver said that it wants nothing any more.
    pub disabled_at: Option<DateTime<Utc>>,
    /// What it is told of: contacts or alerts.
    pub events: String,
}

record!(WebhookEndpointRow: authority_id id agency_id role purpose subject client url secret_now secret_before added_at rotated_at disabled_at events);

impl WebhookEndpointRow {
    /// A new endpoint of a caller, with its sealed secret, that is told of such events.
    pub fn of(caller: &Caller, id: Uuid, url: String, secret_now: String, at: DateTime<Utc>, events: &str) -> Self {
        Self {
            authority_id: caller.authority,
            id,
            agency_id: caller.principal.agency,
            role: caller.principal.role.clone(),
            purpose: caller.purpose.clone(),
            subject: caller.principal.subject.clone(),
            client: caller.client.clone(),
            url,
            secret_now,
            secret_before: None,
            added_at: at,
            rotated_at: None,
            disabled_at: None,
            events: events.to_owned(),
        }
    }
}

impl std::fmt::Debug for WebhookEndpointRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookEndpointRow")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A contact that an endpoint is to be told of, or was.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct WebhookDeliveryRow {
    /// Its key.
    pub id: Uuid,
    /// The endpoint.
    pub endpoint_id: Uuid,
    /// What happened.
    pub event_type: String,
    /// The family.
    pub family_id: Uuid,
    /// The contact.
    pub contact_id: Uuid,
    /// Where it stands.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_at: DateTime<Utc>,
    /// Why the last attempt failed.
    pub last_failure: Option<String>,
    /// The status of the last attempt.
    pub last_status: Option<i32>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was delivered or given up.
    pub ended_at: Option<DateTime<Utc>>,
}

record!(WebhookDeliveryRow: id endpoint_id event_type family_id contact_id state attempts next_at last_failure last_status created_at ended_at);

/// A delivery as whoever delivers it needs it: of a contact with a family, or of an alert.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OutboxRow {
    /// Its key.
    pub id: Uuid,
    /// What happened.
    pub event_type: String,
    /// The family of a contact.
    pub family_id: Option<Uuid>,
    /// The contact.
    pub contact_id: Option<Uuid>,
    /// The alert.
    pub alert_id: Option<Uuid>,
    /// How often it was tried.
    pub attempts: i32,
}
