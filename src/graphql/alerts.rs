//! Alerts about agencies whose alerts the asker may know of, newest first, and where they are told of them.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    api_error::ApiError,
    context::Request,
    cursor::NOT_A_CURSOR,
    endpoints,
    ids::Kind,
    objects::{Alert, AlertConnection, AlertEndpoint, Entry, Family},
    page,
};
use crate::{
    sharing::{facts::RowFacts, grant::Shared, register::field},
    store::{
        alerts::AlertRow,
        dossier::{Dossier, Locked},
        reach::FamilySet,
    },
};

const LIST: &str = "alerts";

/// The alert, if it exists for the asker.
fn alert(request: &Request, row: &Locked<AlertRow>) -> Option<Alert> {
    let row = request.of_no_family().visible(field::ALERT_ID, row)?;
    Some(Alert { row, dossier: None })
}

/// The same with the families that they opened, all at once.
async fn with_families(request: &Request, alerts: &mut [Alert]) -> Result<(), ApiError> {
    let opened = |alert: &Alert| {
        alert
            .row
            .release(field::ALERT_ID, |row| row.family_id)
            .seen()
            .copied()
            .flatten()
    };
    let families: Vec<Uuid> = alerts.iter().filter_map(opened).collect();
    if families.is_empty() {
        return Ok(());
    }
    let families = FamilySet::Keys(families);
    let found = request
        .session
        .dossiers(&request.ceiling, &families, request.wants)
        .await?;
    let found: HashMap<Uuid, Arc<Dossier>> = found
        .into_iter()
        .filter_map(|dossier| Some((Family::of(&dossier)?.row().key(), dossier)))
        .collect();
    for alert in alerts {
        alert.dossier = opened(alert).and_then(|family| found.get(&family).cloned());
    }
    Ok(())
}

/// An alert by its id, as a webhook tells it.
pub(super) async fn one(ctx: &Context<'_>, id: &ID) -> Result<Shared<Option<Alert>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::refused_own(&request.ceiling, field::QUERY_ALERT) {
        return Ok(withheld);
    }
    let key = request.key(id)?;
    let row = match key.kind {
        Kind::Alert => request.loaders.alert(key.row).await?,
        _ => None,
    };
    let mut found: Vec<Alert> = row.and_then(|row| alert(request, &row)).into_iter().collect();
    with_families(request, &mut found).await?;
    Ok(Shared::of_own_agency(&request.ceiling, field::QUERY_ALERT, || {
        found.pop()
    }))
}

/// A page of alerts.
pub(super) async fn page(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Shared<AlertConnection>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::refused_own(&request.ceiling, field::QUERY_ALERTS) {
        return Ok(withheld);
    }
    let size = page::size(first)?;
    let before = after.as_ref().map(|cursor| open(request, cursor)).transpose()?;
    let agencies = request.session.agencies().await?.all().into_iter();
    let grant = request.of_no_family();
    let known = |key: &Uuid| grant.would_show(field::ALERT_ID, &RowFacts::of_no_family(Some(*key)));
    let agencies: Vec<Uuid> = agencies.map(|agency| agency.id).filter(known).collect();
    let mut rows = request.session.alerts(&agencies, before, size as u64 + 1).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let mut nodes: Vec<Alert> = rows.iter().filter_map(|row| alert(request, row)).collect();
    with_families(request, &mut nodes).await?;
    let edges = nodes
        .into_iter()
        .filter_map(|node| Some((close(request, &node)?, node)));
    let edges = edges.collect();
    Ok(Shared::of_own_agency(&request.ceiling, field::QUERY_ALERTS, || {
        AlertConnection {
            edges,
            next: more,
            previous: false,
        }
    }))
}

/// The asker's own endpoints of alerts.
pub(super) async fn endpoints(ctx: &Context<'_>) -> Result<Shared<Vec<AlertEndpoint>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::refused_own(&request.ceiling, field::QUERY_ALERT_ENDPOINTS) {
        return Ok(withheld);
    }
    let endpoints = endpoints::ALERTS.own(request).await?;
    Ok(Shared::of_own_agency(
        &request.ceiling,
        field::QUERY_ALERT_ENDPOINTS,
        || endpoints.into_iter().map(AlertEndpoint).collect(),
    ))
}

/// The cursor of an alert.
fn close(request: &Request, alert: &Alert) -> Option<String> {
    let raised = alert.row.release(field::ALERT_RAISED_AT, |row| row.raised_at);
    let mut plain = raised.seen()?.timestamp_micros().to_be_bytes().to_vec();
    plain.extend_from_slice(alert.row.key().as_bytes());
    Some(request.codec().cursor(request.authority(), LIST, plain))
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
