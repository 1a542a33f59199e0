//! Contacts with the families that an agency leads, in the order in which they were committed, and what endpoints were told of them.

use std::sync::Arc;

use async_graphql::Context;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    api_error::ApiError,
    codes::{self, WebhookDeliveryState},
    context::Request,
    cursor::NOT_A_CURSOR,
    endpoints,
    objects::{
        Contact, ContactConnection, Entry, Family, WebhookDelivery, WebhookDeliveryConnection, WebhookEndpoint, visible,
    },
    page,
};
use crate::{
    records::Table,
    sharing::{
        grant::{Disclosed, Shared},
        register::field,
    },
    store::{
        contacts::DeliveryPlace,
        dossier::{Dossier, Wants},
        reach::FamilySet,
    },
};

/// What cursors of contacts belong to: the contact itself is in them and not its place, which would tell of changes that the asker may not
/// know of.
const CONTACTS: &str = "contacts";
const DELIVERIES: &str = "webhookDeliveries";
/// The most rows that are looked at in one stretch.
const MOST_AT_ONCE: u64 = 1024;

/// A contact and its cursor.
pub(super) type Placed = (String, Contact);

/// Contacts after a cursor, or from the first one on: at most so many, and whether there are more. What they tell is noted for those only.
pub(super) async fn contacts_after(
    request: &Request,
    after: Option<&str>,
    size: usize,
) -> Result<(Vec<Placed>, bool), ApiError> {
    let mut from = match after {
        Some(cursor) => place(request, cursor).await?,
        None => 0,
    };
    let agency = request.ceiling.caller().principal.agency;
    let wants = request.wants.and(Wants::of(&[Table::Contact]));
    let mut limit = size as u64 + 1;
    let mut found: Vec<(Contact, Disclosed)> = Vec::new();
    loop {
        let places = request.session.contacts_after(from, agency, limit).await?;
        let mut families: Vec<Uuid> = places.iter().map(|place| place.family_id).collect();
        families.sort_unstable();
        families.dedup();
        let families = FamilySet::Keys(families);
        let dossiers = request.session.dossiers(&request.ceiling, &families, wants).await?;
        for place in &places {
            let dossier = dossiers.iter().find(|dossier| dossier.key() == place.family_id);
            found.extend(dossier.and_then(|dossier| known(dossier, agency, place.contact_id)));
        }
        match places.last() {
            Some(last) if found.len() <= size && places.len() as u64 == limit => {
                from = last.seq;
                limit = (limit * 4).min(MOST_AT_ONCE);
            }
            _ => break,
        }
    }
    let more = found.len() > size;
    found.truncate(size);
    let shown = found.into_iter().map(|found| show(request, found));
    Ok((shown.collect(), more))
}

/// A contact with its cursor, as part of the answer, if the caller may know of it and their agency leads the family.
pub(super) fn placed(request: &Request, dossier: &Arc<Dossier>, contact: Uuid) -> Option<Placed> {
    let agency = request.ceiling.caller().principal.agency;
    known(dossier, agency, contact).map(|found| show(request, found))
}

/// A contact with a family that the agency leads, and what it tells that it does. It discloses nothing yet.
fn known(dossier: &Arc<Dossier>, agency: Uuid, contact: Uuid) -> Option<(Contact, Disclosed)> {
    let led = led_by(dossier, agency)?;
    let contact = visible::<Contact>(dossier).find(|row| row.key() == contact)?;
    Some((contact, led))
}

fn show(request: &Request, (contact, led): (Contact, Disclosed)) -> Placed {
    request.disclose(&led);
    request.disclose(&contact.row().existence());
    (cursor(request, &contact), contact)
}

/// What it tells that the family's Lead Professional is in that agency; none if it is not so, or if the asker may not know.
fn led_by(dossier: &Arc<Dossier>, agency: Uuid) -> Option<Disclosed> {
    let lead = Family::of(dossier)?
        .row()
        .release(field::FAMILY_LEAD_PROFESSIONAL, |record| {
            record.lead.as_ref().is_some_and(|lead| lead.agency_id == agency)
        });
    let (is_so, disclosed) = lead.told().ok()?;
    is_so.then(|| disclosed.clone())
}

/// The cursor of a contact.
fn cursor(request: &Request, contact: &Contact) -> String {
    request
        .codec()
        .cursor(request.authority(), CONTACTS, contact.key().as_bytes().to_vec())
}

/// The place of the contact that a cursor names.
pub(super) async fn place(request: &Request, cursor: &str) -> Result<i64, ApiError> {
    let opened = request.codec().open_cursor(request.authority(), CONTACTS, cursor);
    let contact = opened
        .and_then(|plain| Uuid::from_slice(&plain).ok())
        .ok_or(NOT_A_CURSOR)?;
    request.session.contact_place(contact).await?.ok_or(NOT_A_CURSOR)
}

/// A page of contacts.
pub(super) async fn contacts(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Shared<ContactConnection>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, field::QUERY_CONTACTS) {
        return Ok(withheld);
    }
    let size = page::size(first)?;
    let (edges, next) = contacts_after(request, after.as_deref(), size).await?;
    Ok(Shared::rows(&request.ceiling, field::QUERY_CONTACTS, || {
        ContactConnection {
            edges,
            next,
            previous: after.is_some(),
        }
    }))
}

/// The endpoints of the caller's agency for their role and purpose.
pub(super) async fn endpoints(ctx: &Context<'_>) -> Result<Shared<Vec<WebhookEndpoint>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, field::QUERY_WEBHOOK_ENDPOINTS) {
        return Ok(withheld);
    }
    let rows = own_endpoints(request).await?;
    Ok(Shared::rows(&request.ceiling, field::QUERY_WEBHOOK_ENDPOINTS, || rows))
}

/// The same, for whatever else needs them.
pub(super) async fn own_endpoints(request: &Request) -> Result<Vec<WebhookEndpoint>, ApiError> {
    let rows = endpoints::CONTACTS.own(request).await?;
    Ok(rows.into_iter().map(WebhookEndpoint).collect())
}

/// A page of deliveries to endpoints of the caller's agency for their role and purpose, newest first.
pub(super) async fn deliveries(
    ctx: &Context<'_>,
    state: Option<WebhookDeliveryState>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Shared<WebhookDeliveryConnection>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, field::QUERY_WEBHOOK_DELIVERIES) {
        return Ok(withheld);
    }
    let size = page::size(first)?;
    let mut before = after.as_ref().map(|cursor| open(request, cursor)).transpose()?;
    let endpoints = own_endpoints(request).await?;
    let keys: Vec<Uuid> = endpoints.iter().map(|endpoint| endpoint.0.key()).collect();
    let state = state.map(codes::code);
    let mut limit = size as u64 + 1;
    let mut found = Vec::new();
    while !keys.is_empty() {
        let read = request
            .session
            .deliveries(&keys, state.as_deref(), before, limit)
            .await?;
        let (last, full) = (
            read.last().map(|last| (last.created_at, last.id)),
            read.len() as u64 == limit,
        );
        found.extend(seen(request, read, &endpoints).await?);
        match last {
            Some(last) if found.len() <= size && full => {
                before = Some(last);
                limit = (limit * 4).min(MOST_AT_ONCE);
            }
            _ => break,
        }
    }
    let next = found.len() > size;
    found.truncate(size);
    let edges = found.into_iter().map(|(at, delivery)| {
        request.disclose(&delivery.row.existence());
        (close(request, at), delivery)
    });
    let edges = edges.collect();
    Ok(Shared::rows(&request.ceiling, field::QUERY_WEBHOOK_DELIVERIES, || {
        WebhookDeliveryConnection {
            edges,
            next,
            previous: after.is_some(),
        }
    }))
}

type Place = (DateTime<Utc>, Uuid);

/// Of these deliveries those that exist for the asker. It discloses nothing yet.
async fn seen(
    request: &Request,
    read: Vec<DeliveryPlace>,
    endpoints: &[WebhookEndpoint],
) -> Result<Vec<(Place, WebhookDelivery)>, ApiError> {
    let mut families: Vec<Uuid> = read.iter().map(|place| place.family).collect();
    families.sort_unstable();
    families.dedup();
    let families = FamilySet::Keys(families);
    let wants = wants_of_deliveries(request);
    let dossiers = request.session.dossiers(&request.ceiling, &families, wants).await?;
    let shown = read.iter().filter_map(|place| {
        let dossier = dossiers.iter().find(|dossier| dossier.key() == place.family)?;
        Some(((place.created_at, place.id), shown(place, dossier, endpoints)?))
    });
    Ok(shown.collect())
}

/// What is wanted of the family of a delivery.
pub(super) fn wants_of_deliveries(request: &Request) -> Wants {
    request.wants.and(Wants::of(&[Table::Contact]))
}

/// A delivery to one of the endpoints, if it exists for the asker. It discloses nothing yet.
pub(super) fn shown(
    place: &DeliveryPlace,
    dossier: &Arc<Dossier>,
    endpoints: &[WebhookEndpoint],
) -> Option<WebhookDelivery> {
    let endpoint = endpoints.iter().find(|endpoint| endpoint.0.key() == place.endpoint)?;
    let row = dossier.grant.visible(field::WEBHOOK_DELIVERY_ID, &place.row)?;
    Some(WebhookDelivery {
        dossier: Arc::clone(dossier),
        row,
        endpoint: endpoint.clone(),
    })
}

fn close(request: &Request, (at, id): Place) -> String {
    let mut plain = at.timestamp_micros().to_be_bytes().to_vec();
    plain.extend_from_slice(id.as_bytes());
    request.codec().cursor(request.authority(), DELIVERIES, plain)
}

fn open(request: &Request, cursor: &str) -> Result<Place, ApiError> {
    let opened = request.codec().open_cursor(request.authority(), DELIVERIES, cursor);
    let place = opened.and_then(|plain| {
        let (at, id) = plain.split_first_chunk::<8>()?;
        let at = DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::microseconds(i64::from_be_bytes(*at)))?;
        Some((at, Uuid::from_slice(id).ok()?))
    });
    place.ok_or(NOT_A_CURSOR)
}
