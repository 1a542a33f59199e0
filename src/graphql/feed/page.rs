//! Reading a feed: a page of its events, each filled with what holds now.

use std::{collections::HashMap, sync::Arc};

use async_graphql::Context;
use uuid::Uuid;

use crate::{
    graphql::{
        api_error::ApiError,
        codes::MarkerChangeKind,
        context::Request,
        cursor::NOT_A_CURSOR,
        objects::{Marker, MarkerChange, MarkerChangeConnection},
        page::{LONGEST, USUAL},
    },
    sharing::{
        grant::{Disclosed, Shared},
        register::field,
    },
    store::{
        dossier::Dossier,
        feed::{Consumer, Looked, MarkerChangeRow},
        reach::FamilySet,
    },
};

/// The cursor of a place in a consumer's feed.
fn cursor(request: &Request, consumer: Uuid, place: i64) -> String {
    let list = format!("markerChanges {consumer}");
    let plain = place.to_be_bytes().to_vec();
    request.codec().cursor(request.authority(), &list, plain)
}

/// The place that a cursor of a consumer's feed names.
pub fn open(request: &Request, consumer: Uuid, looked: Option<Looked>, cursor: &str) -> Result<i64, ApiError> {
    let list = format!("markerChanges {consumer}");
    let opened = request.codec().open_cursor(request.authority(), &list, cursor);
    let place = opened.and_then(|plain| Some(i64::from_be_bytes(plain.try_into().ok()?)));
    // A place that is not there yet was given out by a database that is not this one any more: nothing would come until it is reached.
    place
        .filter(|place| looked.is_some_and(|looked| *place <= looked.position))
        .ok_or(NOT_A_CURSOR)
}

/// What became of a marker since a place, if it is there now.
fn fate_of(row: &MarkerChangeRow, after: i64) -> MarkerChangeKind {
    match row.kind.as_str() {
        "removed" => MarkerChangeKind::Removed,
        // What was set after the reader's place was not told to it before.
        _ if row.since > after => MarkerChangeKind::Set,
        _ => MarkerChangeKind::Updated,
    }
}

/// An event as it is now. Nothing where the marker is there no longer and the reader was not told of it.
pub fn change_of(
    request: &Request,
    consumer: Uuid,
    row: &MarkerChangeRow,
    dossier: Option<&Arc<Dossier>>,
    after: i64,
) -> Option<MarkerChange> {
    let fate = fate_of(row, after);
    let marker = dossier
        .filter(|_| fate != MarkerChangeKind::Removed)
        .and_then(Marker::seen);
    match &marker {
        Some(marker) => request.disclose(&marker.row.existence()),
        None if after == 0 => return None,
        None => request.disclose(&Disclosed::taken_back(row.family_id, field::MARKER_ID)),
    }
    Some(MarkerChange {
        family: row.family_id,
        kind: if marker.is_some() {
            fate
        } else {
            MarkerChangeKind::Removed
        },
        marker,
        cursor: cursor(request, consumer, row.position),
    })
}

/// A page of the caller's feed. It has been brought up to date before the operation's session began.
pub async fn page(
    ctx: &Context<'_>,
    after: Option<String>,
    first: Option<i32>,
) -> Result<Shared<MarkerChangeConnection>, ApiError> {
    let request = Request::of(ctx);
    let consumer = Consumer::of(request.ceiling.caller()).id;
    let root = field::QUERY_MARKER_CHANGES;
    let looked = request.session.looked(consumer).await?;
    let told_before = looked.is_some_and(|looked| looked.position > 0);
    if !told_before && let Some(withheld) = Shared::beyond(&request.ceiling, root) {
        return Ok(withheld);
    }
    let size = match first {
        None => USUAL,
        Some(first) => usize::try_from(first)
            .ok()
            .filter(|first| (1..=LONGEST).contains(first))
            .ok_or(ApiError::BadUserInput(
                "The size of a page (first) must be from 1 to 500.",
            ))?,
    };
    let from = after.map(|after| open(request, consumer, looked, &after)).transpose()?;
    let place = from.unwrap_or(0);
    let most = size as u64 + 1;
    // Whoever begins has nothing to take out.
    let mut rows = request.session.marker_changes(consumer, place, most, place > 0).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let end = match rows.last() {
        Some(last) if more => last.position,
        // Whatever comes later comes after all that is there now.
        _ => looked.map_or(place, |looked| looked.position.max(place)),
    };
    let families = rows.iter().filter(|row| row.kind != "removed").map(|row| row.family_id);
    let families = FamilySet::Keys(families.collect());
    let read = request
        .session
        .dossiers(&request.ceiling, &families, request.wants)
        .await?;
    let by_key: HashMap<Uuid, &Arc<Dossier>> = read.iter().map(|dossier| (dossier.key(), dossier)).collect();
    let changes = rows.iter().filter_map(|row| {
        let dossier = by_key.get(&row.family_id).copied();
        change_of(request, consumer, row, dossier, place)
    });
    let page = MarkerChangeConnection {
        changes: changes.collect(),
        more,
        end: cursor(request, consumer, end),
    };
    Ok(Shared::handle(&request.ceiling, root, told_before, || page))
}
