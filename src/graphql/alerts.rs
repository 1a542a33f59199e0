//! Alerts about agencies whose alerts the asker may know of, newest first, and where they are told of them.

use async_graphql::{Context, ID};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    api_error::ApiError,
    context::Request,
    cursor::NOT_A_CURSOR,
    endpoints,
    ids::Kind,
    objects::{Alert, AlertConnection, AlertEndpoint},
    page,
};
use crate::{
    sharing::{
        grant::Shared,
        register::{FieldId, field},
    },
    store::alerts::{ALERTS, AlertRow},
};

const LIST: &str = "alerts";

/// A field about what the asker's own agency, at least, did: withheld from those who may not even know of that.
fn own<T>(request: &Request, asked: FieldId, value: impl FnOnce() -> T) -> Shared<T> {
    let agency = request.ceiling.caller().principal.agency;
    Shared::about_own(&request.ceiling, asked, agency, value)
}

/// The same, where it is withheld: nothing need be read then.
pub(super) fn beyond<T>(request: &Request, asked: FieldId) -> Option<Shared<T>> {
    let agency = request.ceiling.caller().principal.agency;
    Shared::refused_own(&request.ceiling, asked, agency)
}

/// Whether the asker may know of alerts about that agency.
fn known(request: &Request, agency: Uuid) -> bool {
    let raised = Shared::about_own(&request.ceiling, field::ALERT_RAISED_AT, agency, || ());
    raised.seen().is_some()
}

/// An alert by its id, as a webhook tells it.
pub(super) async fn one(ctx: &Context<'_>, id: &ID) -> Result<Shared<Option<Alert>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = beyond(request, field::QUERY_ALERT) {
        return Ok(withheld);
    }
    let key = request.key(id)?;
    let row = match key.kind {
        Kind::Alert => request.loaders.alert(key.row).await?,
        _ => None,
    };
    let found = row.filter(|row| known(request, row.agency_id));
    Ok(own(request, field::QUERY_ALERT, || found.map(Alert)))
}

/// A page of alerts.
pub(super) async fn page(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Shared<AlertConnection>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = beyond(request, field::QUERY_ALERTS) {
        return Ok(withheld);
    }
    let size = page::size(first)?;
    let before = after.as_ref().map(|cursor| open(request, cursor)).transpose()?;
    let agencies = request.session.agencies().await?.all().into_iter();
    let agencies: Vec<Uuid> = agencies
        .map(|agency| agency.id)
        .filter(|key| known(request, *key))
        .collect();
    let mut rows = request.session.alerts(&agencies, before, size as u64 + 1).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let edges = rows.into_iter().map(|row| (close(request, &row), Alert(row)));
    let edges = edges.collect();
    Ok(own(request, field::QUERY_ALERTS, || AlertConnection {
        edges,
        next: more,
        previous: false,
    }))
}

/// The asker's own endpoints of alerts.
pub(super) async fn endpoints(ctx: &Context<'_>) -> Result<Shared<Vec<AlertEndpoint>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = beyond(request, field::QUERY_ALERT_ENDPOINTS) {
        return Ok(withheld);
    }
    let endpoints = endpoints::own(request, ALERTS).await?;
    Ok(own(request, field::QUERY_ALERT_ENDPOINTS, || {
        endpoints.into_iter().map(AlertEndpoint).collect()
    }))
}

fn close(request: &Request, row: &AlertRow) -> String {
    let mut plain = row.raised_at.timestamp_micros().to_be_bytes().to_vec();
    plain.extend_from_slice(row.id.as_bytes());
    request.codec().cursor(request.authority(), LIST, plain)
}

fn open(request: &Request, cursor: &str) -> Result<(DateTime<Utc>, Uuid), ApiError> {
    let opened = request.codec().open_cursor(request.authority(), LIST, cursor);
    let place = opened.and_then(|plain| {
        let (at, id) = plain.split_first_chunk::<8>()?;
        let at = DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::microseconds(i64::from_be_bytes(*at)))?;
        Some((at, Uuid::from_slice(id).ok()?))
    });
    place.ok_or(NOT_A_CURSOR)
}
