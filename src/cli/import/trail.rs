//! What the trail is told of an import: the families of each file, how many rows, and decisions about consent as if they were made by the API.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use uuid::Uuid;

use super::super::failure::Failure;
use crate::{
    audit::{
        Code, Entry, EntryRef, Kind, Operation, Subject, Trail,
        decided::{Decided, Decision},
        entry::Imported,
        person::PersonKey,
    },
    import::{Checked, Counts, Table},
    store::{announced::Place, rows::ConsentRow},
};

/// No entry speaks of more families.
const FAMILIES: usize = 500;
/// No entry speaks of more decisions.
const DECISIONS: usize = 200;
/// So many entries are written at once.
const AT_ONCE: usize = 64;

/// Entries that announce what one file changes.
pub(super) struct Announcing<'a> {
    trail: &'a Trail,
    authority: i32,
    table: Table,
    operation: Operation,
    now: DateTime<Utc>,
    places: Vec<EntryRef>,
}

/// What decisions have in common that one entry can tell.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    family: Uuid,
    withdrawn: bool,
    agency: Uuid,
    subject: String,
}

impl<'a> Announcing<'a> {
    pub(super) fn new(trail: &'a Trail, authority: i32, checked: &Checked, now: DateTime<Utc>) -> Self {
        let name = format!("import_{}", checked.table.name());
        Self {
            trail,
            authority,
            table: checked.table,
            operation: Operation::of(Some(&name), &checked.hash),
            now,
            places: Vec::new(),
        }
    }

    fn entry(&self, kind: Kind) -> Entry {
        let mut entry = Entry::new(kind, self.now);
        entry.awaits = kind.announces();
        entry.authority = Some(self.authority);
        entry.subject = Subject::new("command-line").ok();
        entry.operation = Some(self.operation.clone());
        entry
    }

    /// Announces decisions that are new, or else those that are withdrawn: each as whoever recorded it, so that it can be made again.
    pub(super) async fn consents(&mut self, rows: &[ConsentRow], new: bool) -> Result<(), Failure> {
        let mut told: BTreeMap<Told, Vec<(Uuid, Decided)>> = BTreeMap::new();
        for row in rows {
            let of = |withdrawn| Told {
                family: row.family_id,
                withdrawn,
                agency: row.recorded_by_agency,
                subject: row.recorded_by_subject.clone(),
            };
            if new {
                let decided = (row.person_id, decided(row));
                told.entry(of(false)).or_default().push(decided);
            }
            if let Some(at) = row.withdrawn_at {
                let withdrawn = Decided {
                    at: Some(at),
                    ..Decided::of_row(Decision::Withdrawn, row.person_id, row.id)
                };
                told.entry(of(true)).or_default().push((row.person_id, withdrawn));
            }
        }
        let mut entries = Vec::new();
        for (told, decisions) in told {
            for some in decisions.chunks(DECISIONS) {
                let mut entry = self.entry(Kind::Consent);
                entry.agency = Some(told.agency);
                entry.subject = Subject::new(&told.subject).ok().or(entry.subject);
                entry.families.insert(told.family);
                entry
                    .people
                    .extend(some.iter().map(|(person, _)| PersonKey::from(*person)));
                entry.categories.insert(Code::nearest("CONSENT"));
                entry.consents.extend(some.iter().map(|(_, decided)| decided.clone()));
                entries.push(entry);
            }
        }
        self.announce(entries).await
    }

    /// Announces how many rows of the file are new or changed, and of which families they are.
    pub(super) async fn rows(&mut self, counts: Counts, families: BTreeSet<Uuid>) -> Result<(), Failure> {
        let families: Vec<Uuid> = families.into_iter().collect();
        let mut entries: Vec<Entry> = families
            .chunks(FAMILIES)
            .map(|some| {
                let mut entry = self.entry(Kind::Write);
                entry.families.extend(some);
                entry
            })
            .collect();
        if entries.is_empty() {
            entries.push(self.entry(Kind::Write));
        }
        entries[0].imported = Some(Imported {
            table: Code::nearest(self.table.name()),
            new: counts.new,
            changed: counts.changed,
        });
        self.announce(entries).await
    }

    async fn announce(&mut self, entries: Vec<Entry>) -> Result<(), Failure> {
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            let some = entries.by_ref().take(AT_ONCE).map(|entry| self.trail.append(entry));
            for announced in join_all(some).await {
                self.places.push(announced.map_err(Failure::problem)?.place());
            }
        }
        Ok(())
    }

    /// Where all entries stand.
    pub(super) fn places(&self) -> Vec<Place> {
        let places = self.places.iter();
        places.map(|place| (self.authority, place.chain, place.seq)).collect()
    }

    /// The changes are made.
    pub(super) fn made(self) {
        self.trail.made(self.authority, self.places);
    }

    /// Says of each entry that what it announces was not made.
    pub(super) async fn not_made(self) {
        for place in &self.places {
            let mut entry = self.entry(Kind::WriteFailed);
            entry.about = Some(*place);
            if let Err(error) = self.trail.append(entry).await {
                tracing::error!(%error, seq = place.seq, "an entry announces what was not made");
            }
        }
    }
}

fn decided(row: &ConsentRow) -> Decided {
    let decision = if row.decision == "given" {
        Decision::Given
    } else {
        Decision::Refused
    };
    Decided {
        at: Some(row.recorded_at),
        decided_by: Some(row.decided_by),
        categories: BTreeSet::from([Code::nearest(&row.category)]),
        agency_kinds: BTreeSet::from([Code::nearest(&row.agency_kind)]),
        until: row.expires_on,
        ..Decided::of_row(decision, row.person_id, row.id)
    }
}
