//! Sets bars again that the main database has lost, each as it stood after its change.

use std::collections::BTreeSet;

use super::compare::Missing;
use crate::{
    audit::{Entry, Kind, barred::Barred},
    records::BarredSubjectRow,
    store::{
        Store,
        session::{Mode, Session, StoreError},
    },
};

/// Whether the entry says enough of bars to set them again.
pub(super) fn are_told(entry: &Entry) -> bool {
    entry.kind == Kind::Write && entry.families.len() == 1 && !entry.barred.is_empty()
}

/// Whether they only take away, whatever stood before: a bar with an end may have shortened one without.
pub(super) fn only_take_away(entry: &Entry) -> bool {
    entry.barred.iter().all(|bar| bar.until.is_none())
}

/// Sets the bars of one entry in one transaction, which confirms that it was made; says whether their family
/// and agencies are there.
pub(super) async fn set_again(store: &Store, missing: &Missing) -> Result<bool, StoreError> {
    let (entry, place) = (&missing.entry, missing.place);
    let session = Session::begin(store, place.0, Mode::Exclusive).await?;
    let agencies = session.agencies().await?;
    let mut named = entry.barred.iter().filter_map(|bar| bar.agency);
    let known = named.all(|agency| agencies.get(agency).is_some());
    let family = entry.families.first().copied().unwrap_or_default();
    if !known || session.references(&BTreeSet::from([family])).await?.is_empty() {
        session.end().await?;
        return Ok(false);
    }
    let row = |bar: &Barred| BarredSubjectRow {
        authority_id: place.0,
        id: bar.row,
        family_id: family,
        agency_id: bar.agency,
        subject: bar.subject.to_string(),
        valid_from: bar.from,
        valid_until: bar.until,
    };
    let writing = session.write_as_operator();
    writing.set_bars(entry.barred.iter().map(row).collect()).await?;
    session.confirm(&[place]).await?;
    session.commit().await?;
    Ok(true)
}
