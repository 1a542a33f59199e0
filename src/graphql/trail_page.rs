//! A page of the trail, newest first: what was asked for, what was found, and the cursors between them.

use chrono::{DateTime, TimeDelta};
use uuid::Uuid;

use super::{api_error::ApiError, context::Request, cursor::NOT_A_CURSOR, page};
use crate::audit::{
    entry::{Entry, EntryRef},
    read::{Cursor, ReadError},
};

/// What of the trail is asked for.
pub(super) struct TrailPage {
    list: &'static str,
    first: usize,
    /// Before which entry.
    pub(super) before: Option<Cursor>,
    /// How many entries to read: one more than is shown, to see whether there is one.
    pub(super) limit: u32,
}

/// What was found of it.
pub(super) struct Found {
    /// The entries with their cursors and places.
    pub(super) entries: Vec<(String, EntryRef, Entry)>,
    /// Whether there are more.
    pub(super) more: bool,
}

impl TrailPage {
    /// From the arguments of a list.
    pub(super) fn asked_for(
        request: &Request,
        list: &'static str,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Self, ApiError> {
        let first = page::size(first)?;
        Ok(Self {
            list,
            first,
            before: after.map(|cursor| open(request, list, &cursor)).transpose()?,
            limit: u32::try_from(first + 1).unwrap_or(u32::MAX),
        })
    }

    /// What the trail gave.
    pub(super) fn found(
        &self,
        request: &Request,
        read: Result<Vec<(EntryRef, Entry)>, ReadError>,
    ) -> Result<Found, ApiError> {
        let entries = read.map_err(|error| {
            tracing::error!(%error, "trail.read_failed");
            ApiError::Internal
        })?;
        let more = entries.len() > self.first;
        let entries = entries.into_iter().take(self.first).map(|(place, entry)| {
            let cursor = close(request, self.list, &Cursor::after(place, &entry));
            (cursor, place, entry)
        });
        Ok(Found {
            entries: entries.collect(),
            more,
        })
    }
}

/// The sealed place of an entry in a list of the trail.
fn close(request: &Request, list: &str, cursor: &Cursor) -> String {
    let mut plain = cursor.at.timestamp_micros().to_be_bytes().to_vec();
    plain.extend_from_slice(cursor.entry.chain.as_bytes());
    plain.extend_from_slice(&cursor.entry.seq.to_be_bytes());
    request.codec().cursor(request.authority(), list, plain)
}

/// The place that a cursor of that list names.
fn open(request: &Request, list: &str, cursor: &str) -> Result<Cursor, ApiError> {
    let opened = request
        .codec()
        .open_cursor(request.authority(), list, cursor)
        .and_then(|plain| {
            let (at, rest) = plain.split_first_chunk::<8>()?;
            let (chain, seq) = rest.split_first_chunk::<16>()?;
            let at = DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::microseconds(i64::from_be_bytes(*at)))?;
            let entry = EntryRef {
                chain: Uuid::from_bytes(*chain),
                seq: i64::from_be_bytes(seq.try_into().ok()?),
            };
            Some(Cursor { at, entry })
        });
    opened.ok_or(NOT_A_CURSOR)
}
