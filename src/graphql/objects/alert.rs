//! `Alert`: somebody tried too many values in look-ups, or to open emergency access. Who, how and when; never what they asked.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Agency, Family, PageInfo, family, forward_page::forward_page};
use crate::{
    graphql::{
        codes::{self, AlertKind, Role},
        context::Request,
        ids::Kind,
        shared::Outcome,
    },
    sharing::{
        grant::{NoFamily, Shared, Visible},
        register::field,
    },
    store::{alerts::AlertRow, dossier::Dossier, rows::WebhookEndpointRow},
};

/// That somebody tried too many values, or to open emergency access.
#[derive(Clone)]
pub struct Alert {
    pub(in crate::graphql) row: Visible<AlertRow, NoFamily>,
    /// The family that was opened, as the asker may see it.
    pub(in crate::graphql) dossier: Option<Arc<Dossier>>,
}

/// Somebody tried more values in look-ups than whoever looks people up does: one name with more and more birthdays, one person with more and more places or numbers. Whom they asked about
/// is not told, nor whether there is anybody. Or somebody tried to open emergency access: each try counts, whether or not it opened anything.
#[Object]
impl Alert {
    /// Opaque identifier.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Alert, Uuid::nil(), self.row.key())
    }

    /// When it was raised.
    fn raised_at(&self) -> Shared<DateTime<Utc>> {
        self.row.release(field::ALERT_RAISED_AT, |row| row.raised_at)
    }

    /// When a question was stopped last, or when emergency access was tried last, of what is told of here: that of one day, or of one emergency access, by the same person with the same program.
    fn last_at(&self) -> Shared<DateTime<Utc>> {
        self.row.release(field::ALERT_LAST_AT, |row| row.last_at)
    }

    /// What was tried.
    fn tried(&self) -> Shared<Option<AlertKind>> {
        self.row.release(field::ALERT_TRIED, |row| codes::parse(&row.kind))
    }

    /// How many questions were stopped, or how often emergency access was tried.
    fn times(&self) -> Shared<i32> {
        self.row.release(field::ALERT_TIMES, |row| row.times)
    }

    /// The agency of whoever asked.
    async fn agency(&self, ctx: &Context<'_>) -> Outcome<Option<Agency>> {
        let agency = async {
            let key = self.row.release(field::ALERT_AGENCY, |row| row.agency_id);
            let Some(named) = key.seen().copied() else {
                return Ok(key.map(|_| None));
            };
            let agency = Request::of(ctx).loaders.agency(named).await?;
            Ok(key.map(|_| agency.map(Agency)))
        };
        agency.await.into()
    }

    /// Who asked, as their agency names them.
    fn subject(&self) -> Shared<String> {
        self.row.release(field::ALERT_SUBJECT, |row| row.subject.clone())
    }

    /// With which program.
    fn client(&self) -> Shared<String> {
        self.row.release(field::ALERT_CLIENT, |row| row.client.clone())
    }

    /// Their role.
    fn role(&self) -> Shared<Option<Role>> {
        self.row.release(field::ALERT_ROLE, |row| codes::parse(&row.role))
    }

    /// What for.
    fn purpose(&self) -> Shared<String> {
        self.row.release(field::ALERT_PURPOSE, |row| row.purpose.clone())
    }

    /// The family that was opened, as you may see it; null where you may not, or none was.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row.release_rows(field::ALERT_FAMILY, || {
            self.dossier.as_ref().and_then(|dossier| family(ctx, dossier))
        })
    }

    /// The first request, as the log and the trail have it.
    fn request_id(&self) -> Shared<String> {
        self.row
            .release(field::ALERT_REQUEST_ID, |row| row.request_id.to_string())
    }
}

forward_page!(AlertConnection, AlertEdge, Alert, "alerts");

/// Where a program is told of alerts.
#[derive(Clone)]
pub struct AlertEndpoint(pub Visible<WebhookEndpointRow, NoFamily>);

/// Where a program of yours is told of alerts, for your role and purpose.
#[Object]
impl AlertEndpoint {
    /// Opaque identifier.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::WebhookEndpoint, Uuid::nil(), self.0.key())
    }

    /// The address.
    fn url(&self) -> Shared<String> {
        self.0.release(field::ALERT_ENDPOINT_URL, |row| row.url.clone())
    }

    /// Who added it. It is told what they may know.
    fn added_by(&self) -> Shared<String> {
        self.0
            .release(field::ALERT_ENDPOINT_ADDED_BY, |row| row.subject.clone())
    }

    /// When it was added.
    fn added_at(&self) -> Shared<DateTime<Utc>> {
        self.0.release(field::ALERT_ENDPOINT_ADDED_AT, |row| row.added_at)
    }

    /// When it answered that it wants nothing any more (410). It is told nothing from then on: add it again.
    fn disabled_at(&self) -> Shared<Option<DateTime<Utc>>> {
        self.0.release(field::ALERT_ENDPOINT_DISABLED_AT, |row| row.disabled_at)
    }
}
