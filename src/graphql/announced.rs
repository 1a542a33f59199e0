//! What became of changes that the trail announces, for whoever is told of them: one that was not made is not told as one that was.

use chrono::TimeDelta;

use super::{api_error::ApiError, context::Request};
use crate::{
    audit::{EntryRef, Kind, entry::Entry},
    store::announced::Outcome,
};

/// A change that was announced so lately may be about to be made: nothing is told of it yet.
const ABOUT_TO_BE: TimeDelta = TimeDelta::minutes(1);

/// The entries with their cursors and places, each as what it came to.
pub(super) async fn as_it_came_out(
    request: &Request,
    entries: Vec<(String, EntryRef, Entry)>,
) -> Result<Vec<(String, EntryRef, Entry)>, ApiError> {
    let awaiting = entries.iter().filter(|(_, _, entry)| entry.awaits);
    let at = |place: &EntryRef| (request.authority(), place.chain, place.seq);
    let places: Vec<_> = awaiting.map(|(_, place, _)| at(place)).collect();
    if places.is_empty() {
        return Ok(entries);
    }
    let (outcomes, now) = (request.session.outcomes(&places).await?, request.session.now());
    let as_it_came_out = |(cursor, place, mut entry): (String, EntryRef, Entry)| {
        let outcome = outcomes.get(&at(&place));
        if entry.awaits && outcome != Some(&Outcome::Made) {
            if outcome.is_none() && now - entry.at < ABOUT_TO_BE {
                return None;
            }
            entry.kind = Kind::WriteFailed;
        }
        Some((cursor, place, entry))
    };
    Ok(entries.into_iter().filter_map(as_it_came_out).collect())
}
