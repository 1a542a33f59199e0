//! What the trail is told of an operation: who asked what for which purpose, and what was given, withheld and changed, without any value.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{lookups::Looked, operation::Asked};
use crate::{
    audit::{
        self,
        barred::Barred,
        code::{Code, Subject},
        decided::{Decided, Decision, Professional, purposes_of},
        entry::{AgreementRef, Entry, EntryRef, Kind, Lookups, Operation, Portal},
        person::PersonKey,
        writer::Trail,
    },
    error::ErrorCode,
    records::{BarredSubjectRow, ConsentAnswer, ConsentRow},
    sharing::{
        caller::Caller,
        category::CategorySet,
        ceiling::Ceiling,
        disclosure::{Account, Ground},
        reason::Reason,
    },
    store::{
        Store,
        writing::{Deed, Written},
    },
};

/// An entry that says who asks, before it says what for.
pub fn by(kind: Kind, at: DateTime<Utc>, caller: &Caller) -> Entry {
    let mut entry = Entry::new(kind, at);
    entry.authority = Some(caller.authority);
    entry.agency = Some(caller.principal.agency);
    entry.agency_kind = Some(Code::nearest(&caller.principal.agency_kind));
    entry.role = Some(Code::nearest(&caller.principal.role));
    entry.subject = Subject::new(&caller.principal.subject).ok();
    entry.client = Subject::new(&caller.client).ok();
    entry.portal = caller.portal.as_ref().and_then(|portal| {
        Some(Portal {
            agency: portal.agency,
            subject: Subject::new(&portal.subject).ok()?,
        })
    });
    entry.purpose = Some(Code::nearest(&caller.purpose));
    entry
}

fn of(kind: Kind, asked: &Asked, at: DateTime<Utc>) -> Entry {
    let mut entry = by(kind, at, &asked.caller);
    entry.request_id = Some(asked.request_id);
    entry.operation = Some(Operation::of(asked.name.as_deref(), &asked.query));
    entry
}

/// The refusal of an operation as a whole.
pub fn refusal(asked: &Asked, reason: Reason, at: DateTime<Utc>) -> Entry {
    let mut entry = of(Kind::Refused, asked, at);
    entry.reason = Some(Code::nearest(reason.code()));
    entry
}

/// No entry speaks of more families.
const FAMILIES: usize = 500;

/// The entries of one executed operation: one for each change, and one for what it looked up and disclosed, family by family with its ground, which
/// also says what was withheld. None where it did neither.
pub fn entries(
    asked: &Asked,
    ceiling: &Ceiling,
    account: &Account,
    looked: &Looked,
    writes: &[Written],
    at: DateTime<Utc>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for write in writes {
        let kind = kind(&write.deed);
        let mut entry = of(kind, asked, at);
        entry.awaits = kind.announces();
        entry.families.extend(write.family);
        entry.people.extend(write.person.map(PersonKey::from));
        entry.emergency.extend(write.emergency);
        entry.categories = codes(write.categories);
        entry.consents = decided(write, at);
        entry.barred = barred(&write.deed);
        (entry.clauses, entry.agreements) = clauses(ceiling, write.clauses.iter().copied());
        let of_nobody = !write.deed.is_change() || write.deed == Deed::DecidedOfNobody;
        entry.reason = of_nobody.then(|| Code::nearest("NOT_FOUND"));
        entry.loaded = loaded(&write.deed);
        entries.push(entry);
    }
    let first = entries.len();
    let disclosed = account.disclosed();
    entries.extend(of_families(asked, ceiling, &by_kind(&disclosed, looked), looked, at));
    if !looked.stopped.is_empty() {
        let mut entry = of(Kind::Alert, asked, at);
        entry.reason = Some(Code::nearest("TRIES_VALUES"));
        entries.push(entry);
    }
    let mut withheld = account.withheld().peekable();
    if withheld.peek().is_some() {
        if entries.len() == first {
            entries.push(of(Kind::Refused, asked, at));
        }
        for (field, reason, count) in withheld {
            entries[first]
                .withheld
                .add(Code::nearest(field), Code::nearest(reason.code()), count as u64);
        }
    }
    entries
}

/// The kind of entry of what was done.
pub fn kind(deed: &Deed) -> Kind {
    match deed {
        Deed::Rows | Deed::Barred(_) => Kind::Write,
        Deed::Decided(_)
        | Deed::DecidedOfNobody
        | Deed::Withdrawn { .. }
        | Deed::DatedAnew(_)
        | Deed::WithdrawalsDatedAnew(_) => Kind::Consent,
        Deed::Emergency => Kind::Emergency,
        Deed::Agreement { .. } => Kind::Agreement,
        Deed::Nothing | Deed::Refused => Kind::Refused,
        Deed::Alert => Kind::Alert,
    }
}

fn loaded(deed: &Deed) -> Option<AgreementRef> {
    match deed {
        Deed::Agreement { code, version } => Some(AgreementRef {
            code: Code::nearest(code),
            version: *version,
        }),
        _ => None,
    }
}

/// What is said of decisions about consent, from the very rows that were written. `at`: the moment of the operation.
fn decided(write: &Written, at: DateTime<Utc>) -> Vec<Decided> {
    let person = write.person.unwrap_or_default();
    match &write.deed {
        Deed::Decided(rows) => rows.first().map(|first| of_rows(first, rows, at)).into_iter().collect(),
        Deed::Withdrawn {
            key,
            category,
            agency_kind,
        } => vec![Decided {
            categories: BTreeSet::from([Code::nearest(category)]),
            agency_kinds: BTreeSet::from([Code::nearest(agency_kind)]),
            ..Decided::of_row(Decision::Withdrawn, person, *key)
        }],
        Deed::DatedAnew(rows) => anew(Decision::DatedAnew, person, rows),
        Deed::WithdrawalsDatedAnew(rows) => anew(Decision::WithdrawalDatedAnew, person, rows),
        _ => Vec::new(),
    }
}

/// What is said of bars, from the very rows that were written.
fn barred(deed: &Deed) -> Vec<Barred> {
    let Deed::Barred(rows) = deed else {
        return Vec::new();
    };
    let bar = |row: &BarredSubjectRow| {
        Some(Barred {
            row: row.id,
            agency: row.agency_id,
            subject: Subject::new(&row.subject).ok()?,
            from: row.valid_from,
            until: row.valid_until,
        })
    };
    rows.iter().filter_map(bar).collect()
}

fn anew(decision: Decision, person: Uuid, rows: &[(Uuid, DateTime<Utc>)]) -> Vec<Decided> {
    let anew = |(key, at): &(Uuid, DateTime<Utc>)| Decided {
        at: Some(*at),
        ..Decided::of_row(decision, person, *key)
    };
    rows.iter().map(anew).collect()
}

fn of_rows(first: &ConsentRow, rows: &[ConsentRow], at: DateTime<Utc>) -> Decided {
    let decision = match first.decision {
        ConsentAnswer::Given => Decision::Given,
        ConsentAnswer::Refused => Decision::Refused,
    };
    Decided {
        at: Some(first.recorded_at).filter(|recorded| *recorded != at),
        decided_by: first.decided_by,
        professional: Professional::of(first.decided_by_agency, first.decided_by_subject.as_deref()),
        purposes: purposes_of(first.purposes.as_deref()),
        categories: rows.iter().map(|row| Code::nearest(&row.category)).collect(),
        agency_kinds: rows.iter().map(|row| Code::nearest(&row.agency_kind)).collect(),
        until: first.expires_on,
        ..Decided::of_row(decision, first.person_id, first.id)
    }
}

/// What was looked up and disclosed: one entry, or more where it speaks of very many families.
fn of_families(
    asked: &Asked,
    ceiling: &Ceiling,
    parts: &[(Kind, &Ground, Vec<Family<'_>>)],
    looked: &Looked,
    at: DateTime<Utc>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    if looked.answered() > 0 {
        // Look-ups are told of whatever became of them, once.
        let mut entry = of(Kind::LookedUp, asked, at);
        entry.lookups = Lookups {
            matched: looked.matched,
            ambiguous: looked.ambiguous,
            not_found: looked.not_found,
        };
        entries.push(entry);
    }
    let mut room = if entries.is_empty() { 0 } else { FAMILIES };
    for (kind, ground, families) in parts {
        let mut rest = &families[..];
        while !rest.is_empty() {
            if room == 0 {
                entries.push(of(*kind, asked, at));
                room = FAMILIES;
            }
            let (now, later) = rest.split_at(rest.len().min(room));
            (rest, room) = (later, room - now.len());
            if let Some(entry) = entries.last_mut() {
                add(entry, ceiling, *kind, ground, now);
            }
        }
    }
    entries
}

/// Adds families of one ground to an entry: as what it says first, or besides.
fn add(entry: &mut Entry, ceiling: &Ceiling, kind: Kind, ground: &Ground, families: &[Family<'_>]) {
    let people = families.iter().flat_map(|(_, people)| people.iter().copied());
    let (clauses, agreements) = clauses(ceiling, ground.clauses.iter().copied());
    let ground = audit::entry::Ground {
        kind,
        agreements,
        clauses,
        families: families.iter().map(|(family, _)| *family).collect(),
        people: people.map(PersonKey::from).collect(),
        categories: codes(ground.categories),
        emergency: ground.emergencies.clone(),
    };
    if entry.kind == kind && entry.families.is_empty() && entry.also.is_empty() {
        entry.agreements = ground.agreements;
        entry.clauses = ground.clauses;
        entry.families = ground.families;
        entry.people = ground.people;
        entry.categories = ground.categories;
        entry.emergency = ground.emergency;
    } else {
        entry.also.push(ground);
    }
}

/// A client asked about more people than it may.
pub fn alert(asked: &Asked, code: ErrorCode, at: DateTime<Utc>) -> Entry {
    let mut entry = of(Kind::Alert, asked, at);
    entry.reason = Some(Code::nearest(code.as_str()));
    entry
}

/// A family, and the people of it of whom something was disclosed.
type Family<'a> = (Uuid, &'a BTreeSet<Uuid>);

/// Of each family that anything was disclosed of: families that were looked up, ground by ground, then the others.
fn by_kind<'a>(
    disclosed: &BTreeMap<&'a Ground, Vec<Family<'a>>>,
    looked: &Looked,
) -> Vec<(Kind, &'a Ground, Vec<Family<'a>>)> {
    let mut parts = Vec::new();
    for kind in [Kind::LookedUp, Kind::Disclosed] {
        for (ground, families) in disclosed {
            let of_kind = families.iter().copied();
            let of_kind: Vec<_> = of_kind
                .filter(|(family, _)| looked.families.contains(family) == (kind == Kind::LookedUp))
                .collect();
            if !of_kind.is_empty() {
                parts.push((kind, *ground, of_kind));
            }
        }
    }
    parts
}

/// Says that announced changes were not made after all; or, where the connection was lost on the way, that nobody can say whether they were.
pub async fn not_made(trail: &Trail, asked: &Asked, announced: &[EntryRef], store: &Store, unknown: bool) {
    for place in announced {
        let mut entry = of(Kind::WriteFailed, asked, store.clock().now());
        entry.about = Some(*place);
        entry.reason = unknown.then(|| Code::nearest("outcome_unknown"));
        if let Err(error) = trail.append(entry).await {
            tracing::error!(%error, request_id = %asked.request_id, "trail.failure_not_written");
        }
    }
}

fn codes(categories: CategorySet) -> BTreeSet<Code> {
    categories
        .iter()
        .filter(|category| category.is_personal())
        .map(|category| Code::nearest(category.code()))
        .collect()
}

/// Clauses by their numbers, and the agreements that they are of.
fn clauses(ceiling: &Ceiling, numbers: impl Iterator<Item = u16>) -> (BTreeSet<Code>, BTreeSet<AgreementRef>) {
    let clauses = numbers.filter_map(|number| ceiling.clause(usize::from(number)));
    clauses
        .map(|clause| {
            let agreement = AgreementRef {
                code: Code::nearest(&clause.agreement),
                version: clause.version,
            };
            (Code::nearest(&clause.id), agreement)
        })
        .unzip()
}
