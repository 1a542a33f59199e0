//! What the trail is told of an import: the families of each file, how many rows, and decisions about consent as if they were made by the API.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use uuid::Uuid;

use super::super::failure::Failure;
use crate::{
    audit::{
        Code, Entry, EntryRef, Kind, Operation, Subject, Trail,
        decided::{Decided, Decision},
        entry::{HeadRef, Imported},
        person::PersonKey,
    },
    clock::Clock,
    import::{Checked, Counts},
    records::{ConsentAnswer, ConsentRow, Table},
    store::announced::Place,
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
    clock: Clock,
    /// What is to be announced of decisions.
    decisions: Vec<(Told, Vec<(Uuid, Decided)>)>,
    places: Vec<EntryRef>,
}

/// What decisions have in common that one entry can tell. All of one entry are of one kind: a restore that does not know whether they were made judges them as one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    family: Uuid,
    what: What,
    agency: Uuid,
    /// Who recorded it; of a withdrawal the file does not say who did.
    subject: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Given,
    Refused,
    Withdrawn,
}

impl<'a> Announcing<'a> {
    pub(super) fn new(trail: &'a Trail, authority: i32, checked: &Checked, clock: Clock) -> Self {
        let name = format!("import_{}", checked.table.name());
        Self {
            trail,
            authority,
            table: checked.table,
            operation: Operation::of(Some(&name), &checked.hash),
            clock,
            decisions: Vec::new(),
            places: Vec::new(),
        }
    }

    fn entry(&self, kind: Kind) -> Entry {
        let mut entry = Entry::new(kind, self.clock.now());
        entry.awaits = kind.announces();
        entry.authority = Some(self.authority);
        entry.subject = Subject::new("command-line").ok();
        entry.operation = Some(self.operation.clone());
        entry
    }

    /// Notes decisions that are new, or else those that are withdrawn, to be announced with the rows: those that are new as whoever recorded them, so that they can be made again.
    pub(super) fn consents(&mut self, rows: &[ConsentRow], new: bool) {
        let mut told: BTreeMap<Told, Vec<(Uuid, Decided)>> = BTreeMap::new();
        for row in rows {
            let of = |what| Told {
                family: row.family_id,
                what,
                agency: row.recorded_by_agency,
                subject: (what != What::Withdrawn).then(|| row.recorded_by_subject.clone()),
            };
            if new {
                let what = match row.decision {
                    ConsentAnswer::Given => What::Given,
                    ConsentAnswer::Refused => What::Refused,
                };
                let decided = (row.person_id, decided(row, what));
                told.entry(of(what)).or_default().push(decided);
            }
            if let Some(at) = row.withdrawn_at {
                let withdrawn = Decided {
                    at: Some(at),
                    ..Decided::of_row(Decision::Withdrawn, row.person_id, row.id)
                };
                told.entry(of(What::Withdrawn))
                    .or_default()
                    .push((row.person_id, withdrawn));
            }
        }
        self.decisions.extend(told);
    }

    /// The entries of what was decided.
    fn decided(&mut self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (told, decisions) in std::mem::take(&mut self.decisions) {
            for some in decisions.chunks(DECISIONS) {
                let mut entry = self.entry(Kind::Consent);
                entry.agency = Some(told.agency);
                let recorder = told.subject.as_deref().and_then(|subject| Subject::new(subject).ok());
                entry.subject = recorder.or(entry.subject);
                entry.families.insert(told.family);
                entry
                    .people
                    .extend(some.iter().map(|(person, _)| PersonKey::from(*person)));
                entry.categories.insert(Code::nearest("CONSENT"));
                entry.consents.extend(some.iter().map(|(_, decided)| decided.clone()));
                entries.push(entry);
            }
        }
        entries
    }

    /// Announces what was decided, and how many rows of the file are new or changed, and of which families they are.
    pub(super) async fn rows(&mut self, counts: Counts, families: BTreeSet<Uuid>) -> Result<(), Failure> {
        let families: Vec<Uuid> = families.into_iter().collect();
        let mut of_rows: Vec<Entry> = families
            .chunks(FAMILIES)
            .map(|some| {
                let mut entry = self.entry(Kind::Write);
                entry.families.extend(some);
                entry
            })
            .collect();
        if of_rows.is_empty() {
            of_rows.push(self.entry(Kind::Write));
        }
        of_rows[0].imported = Some(Imported {
            table: Code::nearest(self.table.name()),
            new: counts.new,
            changed: counts.changed,
        });
        let mut entries = self.decided();
        entries.extend(of_rows);
        self.announce(entries).await
    }

    async fn announce(&mut self, entries: Vec<Entry>) -> Result<(), Failure> {
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            let some = entries.by_ref().take(AT_ONCE).map(|entry| self.trail.append(entry));
            let announced = join_all(some).await;
            // Of all that stand, so that each is said not to be made where one of them failed.
            self.places.extend(announced.iter().flatten().map(HeadRef::place));
            if let Some(error) = announced.into_iter().find_map(Result::err) {
                return Err(Failure::problem(error));
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

    /// Says of each entry that what it announces was not made; or, where the connection was lost as it was kept, that nobody can say whether it was.
    pub(super) async fn not_made(self, unknown: bool) {
        for place in &self.places {
            let mut entry = self.entry(Kind::WriteFailed);
            entry.about = Some(*place);
            entry.reason = unknown.then(|| Code::nearest("outcome_unknown"));
            if let Err(error) = self.trail.append(entry).await {
                tracing::error!(%error, seq = place.seq, "an entry announces what was not made");
            }
        }
    }
}

fn decided(row: &ConsentRow, what: What) -> Decided {
    let decision = match what {
        What::Given => Decision::Given,
        What::Refused | What::Withdrawn => Decision::Refused,
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
