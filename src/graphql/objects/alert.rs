//! `Alert`: somebody tried too many values in look-ups. Who, how and when; never what they asked.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Agency, PageInfo, forward_page::forward_page};
use crate::{
    graphql::{
        codes::{self, AlertKind, Role},
        context::Request,
        ids::Kind,
        shared::Outcome,
    },
    sharing::{
        grant::Shared,
        register::{FieldId, field},
    },
    store::{alerts::AlertRow, rows::WebhookEndpointRow},
};

/// That somebody tried too many values.
#[derive(Clone)]
pub struct Alert(pub(in crate::graphql) AlertRow);

impl Alert {
    fn tell<T>(&self, ctx: &Context<'_>, field: FieldId, value: impl FnOnce(&AlertRow) -> T) -> Shared<T> {
        Shared::about_own(&Request::of(ctx).ceiling, field, self.0.agency_id, || value(&self.0))
    }
}

/// Somebody tried more values in look-ups than whoever looks people up does: one name with more and more birthdays, one person with more and more places or numbers. Whom they asked about
/// is not told, nor whether there is anybody.
#[Object]
impl Alert {
    /// Opaque identifier.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Alert, Uuid::nil(), self.0.id)
    }

    /// When it was raised.
    fn raised_at(&self, ctx: &Context<'_>) -> Shared<DateTime<Utc>> {
        self.tell(ctx, field::ALERT_RAISED_AT, |row| row.raised_at)
    }

    /// When a question was stopped last, of those that are told of here: those of one day, by the same person with the same program.
    fn last_at(&self, ctx: &Context<'_>) -> Shared<DateTime<Utc>> {
        self.tell(ctx, field::ALERT_LAST_AT, |row| row.last_at)
    }

    /// What was tried.
    fn tried(&self, ctx: &Context<'_>) -> Shared<Option<AlertKind>> {
        self.tell(ctx, field::ALERT_TRIED, |row| codes::parse(&row.kind))
    }

    /// How many questions were stopped.
    fn times(&self, ctx: &Context<'_>) -> Shared<i32> {
        self.tell(ctx, field::ALERT_TIMES, |row| row.times)
    }

    /// The agency of whoever asked.
    async fn agency(&self, ctx: &Context<'_>) -> Outcome<Option<Agency>> {
        let (request, key) = (Request::of(ctx), self.0.agency_id);
        let agency = async {
            if let Some(withheld) = Shared::refused_own(&request.ceiling, field::ALERT_AGENCY, key) {
                return Ok(withheld);
            }
            let agency = request.loaders.agency(key).await?.map(Agency);
            Ok(self.tell(ctx, field::ALERT_AGENCY, |_| agency))
        };
        agency.await.into()
    }

    /// Who asked, as their agency names them.
    fn subject(&self, ctx: &Context<'_>) -> Shared<String> {
        self.tell(ctx, field::ALERT_SUBJECT, |row| row.subject.clone())
    }

    /// With which program.
    fn client(&self, ctx: &Context<'_>) -> Shared<String> {
        self.tell(ctx, field::ALERT_CLIENT, |row| row.client.clone())
    }

    /// Their role.
    fn role(&self, ctx: &Context<'_>) -> Shared<Option<Role>> {
        self.tell(ctx, field::ALERT_ROLE, |row| codes::parse(&row.role))
    }

    /// What for.
    fn purpose(&self, ctx: &Context<'_>) -> Shared<String> {
        self.tell(ctx, field::ALERT_PURPOSE, |row| row.purpose.clone())
    }

    /// The request that was stopped first, as the log and the trail have it.
    fn request_id(&self, ctx: &Context<'_>) -> Shared<String> {
        self.tell(ctx, field::ALERT_REQUEST_ID, |row| row.request_id.to_string())
    }
}

forward_page!(AlertConnection, AlertEdge, Alert, "alerts");

/// Where a program is told of alerts.
#[derive(Clone)]
pub struct AlertEndpoint(pub WebhookEndpointRow);

impl AlertEndpoint {
    fn tell<T>(&self, ctx: &Context<'_>, field: FieldId, value: impl FnOnce(&WebhookEndpointRow) -> T) -> Shared<T> {
        Shared::about_own(&Request::of(ctx).ceiling, field, self.0.agency_id, || value(&self.0))
    }
}

/// Where a program of yours is told of alerts, for your role and purpose.
#[Object]
impl AlertEndpoint {
    /// Opaque identifier.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::WebhookEndpoint, Uuid::nil(), self.0.id)
    }

    /// The address.
    fn url(&self, ctx: &Context<'_>) -> Shared<String> {
        self.tell(ctx, field::ALERT_ENDPOINT_URL, |row| row.url.clone())
    }

    /// Who added it. It is told what they may know.
    fn added_by(&self, ctx: &Context<'_>) -> Shared<String> {
        self.tell(ctx, field::ALERT_ENDPOINT_ADDED_BY, |row| row.subject.clone())
    }

    /// When it was added.
    fn added_at(&self, ctx: &Context<'_>) -> Shared<DateTime<Utc>> {
        self.tell(ctx, field::ALERT_ENDPOINT_ADDED_AT, |row| row.added_at)
    }

    /// When it answered that it wants nothing any more (410). It is told nothing from then on: add it again.
    fn disabled_at(&self, ctx: &Context<'_>) -> Shared<Option<DateTime<Utc>>> {
        self.tell(ctx, field::ALERT_ENDPOINT_DISABLED_AT, |row| row.disabled_at)
    }
}
