//! Compares the databases: detects that one is older than the other, or both are older than what was seen of
//! them.
//!
//! The main database names the entries of the changes it has made; the trail says which changes were made;
//! and the data directory has noted how far the trail had come. The order of reading is such that a server
//! still running makes neither look behind.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use crate::{
    audit::{
        Entry, EntryRef,
        announced::{announced, chains},
        archived_chains::archived_chains,
        lost::lost_chains,
        marks::Mark,
        read::ReadError,
        restored::Lost,
    },
    store::{
        Store,
        announced::Place,
        session::StoreError,
        trail::{TrailSnapshot, TrailStore, TrailStoreError},
    },
};

/// A database that has lost commits lacks the newest. So this many of each chain are checked first, and all
/// once something is missing.
const RECENT_CHANGES: u32 = 1_000;

/// Why the databases could not be compared.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum CompareError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<TrailStoreError> for CompareError {
    fn from(error: TrailStoreError) -> Self {
        Self::Read(error.into())
    }
}

/// A change that the trail announces and the main database does not know.
#[derive(Clone, Debug)]
pub(super) struct Missing {
    /// The place of its entry.
    pub(super) place: Place,
    /// Its entry.
    pub(super) entry: Entry,
}

/// How far the databases are behind.
#[derive(Debug, Default)]
pub(in crate::cli) struct Lag {
    /// Changes that were made and that the main database lacks.
    pub(super) missing: Vec<Missing>,
    /// Changes not known to have been made.
    pub(super) open: Vec<Missing>,
    /// Entries that the trail lacks.
    pub(super) lost: BTreeSet<Lost>,
    /// Whether the main database lacks changes whose entries the trail lacks.
    pub(super) both: bool,
    /// Whether the main database names the entries that the trail lacks.
    named_heads: bool,
    /// The time of the newest entry that the trail has.
    newest: Option<DateTime<Utc>>,
}

impl Lag {
    /// Whether neither is behind.
    pub(in crate::cli) fn is_none(&self) -> bool {
        self.missing.is_empty() && self.lost.is_empty()
    }

    /// Since when the main database lacks changes.
    pub(super) fn since(&self) -> Option<DateTime<Utc>> {
        self.missing.iter().map(|missing| missing.entry.at).min()
    }

    /// Which database is behind, and by how much.
    pub(in crate::cli) fn sentence(&self) -> String {
        let since = |at: Option<DateTime<Utc>>| {
            at.map_or_else(String::new, |at| {
                format!(" since {}", at.to_rfc3339_opts(SecondsFormat::Secs, true))
            })
        };
        let entries: i64 = self.lost.iter().map(|lost| lost.to - lost.from + 1).sum();
        let (changes, newest) = (self.missing.len(), since(self.newest));
        let main = format!(
            "the main database is behind the trail: it lacks {changes} changes that were made{}",
            since(self.since())
        );
        let seen = "what this data directory has seen of them";
        match (self.missing.is_empty(), self.lost.is_empty()) {
            (_, true) => main,
            (true, false) if self.both => {
                format!(
                    "both databases are behind {seen}: the trail lacks {entries} entries{newest}, and the main database the changes among them"
                )
            }
            (true, false) if self.named_heads => {
                format!("the trail is behind the main database: it lacks {entries} entries{newest}")
            }
            (true, false) => format!("the trail is behind {seen}: it lacks {entries} entries{newest}"),
            (false, false) => format!("{main}; and the trail is behind {seen}: it lacks {entries} entries{newest}"),
        }
    }
}

/// Compares the databases with each other, and with the marks in the data directory.
pub(in crate::cli) async fn compare(store: &Store, trail: &TrailStore, marks: &[Mark]) -> Result<Lag, CompareError> {
    let named_heads = store.newest_made().await?;
    let marks = &own_marks(trail, marks, named_heads.is_empty()).await?;
    let mut lag = lost(store, trail, marks, &named_heads).await?;
    if lacks_changes(store, trail, marks).await? {
        (lag.missing, lag.open) = missing(store, trail, marks).await?;
    }
    Ok(lag)
}

/// The marks of this trail. The data directory may have been used with other databases before, and unused
/// databases have lost nothing.
async fn own_marks(trail: &TrailStore, marks: &[Mark], nothing_made: bool) -> Result<Vec<Mark>, CompareError> {
    let unused = nothing_made && trail.snapshot().await?.heads_after(None, 1).await?.is_empty();
    let identity = trail.identity().await?;
    let is_own = |mark: &&Mark| !unused && (identity.is_none() || mark.of.is_none() || mark.of == identity);
    let own_marks: Vec<Mark> = marks.iter().filter(is_own).copied().collect();
    if own_marks.len() < marks.len() {
        tracing::warn!(
            chains = marks.len() - own_marks.len(),
            "trail.marks_of_another: the data directory was used with another database before; what it has seen of that says nothing of this one"
        );
    }
    Ok(own_marks)
}

/// The entries that something names and the trail lacks, except those that it declares lost itself.
async fn lost(
    store: &Store,
    trail: &TrailStore,
    marks: &[Mark],
    named_heads: &HashMap<Uuid, i64>,
) -> Result<Lag, CompareError> {
    let declared_lost = lost_chains(trail).await?;
    let moved_chains = archived_chains(trail).await?;
    let snapshot = trail.snapshot().await?;
    let mut lag = Lag::default();
    let mut ends: BTreeMap<Uuid, i64> = named_heads.iter().map(|(chain, seq)| (*chain, *seq)).collect();
    for mark in marks {
        // If another entry is in its place, it is another chain.
        let there = snapshot.hash_at(mark.chain, mark.seq).await?;
        if there.is_none_or(|hash| hash != mark.hash.to_string()) {
            let end = ends.entry(mark.chain).or_default();
            *end = mark.seq.max(*end);
        }
    }
    for (chain, to) in ends {
        let last = snapshot.last_seq(chain).await?.unwrap_or(0);
        let accounted = [&declared_lost, &moved_chains]
            .into_iter()
            .any(|of| of.get(&chain).is_some_and(|end| *end >= to));
        if to <= last || accounted {
            continue;
        }
        lag.lost.insert(Lost {
            chain,
            from: last + 1,
            to,
        });
        lag.named_heads |= named_heads.get(&chain).is_some_and(|seq| *seq > last);
        let of_chain = marks.iter().filter(|mark| mark.chain == chain);
        let made = of_chain.filter_map(|mark| mark.made).filter(|made| made.seq > last);
        let places: Vec<Place> = made.map(|made| (made.authority, chain, made.seq)).collect();
        lag.both |= store.outcomes(&places).await?.len() < places.len();
    }
    lag.newest = newest(&snapshot).await?;
    Ok(lag)
}

async fn newest(snapshot: &TrailSnapshot) -> Result<Option<DateTime<Utc>>, TrailStoreError> {
    let (mut newest, mut after) = (None, None);
    loop {
        let page = snapshot.heads_after(after, 256).await?;
        let Some(last) = page.last() else { return Ok(newest) };
        after = Some(last.chain);
        newest = page.iter().map(|head| head.updated_at).max().max(newest);
    }
}

/// The chains to be checked, and from which place: before it the main database knows the outcome of
/// everything.
async fn open_chains(store: &Store, trail: &TrailStore) -> Result<Vec<(Uuid, i64)>, CompareError> {
    let until = store.examined().await?;
    let chains = chains(trail).await?.into_iter();
    let after = |(chain, head)| {
        let after = until.get(&chain).copied().unwrap_or(0);
        (head > after).then_some((chain, after))
    };
    Ok(chains.filter_map(after).collect())
}

/// Changes that the data directory knows were made.
fn made_by_marks(marks: &[Mark]) -> impl Iterator<Item = Place> {
    let made = marks.iter().filter_map(|mark| Some((mark.chain, mark.made?)));
    made.map(|(chain, made)| (made.authority, chain, made.seq))
}

/// Whether the main database lacks a change that was made.
async fn lacks_changes(store: &Store, trail: &TrailStore, marks: &[Mark]) -> Result<bool, CompareError> {
    let snapshot = trail.snapshot().await?;
    let mut places = Vec::new();
    for (chain, after) in open_chains(store, trail).await? {
        let made = snapshot.newest_made(chain, after, i64::MAX, RECENT_CHANGES).await?;
        places.extend(made.iter().map(|row| (row.authority, row.chain, row.seq)));
        for (authority, of, seq) in made_by_marks(marks).filter(|(_, of, seq)| *of == chain && *seq > after) {
            if snapshot.hash_at(of, seq).await?.is_some() {
                places.push((authority, of, seq));
            }
        }
    }
    drop(snapshot);
    places.sort_unstable();
    places.dedup();
    Ok(store.outcomes(&places).await?.len() < places.len())
}

/// The changes that the main database lacks, in the order of their announcement: those that were made, and
/// those not known to have been made.
async fn missing(
    store: &Store,
    trail: &TrailStore,
    marks: &[Mark],
) -> Result<(Vec<Missing>, Vec<Missing>), CompareError> {
    let (mut missing, mut open) = (Vec::new(), Vec::new());
    for (chain, after) in open_chains(store, trail).await? {
        let mut made: BTreeSet<i64> = made_by_marks(marks)
            .filter(|(_, of, _)| *of == chain)
            .map(|(_, _, seq)| seq)
            .collect();
        let snapshot = trail.snapshot().await?;
        let mut before = i64::MAX;
        loop {
            let page = snapshot.newest_made(chain, after, before, RECENT_CHANGES).await?;
            let Some(last) = page.last() else { break };
            before = last.seq;
            made.extend(page.iter().map(|row| row.seq));
        }
        drop(snapshot);
        let announced = announced(trail, chain, after).await?.announced;
        let places: Vec<Place> = announced.iter().map(|(place, entry)| place_of(*place, entry)).collect();
        let outcomes = store.outcomes(&places).await?;
        for (place, entry) in announced {
            let place = place_of(place, &entry);
            if outcomes.contains_key(&place) {
                continue;
            }
            let list = if made.contains(&place.2) {
                &mut missing
            } else {
                &mut open
            };
            list.push(Missing { place, entry });
        }
    }
    for list in [&mut missing, &mut open] {
        list.sort_by_key(|missing| (missing.entry.at, missing.place.1, missing.place.2));
    }
    Ok((missing, open))
}

/// The key of an announcement in the main database. An announcement always names its authority.
fn place_of(place: EntryRef, entry: &Entry) -> Place {
    (entry.authority.unwrap_or_default(), place.chain, place.seq)
}
