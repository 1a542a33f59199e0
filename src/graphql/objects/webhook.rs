//! `WebhookEndpoint` and `WebhookDelivery`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Contact, PageInfo, forward_page::forward_page, rows};
use crate::{
    graphql::{
        codes::{self, WebhookDeliveryState, WebhookFailure},
        context::Request,
        ids::Kind,
    },
    sharing::{
        grant::{NoFamily, Shared, Visible},
        register::field,
    },
    store::{
        dossier::Dossier,
        rows::{WebhookDeliveryRow, WebhookEndpointRow},
    },
};

/// Where an agency's own program is told of contacts. It says nothing of a family: whoever could ever read contacts looks after those of
/// their own agency, role and purpose.
#[derive(Clone)]
pub struct WebhookEndpoint(pub Visible<WebhookEndpointRow, NoFamily>);

/// Where your agency's own program is told of contacts, for your role and purpose.
#[Object]
impl WebhookEndpoint {
    /// Opaque identifier.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::WebhookEndpoint, Uuid::nil(), self.0.key())
    }

    /// The address.
    fn url(&self) -> Shared<String> {
        self.0.release(field::WEBHOOK_ENDPOINT_URL, |row| row.url.clone())
    }

    /// Who added it. It is told what they may know.
    fn added_by(&self) -> Shared<String> {
        self.0
            .release(field::WEBHOOK_ENDPOINT_ADDED_BY, |row| row.subject.clone())
    }

    /// When it was added.
    fn added_at(&self) -> Shared<DateTime<Utc>> {
        self.0.release(field::WEBHOOK_ENDPOINT_ADDED_AT, |row| row.added_at)
    }

    /// When its secret was changed last. For a day from then on webhooks are signed with the secret before it as well.
    fn secret_rotated_at(&self) -> Shared<Option<DateTime<Utc>>> {
        self.0
            .release(field::WEBHOOK_ENDPOINT_SECRET_ROTATED_AT, |row| row.rotated_at)
    }

    /// When it answered that it wants nothing any more (410). It is told nothing from then on: add it again.
    fn disabled_at(&self) -> Shared<Option<DateTime<Utc>>> {
        self.0
            .release(field::WEBHOOK_ENDPOINT_DISABLED_AT, |row| row.disabled_at)
    }
}

/// Something that an endpoint is to be told of a family, or was.
#[derive(Clone)]
pub struct WebhookDelivery {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<WebhookDeliveryRow>,
    pub(in crate::graphql) endpoint: WebhookEndpoint,
}

/// Something that an endpoint of yours is to be told, or was.
#[Object]
impl WebhookDelivery {
    /// Opaque identifier.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::WebhookDelivery, self.dossier.key(), self.row.key())
    }

    /// The endpoint.
    fn endpoint(&self) -> Shared<WebhookEndpoint> {
        self.row
            .release_rows(field::WEBHOOK_DELIVERY_ENDPOINT, || self.endpoint.clone())
    }

    /// What happened: `contact.reported`.
    fn event_type(&self) -> Shared<String> {
        self.row
            .release(field::WEBHOOK_DELIVERY_EVENT_TYPE, |row| row.event_type.clone())
    }

    /// The contact.
    fn contact(&self, ctx: &Context<'_>) -> Shared<Option<Contact>> {
        let contact = self.row.release(field::WEBHOOK_DELIVERY_CONTACT, |row| row.contact_id);
        let contact = contact.seen().copied();
        self.row.release_rows(field::WEBHOOK_DELIVERY_CONTACT, || {
            rows(ctx, &self.dossier, |row: &Contact| {
                Some(super::Entry::key(row)) == contact
            })
            .pop()
        })
    }

    /// The value of `webhook-id` in every attempt.
    fn message_id(&self) -> Shared<String> {
        self.row.release(field::WEBHOOK_DELIVERY_MESSAGE_ID, |row| {
            crate::webhook::message_id(row.id)
        })
    }

    /// Where it stands.
    fn state(&self) -> Shared<Option<WebhookDeliveryState>> {
        self.row
            .release(field::WEBHOOK_DELIVERY_STATE, |row| codes::parse(&row.state))
    }

    /// How often it was tried since it was written, or since it was last said to be tried again.
    fn attempts(&self) -> Shared<i32> {
        self.row.release(field::WEBHOOK_DELIVERY_ATTEMPTS, |row| row.attempts)
    }

    /// When it is tried next.
    fn next_attempt_at(&self) -> Shared<Option<DateTime<Utc>>> {
        self.row.release(field::WEBHOOK_DELIVERY_NEXT_ATTEMPT_AT, |row| {
            (row.state == "pending").then_some(row.next_at)
        })
    }

    /// Why the last attempt failed.
    fn last_failure(&self) -> Shared<Option<WebhookFailure>> {
        self.row.release(field::WEBHOOK_DELIVERY_LAST_FAILURE, |row| {
            row.last_failure.as_deref().and_then(codes::parse)
        })
    }

    /// The status that the receiver answered the last attempt with.
    fn last_status(&self) -> Shared<Option<i32>> {
        self.row
            .release(field::WEBHOOK_DELIVERY_LAST_STATUS, |row| row.last_status)
    }

    /// When it was written.
    fn created_at(&self) -> Shared<DateTime<Utc>> {
        self.row
            .release(field::WEBHOOK_DELIVERY_CREATED_AT, |row| row.created_at)
    }

    /// When it was delivered or given up.
    fn ended_at(&self) -> Shared<Option<DateTime<Utc>>> {
        self.row.release(field::WEBHOOK_DELIVERY_ENDED_AT, |row| row.ended_at)
    }
}

forward_page!(ContactConnection, ContactEdge, Contact, "contacts");
forward_page!(
    WebhookDeliveryConnection,
    WebhookDeliveryEdge,
    WebhookDelivery,
    "deliveries"
);
