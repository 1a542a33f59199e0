//! Announces an import in the trail: the families of each file, how many rows, and consent decisions as if
//! made by the API.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use uuid::Uuid;

use super::super::failure::Failure;
use crate::{
    audit::{
        Code, Entry, EntryRef, Kind, Operation, Subject, Trail,
        barred::Barred,
        decided::{Decided, Decision, Professional, purposes_of},
        entry::{HeadRef, Imported},
        person::PersonKey,
    },
    clock::Clock,
    import::{Checked, Counts},
    records::{BarredSubjectRow, ConsentAnswer, ConsentRow, Table},
    store::announced::Place,
};

/// Most families per entry.
const MAX_FAMILIES_PER_ENTRY: usize = 500;
/// Most decisions or bars per entry.
const MAX_DECISIONS_PER_ENTRY: usize = 200;
/// Entries written concurrently.
const CONCURRENT_ENTRIES: usize = 64;

/// The entries that announce the changes of one file.
pub(super) struct Announcements<'a> {
    trail: &'a Trail,
    authority: i32,
    table: Table,
    operation: Operation,
    clock: Clock,
    /// Decisions to be announced.
    decisions: Vec<(DecisionGroup, Vec<(Uuid, Decided)>)>,
    /// Bars to be announced, by family.
    bars: BTreeMap<Uuid, Vec<Barred>>,
    places: Vec<EntryRef>,
}

/// What all decisions of one entry share. They are of one kind: a restore that does not know whether they
/// were made judges them as one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct DecisionGroup {
    family: Uuid,
    kind: DecisionKind,
    agency: Uuid,
    /// Who recorded it; `None` for a withdrawal, of which the file does not say who recorded it.
    subject: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum DecisionKind {
    Given,
    Refused,
    Withdrawn,
}

impl<'a> Announcements<'a> {
    pub(super) fn new(trail: &'a Trail, authority: i32, checked: &Checked, clock: Clock) -> Self {
        let name = format!("import_{}", checked.table.name());
        Self {
            trail,
            authority,
            table: checked.table,
            operation: Operation::of(Some(&name), &checked.hash),
            clock,
            decisions: Vec::new(),
            bars: BTreeMap::new(),
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

    /// Collects new decisions, or else withdrawn ones, to be announced with the rows. New ones are announced
    /// as by whoever recorded them, so that they can be re-applied.
    pub(super) fn consents(&mut self, rows: &[ConsentRow], new: bool) {
        let mut groups: BTreeMap<DecisionGroup, Vec<(Uuid, Decided)>> = BTreeMap::new();
        for row in rows {
            let of = |kind| DecisionGroup {
                family: row.family_id,
                kind,
                agency: row.recorded_by_agency,
                subject: (kind != DecisionKind::Withdrawn).then(|| row.recorded_by_subject.clone()),
            };
            if new {
                let kind = match row.decision {
                    ConsentAnswer::Given => DecisionKind::Given,
                    ConsentAnswer::Refused => DecisionKind::Refused,
                };
                let decided = (row.person_id, decided(row, kind));
                groups.entry(of(kind)).or_default().push(decided);
            }
            if let Some(at) = row.withdrawn_at {
                let withdrawn = Decided {
                    at: Some(at),
                    ..Decided::of_row(Decision::Withdrawn, row.person_id, row.id)
                };
                groups
                    .entry(of(DecisionKind::Withdrawn))
                    .or_default()
                    .push((row.person_id, withdrawn));
            }
        }
        self.decisions.extend(groups);
    }

    /// Collects bars to be announced with the rows, so that they can be set again.
    pub(super) fn bars(&mut self, rows: &[BarredSubjectRow]) {
        for row in rows {
            let bar = Subject::new(&row.subject).ok().map(|subject| Barred {
                row: row.id,
                agency: row.agency_id,
                subject,
                from: row.valid_from,
                until: row.valid_until,
            });
            self.bars.entry(row.family_id).or_default().extend(bar);
        }
    }

    /// The entries of the bars collected.
    fn barred(&mut self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (family, bars) in std::mem::take(&mut self.bars) {
            for chunk in bars.chunks(MAX_DECISIONS_PER_ENTRY) {
                let mut entry = self.entry(Kind::Write);
                entry.families.insert(family);
                entry.barred.extend_from_slice(chunk);
                entries.push(entry);
            }
        }
        entries
    }

    /// The entries of the decisions collected.
    fn decided(&mut self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (group, decisions) in std::mem::take(&mut self.decisions) {
            for chunk in decisions.chunks(MAX_DECISIONS_PER_ENTRY) {
                let mut entry = self.entry(Kind::Consent);
                entry.agency = Some(group.agency);
                let recorder = group.subject.as_deref().and_then(|subject| Subject::new(subject).ok());
                entry.subject = recorder.or(entry.subject);
                entry.families.insert(group.family);
                entry
                    .people
                    .extend(chunk.iter().map(|(person, _)| PersonKey::from(*person)));
                entry.categories.insert(Code::nearest("CONSENT"));
                entry.consents.extend(chunk.iter().map(|(_, decided)| decided.clone()));
                entries.push(entry);
            }
        }
        entries
    }

    /// Announces the decisions, the bars, how many rows of the file are new or changed, and their families.
    pub(super) async fn rows(&mut self, counts: Counts, families: BTreeSet<Uuid>) -> Result<(), Failure> {
        let families: Vec<Uuid> = families.into_iter().collect();
        let mut row_entries: Vec<Entry> = families
            .chunks(MAX_FAMILIES_PER_ENTRY)
            .map(|chunk| {
                let mut entry = self.entry(Kind::Write);
                entry.families.extend(chunk);
                entry
            })
            .collect();
        if row_entries.is_empty() {
            row_entries.push(self.entry(Kind::Write));
        }
        row_entries[0].imported = Some(Imported {
            table: Code::nearest(self.table.name()),
            new: counts.new,
            changed: counts.changed,
        });
        let mut entries = self.decided();
        entries.extend(self.barred());
        entries.extend(row_entries);
        self.announce(entries).await
    }

    async fn announce(&mut self, entries: Vec<Entry>) -> Result<(), Failure> {
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            let chunk = entries
                .by_ref()
                .take(CONCURRENT_ENTRIES)
                .map(|entry| self.trail.append(entry));
            let announced = join_all(chunk).await;
            // Keep those that were written, so that each is recorded as not made if one failed.
            self.places.extend(announced.iter().flatten().map(HeadRef::place));
            if let Some(error) = announced.into_iter().find_map(Result::err) {
                return Err(Failure::problem(error));
            }
        }
        Ok(())
    }

    /// The places of all entries.
    pub(super) fn places(&self) -> Vec<Place> {
        let places = self.places.iter();
        places.map(|place| (self.authority, place.chain, place.seq)).collect()
    }

    /// Marks the changes as made.
    pub(super) fn mark_made(self) {
        self.trail.made(self.authority, self.places);
    }

    /// Records for each entry that its changes were not made; or that the outcome is unknown, because the
    /// connection was lost during the commit.
    pub(super) async fn record_not_made(self, unknown: bool) {
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

fn decided(row: &ConsentRow, kind: DecisionKind) -> Decided {
    let decision = match kind {
        DecisionKind::Given => Decision::Given,
        DecisionKind::Refused | DecisionKind::Withdrawn => Decision::Refused,
    };
    Decided {
        at: Some(row.recorded_at),
        decided_by: row.decided_by,
        professional: Professional::of(row.decided_by_agency, row.decided_by_subject.as_deref()),
        purposes: purposes_of(row.purposes.as_deref()),
        categories: BTreeSet::from([Code::nearest(&row.category)]),
        agency_kinds: BTreeSet::from([Code::nearest(&row.agency_kind)]),
        until: row.expires_on,
        ..Decided::of_row(decision, row.person_id, row.id)
    }
}
