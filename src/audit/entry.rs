//! One entry of the trail: who, on whose behalf, why, under which clauses, and which families, people and
//! categories.
//!
//! Pure. The type guarantees that the trail holds no data values: no field has room for one. Its JSON is
//! canonical (fixed order of fields, sets sorted and without duplicates), so the same facts always give the
//! same bytes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use super::kind::Kind;
use super::{
    barred::Barred,
    code::{Code, Subject},
    decided::Decided,
    hash::Hash,
    person::PersonKey,
    restored::Restored,
};

/// The format version that this program writes. Entries of version 1 have a single legal ground, and name
/// people by their full ids.
pub const VERSION: u8 = 2;
/// The longest entry, in bytes of JSON. A longer one is refused, and the operation with it.
pub const MAX_BODY: usize = 1 << 20;
const MAX_OPERATION_NAME: usize = 100;

/// The position of an entry in the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntryRef {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number in the chain, from 1.
    pub seq: i64,
}

/// A position in a chain and the hash at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HeadRef {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number in the chain, from 1.
    pub seq: i64,
    /// The hash of the entry there.
    pub hash: Hash,
}

impl HeadRef {
    /// The position without the hash.
    pub fn place(&self) -> EntryRef {
        EntryRef {
            chain: self.chain,
            seq: self.seq,
        }
    }
}

/// The portal that made the request on a user's behalf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// The portal's agency.
    pub agency: Uuid,
    /// The portal's subject at its identity provider.
    pub subject: Subject,
}

/// A version of an agreement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementRef {
    /// The agreement's code (`TFF-2`).
    pub code: Code,
    /// Its version.
    pub version: i32,
}

/// The GraphQL operation that was executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    hash: Hash,
}

impl Operation {
    /// The operation's name (its first 100 characters, keeping only those allowed in a GraphQL name) and the
    /// hash of its document.
    pub fn of(name: Option<&str>, document: &str) -> Self {
        let name = name.map(|name| {
            name.chars()
                .take(MAX_OPERATION_NAME)
                .filter(|character| character.is_ascii_alphanumeric() || *character == '_')
                .collect()
        });
        Self {
            name,
            hash: Hash::of(&[document.as_bytes()]),
        }
    }

    /// The name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The document's hash.
    pub fn hash(&self) -> Hash {
        self.hash
    }
}

/// The number of withheld values, by field and reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<WithheldLine>", into = "Vec<WithheldLine>")]
pub struct Withheld(BTreeMap<(Code, Code), u64>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithheldLine {
    field: Code,
    reason: Code,
    count: u64,
}

impl Withheld {
    /// Adds `count` to the values of `field` withheld for `reason`.
    pub fn add(&mut self, field: Code, reason: Code, count: u64) {
        let sum = self.0.entry((field, reason)).or_default();
        *sum = sum.saturating_add(count);
    }

    /// Field, reason and count, in order of field and reason.
    pub fn iter(&self) -> impl Iterator<Item = (&Code, &Code, u64)> {
        self.0.iter().map(|((field, reason), count)| (field, reason, *count))
    }

    /// Whether nothing was withheld.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<WithheldLine>> for Withheld {
    fn from(lines: Vec<WithheldLine>) -> Self {
        let mut withheld = Self::default();
        for line in lines {
            withheld.add(line.field, line.reason, line.count);
        }
        withheld
    }
}

impl From<Withheld> for Vec<WithheldLine> {
    fn from(withheld: Withheld) -> Self {
        let line = |((field, reason), count)| WithheldLine { field, reason, count };
        withheld.0.into_iter().map(line).collect()
    }
}

/// The outcomes of look-ups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookups {
    /// How many people were found.
    pub matched: u64,
    /// How many look-ups had more than one candidate.
    pub ambiguous: u64,
    /// How many look-ups found nobody.
    pub not_found: u64,
}

impl Lookups {
    /// Whether there were no look-ups.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What an import did to a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// The table.
    pub table: Code,
    /// How many rows were added.
    pub new: u64,
    /// How many were changed.
    pub changed: u64,
}

/// Further families of the same operation with other disclosures, or disclosed on another legal ground.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// What happened to these families.
    pub kind: Kind,
    /// The agreements that permitted it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub agreements: BTreeSet<AgreementRef>,
    /// The clauses that permitted it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub clauses: BTreeSet<Code>,
    /// The families.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub families: BTreeSet<Uuid>,
    /// The people in those families.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub people: BTreeSet<PersonKey>,
    /// The categories of data disclosed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<Code>,
    /// The emergency accesses relied on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub emergency: BTreeSet<Uuid>,
}

/// One entry. The order of the fields is that of the canonical JSON; empty fields are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The format version.
    pub v: u8,
    /// When it happened, to the microsecond.
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: Kind,
    /// The request id, as in the response header and the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Uuid>,
    /// The authority whose data it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<i32>,
    /// The caller's agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Uuid>,
    /// The kind of that agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency_kind: Option<Code>,
    /// The caller's role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Code>,
    /// The person or system that made the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The client program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Subject>,
    /// The portal that made the request on the caller's behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<Portal>,
    /// The purpose of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Code>,
    /// The agreements that permitted it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub agreements: BTreeSet<AgreementRef>,
    /// The agreement that was loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaded: Option<AgreementRef>,
    /// The clauses that permitted it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub clauses: BTreeSet<Code>,
    /// The operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// Why it was refused or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Code>,
    /// The families concerned.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub families: BTreeSet<Uuid>,
    /// The people concerned.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub people: BTreeSet<PersonKey>,
    /// The categories of data disclosed or changed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<Code>,
    /// What was withheld.
    #[serde(default, skip_serializing_if = "Withheld::is_empty")]
    pub withheld: Withheld,
    /// The emergency accesses relied on, or opened.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub emergency: BTreeSet<Uuid>,
    /// The operation's other families, each with its own legal ground.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Ground>,
    /// The outcomes of the operation's look-ups.
    #[serde(default, skip_serializing_if = "Lookups::is_empty")]
    pub lookups: Lookups,
    /// Whether it announces a change that is made only once the main database commits it with this entry's
    /// position.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub awaits: bool,
    /// The earlier entry that this one refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<EntryRef>,
    /// Heads of other chains: those that the first entry of a chain names, and those that link it to others
    /// later. For a move, the heads of the other database's trail.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub heads: BTreeSet<HeadRef>,
    /// The consent decisions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<Decided>,
    /// The bars that were set, brought forward or lifted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barred: Vec<Barred>,
    /// What a restore found lost, and what it did again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<Restored>,
    /// What an import did to a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// The entry of another database's trail that this one copies, since its authority was moved here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<HeadRef>,
}

/// Why an entry cannot be written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The JSON is longer than [`MAX_BODY`].
    #[error("the entry is too long for the trail")]
    TooLong,
    /// It concerns a family but has no authority, so it could never be shown to the family.
    #[error("the entry speaks of a family but names no authority")]
    NoAuthority,
    /// It could not be serialised.
    #[error("the entry cannot be written")]
    Unwritable,
    /// The stored text is not an entry that this program knows.
    #[error("not an entry of the trail")]
    Unreadable,
}

impl Entry {
    /// An entry with only a kind and a timestamp.
    pub fn new(kind: Kind, at: DateTime<Utc>) -> Self {
        Self {
            v: VERSION,
            at: at.trunc_subsecs(6),
            kind,
            request_id: None,
            authority: None,
            agency: None,
            agency_kind: None,
            role: None,
            subject: None,
            client: None,
            portal: None,
            purpose: None,
            agreements: BTreeSet::new(),
            loaded: None,
            clauses: BTreeSet::new(),
            operation: None,
            reason: None,
            families: BTreeSet::new(),
            people: BTreeSet::new(),
            categories: BTreeSet::new(),
            withheld: Withheld::default(),
            emergency: BTreeSet::new(),
            also: Vec::new(),
            lookups: Lookups::default(),
            awaits: false,
            about: None,
            heads: BTreeSet::new(),
            consents: Vec::new(),
            barred: Vec::new(),
            restored: None,
            imported: None,
            copy_of: None,
        }
    }

    /// Every family concerned, on any legal ground.
    pub fn all_families(&self) -> BTreeSet<Uuid> {
        let others = self.also.iter().flat_map(|ground| &ground.families);
        self.families.iter().chain(others).copied().collect()
    }

    /// Whether what it says of a family names that person.
    pub fn speaks_of(&self, family: Uuid, person: PersonKey) -> bool {
        let also = self.also.iter().map(|ground| (&ground.families, &ground.people));
        let mut grounds = std::iter::once((&self.families, &self.people)).chain(also);
        let of_family = grounds.find(|(families, _)| families.contains(&family));
        of_family.is_some_and(|(_, people)| people.contains(&person))
    }

    /// The part of the entry that concerns one family, so that nobody who reads about that family learns of
    /// another.
    #[must_use]
    pub fn about(mut self, family: Uuid) -> Self {
        let also = std::mem::take(&mut self.also);
        let is_first = self.families.contains(&family);
        let mut others = also.into_iter().filter(|_| !is_first);
        let ground = others.find(|ground| ground.families.contains(&family));
        if let Some(ground) = ground {
            self.kind = ground.kind;
            self.families = ground.families;
            self.agreements = ground.agreements;
            self.clauses = ground.clauses;
            self.people = ground.people;
            self.categories = ground.categories;
            self.emergency = ground.emergency;
        }
        if self.families.len() > 1 {
            // Which of the families these people belong to is not disclosed.
            self.people.clear();
        }
        self.families = BTreeSet::from([family]);
        // These cover the whole operation.
        self.withheld = Withheld::default();
        self.lookups = Lookups::default();
        self.imported = None;
        // Who reads about the family is not told who is barred from it.
        self.barred.clear();
        self
    }

    /// The authority and the agency that made look-ups, if there were any.
    pub fn looked_up_by(&self) -> Option<(i32, Uuid)> {
        self.authority.zip(self.agency).filter(|_| !self.lookups.is_empty())
    }

    /// The canonical JSON.
    pub fn to_body(&self) -> Result<String, EntryError> {
        if self.authority.is_none() && !(self.families.is_empty() && self.also.is_empty()) {
            return Err(EntryError::NoAuthority);
        }
        let body = serde_json::to_string(self).map_err(|_| EntryError::Unwritable)?;
        if body.len() > MAX_BODY {
            return Err(EntryError::TooLong);
        }
        Ok(body)
    }

    /// Parses what [`to_body`](Self::to_body) wrote. Bounded, and never panics on other input.
    pub fn from_body(body: &str) -> Result<Self, EntryError> {
        if body.len() > MAX_BODY {
            return Err(EntryError::TooLong);
        }
        serde_json::from_str(body).map_err(|_| EntryError::Unreadable)
    }
}

/// Timestamps with exactly six fractional digits, the precision of both databases.
mod instant {
    use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&at.trunc_subsecs(6).to_rfc3339_opts(SecondsFormat::Micros, true))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
        let text = String::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|at| at.with_timezone(&Utc))
            .map_err(|_| D::Error::custom("not an instant"))
    }
}
