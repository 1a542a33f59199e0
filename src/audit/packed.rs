//! The compact stored form of an entry: repeated texts as numbers of a dictionary (words), ids as bytes, and
//! rare fields as JSON.
//!
//! Pure. Unpacking gives the same canonical JSON, whose hash is in the chain, so any change to a word, a
//! number or a byte is found as an edited entry.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    code::{Code, Subject},
    encoding::{Decoder, Encode},
    entry::{AgreementRef, Entry, Ground, Kind, Lookups, Operation, Portal},
    hash::Hash,
    person::PersonKey,
};
use crate::store::trail::RecordRow;

/// The version of the format.
const FORM: u64 = 1;
/// The most grounds, families, people or words in an entry.
const MAX_COUNT: u64 = 1 << 17;

/// The texts of dictionary words, by number.
pub(super) type Words = BTreeMap<i32, String>;

/// The caller and the purpose, as one dictionary word.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallerWord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agency: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agency_kind: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<Subject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<Subject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    portal: Option<Portal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purpose: Option<Code>,
}

/// The kind, agreements, clauses and categories of a ground, as one dictionary word.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroundWord {
    kind: Kind,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    agreements: BTreeSet<AgreementRef>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    clauses: BTreeSet<Code>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    categories: BTreeSet<Code>,
}

/// An entry whose words have not been numbered yet.
pub(super) struct Unpacked {
    /// The texts to be numbered, in the order that [`pack`](Self::pack) needs.
    pub(super) words: Vec<String>,
    /// The index among them of the agency that made the look-ups.
    agency: Option<usize>,
    /// The family, if there is exactly one.
    pub(super) family: Option<Uuid>,
    /// All families, if there are several: they are stored outside the body, in index rows.
    pub(super) families: Vec<Uuid>,
    /// The parts of the body.
    parts: Vec<Part>,
}

/// A part of a body.
enum Part {
    /// The number of a word, by its index in `words`.
    Word(usize),
    Bytes(Vec<u8>),
}

/// What is stored of an entry in addition to the columns of its row.
pub(super) struct Body {
    pub(super) agency: Option<i32>,
    pub(super) bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the entry cannot be packed")]
pub(super) struct Unpackable;

impl Unpacked {
    /// Splits an entry into its parts.
    pub(super) fn of(entry: &Entry) -> Result<Self, Unpackable> {
        let all = entry.all_families();
        let mut unpacked = Self {
            words: Vec::new(),
            agency: None,
            family: (all.len() == 1).then(|| all.first().copied()).flatten(),
            families: if all.len() > 1 {
                all.into_iter().collect()
            } else {
                Vec::new()
            },
            parts: Vec::new(),
        };
        if let Some((_, agency)) = entry.looked_up_by() {
            unpacked.agency = Some(unpacked.word(&agency)?);
        }
        let mut bytes = Vec::new();
        bytes.put_varint(FORM);
        unpacked.put(&mut bytes);
        let asker = CallerWord {
            agency: entry.agency,
            agency_kind: entry.agency_kind.clone(),
            role: entry.role.clone(),
            subject: entry.subject.clone(),
            client: entry.client.clone(),
            portal: entry.portal.clone(),
            purpose: entry.purpose.clone(),
        };
        unpacked.optional_word((asker != CallerWord::default()).then_some(&asker))?;
        unpacked.optional_word(entry.operation.as_ref())?;
        unpacked.optional_word(entry.reason.as_ref())?;
        bytes.put_optional(entry.request_id.as_ref().map(|id| &id.as_bytes()[..]));
        for count in [entry.lookups.matched, entry.lookups.ambiguous, entry.lookups.not_found] {
            bytes.put_varint(count);
        }
        bytes.put_varint(1 + entry.also.len() as u64);
        unpacked.put(&mut bytes);
        unpacked.ground(&first_ground(entry))?;
        for ground in &entry.also {
            unpacked.ground(ground)?;
        }
        let withheld: Vec<_> = entry.withheld.iter().collect();
        bytes.put_varint(withheld.len() as u64);
        unpacked.put(&mut bytes);
        for (field, reason, count) in withheld {
            let word = unpacked.word(&(field, reason))?;
            unpacked.parts.push(Part::Word(word));
            bytes.put_varint(count);
            unpacked.put(&mut bytes);
        }
        let rest = serde_json::to_string(&rest_of(entry)).map_err(|_| Unpackable)?;
        if rest != *EMPTY {
            bytes.extend_from_slice(rest.as_bytes());
        }
        unpacked.put(&mut bytes);
        Ok(unpacked)
    }

    /// The packed body, given the numbers of the words.
    pub(super) fn pack(&self, number: impl Fn(&str) -> Option<i32>) -> Option<Body> {
        let of = |place: usize| number(&self.words[place]);
        let mut bytes = Vec::new();
        for part in &self.parts {
            match part {
                Part::Word(place) => bytes.put_varint(u64::try_from(of(*place)?).ok()?),
                Part::Bytes(more) => bytes.extend_from_slice(more),
            }
        }
        let agency = self.agency.map(|place| of(place).ok_or(())).transpose().ok()?;
        Some(Body { agency, bytes })
    }

    fn put(&mut self, bytes: &mut Vec<u8>) {
        self.parts.push(Part::Bytes(std::mem::take(bytes)));
    }

    fn word(&mut self, of: &impl Serialize) -> Result<usize, Unpackable> {
        let text = serde_json::to_string(of).map_err(|_| Unpackable)?;
        let known = self.words.iter().position(|word| *word == text);
        Ok(known.unwrap_or_else(|| {
            self.words.push(text);
            self.words.len() - 1
        }))
    }

    /// An optional word; zero if there is none.
    fn optional_word(&mut self, of: Option<&impl Serialize>) -> Result<(), Unpackable> {
        let part = match of {
            Some(of) => Part::Word(self.word(of)?),
            None => Part::Bytes(vec![0]),
        };
        self.parts.push(part);
        Ok(())
    }

    fn ground(&mut self, ground: &Ground) -> Result<(), Unpackable> {
        let permitted = GroundWord {
            kind: ground.kind,
            agreements: ground.agreements.clone(),
            clauses: ground.clauses.clone(),
            categories: ground.categories.clone(),
        };
        let word = self.word(&permitted)?;
        self.parts.push(Part::Word(word));
        let mut bytes = Vec::new();
        bytes.put_varint(ground.families.len() as u64);
        // A single family has a column of its own; several are walked through in order.
        if self.family.is_none() {
            for family in &ground.families {
                let place = self.families.binary_search(family).map_err(|_| Unpackable)?;
                bytes.put_varint(place as u64);
            }
        }
        bytes.put_varint(ground.people.len() as u64);
        bytes.extend(ground.people.iter().flat_map(|person| *person.as_bytes()));
        bytes.put_varint(ground.emergency.len() as u64);
        bytes.extend(ground.emergency.iter().flat_map(|key| *key.as_bytes()));
        self.put(&mut bytes);
        Ok(())
    }
}

/// The entry's first ground, with the families that it names directly.
fn first_ground(entry: &Entry) -> Ground {
    Ground {
        kind: entry.kind,
        agreements: entry.agreements.clone(),
        clauses: entry.clauses.clone(),
        families: entry.families.clone(),
        people: entry.people.clone(),
        categories: entry.categories.clone(),
        emergency: entry.emergency.clone(),
    }
}

/// The fields that are not packed: usually none. Any field added to entries later is among them.
fn rest_of(entry: &Entry) -> Entry {
    let mut rest = entry.clone();
    take_packed(blank(), &mut rest);
    rest
}

/// Copies the packed fields from another entry.
fn take_packed(from: Entry, to: &mut Entry) {
    to.at = from.at;
    to.kind = from.kind;
    to.request_id = from.request_id;
    to.authority = from.authority;
    to.agency = from.agency;
    to.agency_kind = from.agency_kind;
    to.role = from.role;
    to.subject = from.subject;
    to.client = from.client;
    to.portal = from.portal;
    to.purpose = from.purpose;
    to.agreements = from.agreements;
    to.clauses = from.clauses;
    to.operation = from.operation;
    to.reason = from.reason;
    to.families = from.families;
    to.people = from.people;
    to.categories = from.categories;
    to.emergency = from.emergency;
    to.also = from.also;
    to.withheld = from.withheld;
    to.lookups = from.lookups;
}

fn blank() -> Entry {
    Entry::new(Kind::Disclosed, DateTime::<Utc>::UNIX_EPOCH)
}

static EMPTY: std::sync::LazyLock<String> =
    std::sync::LazyLock::new(|| serde_json::to_string(&blank()).unwrap_or_default());

/// The numbers of the words that a record uses; empty if it is malformed.
pub(super) fn words_of(row: &RecordRow) -> Vec<i32> {
    let mut numbers: Vec<i32> = row.agency.into_iter().collect();
    let none = |number: i32| {
        numbers.push(number);
        None::<String>
    };
    // Every number is collected, although no word is known.
    let _ = walk(row, &[], none);
    numbers
}

/// Unpacks a record; `families` are those of an entry with several, in order. `None` if it is malformed, or
/// if a word or a family is missing.
pub(super) fn unpack(row: &RecordRow, words: &Words, families: &[Uuid]) -> Option<Entry> {
    walk(row, families, |number| words.get(&number).cloned())
}

/// Walks through a body. An unknown word or family makes the result `None`, but only after every number was
/// asked for.
fn walk(row: &RecordRow, families: &[Uuid], mut text: impl FnMut(i32) -> Option<String>) -> Option<Entry> {
    let mut from = Decoder::new(&row.body);
    let mut whole = true;
    let mut entry = Entry::new(Kind::of_number(row.kind)?, row.at);
    entry.authority = row.authority;
    (from.varint()? == FORM).then_some(())?;
    if let Some(asker) = word::<CallerWord>(&mut from, &mut text, &mut whole)? {
        entry.agency = asker.agency;
        entry.agency_kind = asker.agency_kind;
        entry.role = asker.role;
        entry.subject = asker.subject;
        entry.client = asker.client;
        entry.portal = asker.portal;
        entry.purpose = asker.purpose;
    }
    entry.operation = word::<Operation>(&mut from, &mut text, &mut whole)?;
    entry.reason = word::<Code>(&mut from, &mut text, &mut whole)?;
    entry.request_id = match from.varint()? {
        0 => None,
        1 => Some(Uuid::from_bytes(from.array()?)),
        _ => return None,
    };
    entry.lookups = Lookups {
        matched: from.varint()?,
        ambiguous: from.varint()?,
        not_found: from.varint()?,
    };
    for place in 0..count(&mut from)? {
        let ground = ground(&mut from, row, families, &mut text, &mut whole)?;
        if place > 0 {
            entry.also.push(ground);
        } else if ground.kind == entry.kind || !whole {
            entry.agreements = ground.agreements;
            entry.clauses = ground.clauses;
            entry.families = ground.families;
            entry.people = ground.people;
            entry.categories = ground.categories;
            entry.emergency = ground.emergency;
        } else {
            return None;
        }
    }
    for _ in 0..count(&mut from)? {
        let of = word::<(Code, Code)>(&mut from, &mut text, &mut whole)?;
        let count = from.varint()?;
        if let Some((field, reason)) = of {
            entry.withheld.add(field, reason, count);
        }
    }
    if !from.rest().is_empty() {
        let mut rest = Entry::from_body(str::from_utf8(from.rest()).ok()?).ok()?;
        take_packed(entry, &mut rest);
        entry = rest;
    }
    whole.then_some(entry)
}

fn ground(
    from: &mut Decoder<'_>,
    row: &RecordRow,
    all: &[Uuid],
    text: &mut impl FnMut(i32) -> Option<String>,
    whole: &mut bool,
) -> Option<Ground> {
    let permitted = word::<GroundWord>(from, text, whole)?;
    let families = match (count(from)?, row.family) {
        (0, _) => BTreeSet::new(),
        (1, Some(family)) => BTreeSet::from([family]),
        (_, Some(_)) => return None,
        (many, None) => {
            let mut families = BTreeSet::new();
            for _ in 0..many {
                let place = usize::try_from(from.varint()?).ok()?;
                match all.get(place) {
                    Some(family) => *whole &= families.insert(*family),
                    None => *whole = false,
                }
            }
            families
        }
    };
    let people = count(from)?;
    let people = (0..people).map(|_| from.array().map(PersonKey::from));
    let people = people.collect::<Option<_>>()?;
    let emergency = count(from)?;
    let emergency = keys(from, emergency)?;
    let (kind, agreements, clauses, categories) = permitted.map_or_else(
        || (Kind::Disclosed, BTreeSet::new(), BTreeSet::new(), BTreeSet::new()),
        |of| (of.kind, of.agreements, of.clauses, of.categories),
    );
    Some(Ground {
        kind,
        agreements,
        clauses,
        families,
        people,
        categories,
        emergency,
    })
}

fn keys(from: &mut Decoder<'_>, many: u64) -> Option<BTreeSet<Uuid>> {
    (0..many).map(|_| from.array().map(Uuid::from_bytes)).collect()
}

fn count(from: &mut Decoder<'_>) -> Option<u64> {
    from.varint().filter(|count| *count <= MAX_COUNT)
}

/// An optional word. `None` if the body is malformed.
#[expect(
    clippy::option_option,
    reason = "not of the form, without a word, and a word are three things"
)]
fn word<T: DeserializeOwned>(
    from: &mut Decoder<'_>,
    text: &mut impl FnMut(i32) -> Option<String>,
    whole: &mut bool,
) -> Option<Option<T>> {
    let number = i32::try_from(from.varint()?).ok()?;
    if number == 0 {
        return Some(None);
    }
    let read = text(number).and_then(|text| serde_json::from_str(&text).ok());
    *whole &= read.is_some();
    Some(read)
}

/// The hash by which a text is found in the dictionary.
pub(super) fn hash_of(text: &str) -> Hash {
    Hash::of(&[b"thinkfamily trail word 1\n", text.as_bytes()])
}

/// The hash of an agency's word.
pub fn hash_of_agency(agency: Uuid) -> Hash {
    hash_of(&serde_json::to_string(&agency).unwrap_or_default())
}
