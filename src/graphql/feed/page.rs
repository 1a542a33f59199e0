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
        feed::{Consumer, FeedProgress, MarkerChangeRow},
        reach::FamilySet,
    },
};

/// Where a reader is in a consumer's feed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// After which event.
    pub after: i64,
    /// Whoever began without a cursor, when this was the newest event, has not been told of what was taken back until then: of that nothing is
    /// told them either. Nought where it does not matter any more.
    pub began: i64,
}

impl Place {
    /// The cursor of this place.
    pub fn cursor(self, request: &Request, consumer: Uuid) -> String {
        let began = if self.began > self.after { self.began } else { 0 };
        let plain = [self.after.to_be_bytes(), began.to_be_bytes()].concat();
        request.codec().cursor(request.authority(), &list(consumer), plain)
    }

    /// The place that a cursor of a consumer's feed names.
    pub fn open(
        request: &Request,
        consumer: Uuid,
        looked: Option<FeedProgress>,
        cursor: &str,
    ) -> Result<Self, ApiError> {
        let opened = request
            .codec()
            .open_cursor(request.authority(), &list(consumer), cursor)
            .and_then(|plain| {
                let (after, began) = plain.split_first_chunk::<8>()?;
                Some(Self {
                    after: i64::from_be_bytes(*after),
                    began: i64::from_be_bytes(began.try_into().ok()?),
                })
            });
        // A place that is not there yet was given out by a database that is not this one any more: nothing would come until it is reached.
        opened
            .filter(|place| looked.is_some_and(|looked| place.after <= looked.position))
            .ok_or(NOT_A_CURSOR)
    }

    /// The same, where nothing was told yet, with the newest event that there is.
    #[must_use]
    pub fn beginning(self, looked: Option<FeedProgress>) -> Self {
        match self {
            Self { after: 0, began: 0 } => Self {
                after: 0,
                began: looked.map_or(0, |looked| looked.position),
            },
            _ => self,
        }
    }
}

/// What the cursors of a consumer's feed are bound to.
fn list(consumer: Uuid) -> String {
    format!("markerChanges {consumer}")
}

/// What became of a marker since a place, if it is there now.
fn fate_of(row: &MarkerChangeRow, place: Place) -> MarkerChangeKind {
    match row.kind.as_str() {
        "removed" => MarkerChangeKind::Removed,
        // What was set after the reader's place, or where they have not been yet, was not told to them before.
        _ if row.since > place.after || row.position <= place.began => MarkerChangeKind::Set,
        _ => MarkerChangeKind::Updated,
    }
}

/// An event as it is now. Nothing where the marker is there no longer and the reader was not told of it.
pub fn change_of(
    request: &Request,
    consumer: Uuid,
    row: &MarkerChangeRow,
    dossier: Option<&Arc<Dossier>>,
    place: Place,
) -> Option<MarkerChange> {
    let fate = fate_of(row, place);
    let marker = dossier
        .filter(|_| fate != MarkerChangeKind::Removed)
        .and_then(Marker::seen);
    match &marker {
        Some(marker) => request.disclose(&marker.row.existence()),
        None if row.position <= place.began => return None,
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
        cursor: Place {
            after: row.position,
            ..place
        }
        .cursor(request, consumer),
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
    let place = after
        .map(|after| Place::open(request, consumer, looked, &after))
        .transpose()?
        .unwrap_or_default()
        .beginning(looked);
    let session = &request.session;
    let barred = session.barred_to(request.ceiling.caller()).await?;
    // Of what is barred to the reader nothing is there, neither at the end of the page.
    let mut rows: Vec<MarkerChangeRow> = Vec::new();
    let (mut from, most) = (place.after, size as u64 + 1);
    loop {
        let read = session.marker_changes(consumer, from, place.began, most).await?;
        let whole = read.len() as u64 == most;
        from = read.last().map_or(from, |row| row.position);
        rows.extend(read.into_iter().filter(|row| !barred.contains(&row.family_id)));
        if !whole || rows.len() > size {
            break;
        }
    }
    let more = rows.len() > size;
    rows.truncate(size);
    let end = match rows.last() {
        Some(last) if more || !barred.is_empty() => last.position,
        None if !barred.is_empty() => place.after,
        // Whatever comes later comes after all that is there now.
        _ => looked.map_or(place.after, |looked| looked.position.max(place.after)),
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
        end: Place { after: end, ..place }.cursor(request, consumer),
    };
    Ok(Shared::handle(&request.ceiling, root, told_before, || page))
}
