//! How an entry is kept: what many entries say alike as numbers of words, keys as bytes, and what is rare as JSON.
//!
//! Pure. What is packed is the same entry: unpacked, it gives the same canonical JSON, whose hash is in the chain. So a word, a number or a byte that was changed is
//! found as an entry that is not as it was written.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    bytes::{Put, Take},
    code::{Code, Subject},
    entry::{AgreementRef, Entry, Ground, Kind, Lookups, Operation, Portal},
    hash::Hash,
    person::PersonKey,
};
use crate::store::trail::RecordRow;

/// The version of the form.
const FORM: u64 = 1;
/// No entry has more grounds, families, people or words than this.
const MOST: u64 = 1 << 17;

/// The texts of words, by number.
pub(super) type Words = BTreeMap<i32, String>;

/// Who asks for what: a word.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asker {
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

/// What was permitted by what: a word.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Permitted {
    kind: Kind,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    agreements: BTreeSet<AgreementRef>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    clauses: BTreeSet<Code>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    categories: BTreeSet<Code>,
}

/// An entry whose words have no numbers yet.
pub(super) struct Unpacked {
    /// The texts that need numbers, in the order in which [`pack`](Self::pack) wants them.
    pub(super) words: Vec<String>,
    /// Which of them is the agency whose look-ups it tells of.
    agency: Option<usize>,
    /// The family, where it is one alone.
    pub(super) family: Option<Uuid>,
    /// All of them, where they are several: they are kept beside the body, in rows by which they find the entry.
    pub(super) families: Vec<Uuid>,
    /// What the body is made of.
    parts: Vec<Part>,
}

/// A part of a body.
enum Part {
    /// The number of a word, by its place among the words.
    Word(usize),
    Bytes(Vec<u8>),
}

/// What is kept of an entry besides what the columns of its row say.
pub(super) struct Body {
    pub(super) agency: Option<i32>,
    pub(super) bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the entry cannot be packed")]
pub(super) struct Unpackable;

impl Unpacked {
    /// Takes an entry apart.
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
        bytes.put_number(FORM);
        unpacked.put(&mut bytes);
        let asker = Asker {
            agency: entry.agency,
            agency_kind: entry.agency_kind.clone(),
            role: entry.role.clone(),
            subject: entry.subject.clone(),
            client: entry.client.clone(),
            portal: entry.portal.clone(),
            purpose: entry.purpose.clone(),
        };
        unpacked.maybe_word((asker != Asker::default()).then_some(&asker))?;
        unpacked.maybe_word(entry.operation.as_ref())?;
        unpacked.maybe_word(entry.reason.as_ref())?;
        bytes.put_maybe(entry.request_id.as_ref().map(|id| &id.as_bytes()[..]));
        for count in [entry.lookups.matched, entry.lookups.ambiguous, entry.lookups.not_found] {
            bytes.put_number(count);
        }
        bytes.put_number(1 + entry.also.len() as u64);
        unpacked.put(&mut bytes);
        unpacked.ground(&first_ground(entry))?;
        for ground in &entry.also {
            unpacked.ground(ground)?;
        }
        let withheld: Vec<_> = entry.withheld.iter().collect();
        bytes.put_number(withheld.len() as u64);
        unpacked.put(&mut bytes);
        for (field, reason, count) in withheld {
            let word = unpacked.word(&(field, reason))?;
            unpacked.parts.push(Part::Word(word));
            bytes.put_number(count);
            unpacked.put(&mut bytes);
        }
        let rest = serde_json::to_string(&rest_of(entry)).map_err(|_| Unpackable)?;
        if rest != *EMPTY {
            bytes.extend_from_slice(rest.as_bytes());
        }
        unpacked.put(&mut bytes);
        Ok(unpacked)
    }

    /// The body, by the numbers of the words.
    pub(super) fn pack(&self, number: impl Fn(&str) -> Option<i32>) -> Option<Body> {
        let of = |place: usize| number(&self.words[place]);
        let mut bytes = Vec::new();
        for part in &self.parts {
            match part {
                Part::Word(place) => bytes.put_number(u64::try_from(of(*place)?).ok()?),
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

    /// A word, or the number nought where there is none.
    fn maybe_word(&mut self, of: Option<&impl Serialize>) -> Result<(), Unpackable> {
        let part = match of {
            Some(of) => Part::Word(self.word(of)?),
            None => Part::Bytes(vec![0]),
        };
        self.parts.push(part);
        Ok(())
    }

    fn ground(&mut self, ground: &Ground) -> Result<(), Unpackable> {
        let permitted = Permitted {
            kind: ground.kind,
            agreements: ground.agreements.clone(),
            clauses: ground.clauses.clone(),
            categories: ground.categories.clone(),
        };
        let word = self.word(&permitted)?;
        self.parts.push(Part::Word(word));
        let mut bytes = Vec::new();
        bytes.put_number(ground.families.len() as u64);
        // The family that is one alone is in a column; the others are counted through.
        if self.family.is_none() {
            for family in &ground.families {
                let place = self.families.binary_search(family).map_err(|_| Unpackable)?;
                bytes.put_number(place as u64);
            }
        }
        bytes.put_number(ground.people.len() as u64);
        bytes.extend(ground.people.iter().flat_map(|person| *person.as_bytes()));
        bytes.put_number(ground.emergency.len() as u64);
        bytes.extend(ground.emergency.iter().flat_map(|key| *key.as_bytes()));
        self.put(&mut bytes);
        Ok(())
    }
}

/// What the entry says of the families that it names first.
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

/// What is not packed: mostly nothing. Whatever an entry may come to say besides is among it.
fn rest_of(entry: &Entry) -> Entry {
    let mut rest = entry.clone();
    take_packed(blank(), &mut rest);
    rest
}

/// Gives an entry what is packed of another.
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

/// The numbers of the words that a record speaks with; nothing of one that is not of the form.
pub(super) fn words_of(row: &RecordRow) -> Vec<i32> {
    let mut numbers: Vec<i32> = row.agency.into_iter().collect();
    let none = |number: i32| {
        numbers.push(number);
        None::<String>
    };
    // Without a single word the whole form is still walked through.
    let _ = walk(row, &[], none);
    numbers
}

/// The entry of a record, with its families where they are several, in order. Nothing where it is not of the form, or a word or a family is not there.
pub(super) fn unpack(row: &RecordRow, words: &Words, families: &[Uuid]) -> Option<Entry> {
    walk(row, families, |number| words.get(&number).cloned())
}

/// Walks through a body. A word or a family that is not known makes it nothing in the end, after all numbers were asked for.
fn walk(row: &RecordRow, families: &[Uuid], mut text: impl FnMut(i32) -> Option<String>) -> Option<Entry> {
    let mut from = Take::new(&row.body);
    let mut whole = true;
    let mut entry = Entry::new(Kind::of_number(row.kind)?, row.at);
    entry.authority = row.authority;
    (from.number()? == FORM).then_some(())?;
    if let Some(asker) = word::<Asker>(&mut from, &mut text, &mut whole)? {
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
    entry.request_id = match from.number()? {
        0 => None,
        1 => Some(Uuid::from_bytes(from.array()?)),
        _ => return None,
    };
    entry.lookups = Lookups {
        matched: from.number()?,
        ambiguous: from.number()?,
        not_found: from.number()?,
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
        let count = from.number()?;
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
    from: &mut Take<'_>,
    row: &RecordRow,
    all: &[Uuid],
    text: &mut impl FnMut(i32) -> Option<String>,
    whole: &mut bool,
) -> Option<Ground> {
    let permitted = word::<Permitted>(from, text, whole)?;
    let families = match (count(from)?, row.family) {
        (0, _) => BTreeSet::new(),
        (1, Some(family)) => BTreeSet::from([family]),
        (_, Some(_)) => return None,
        (many, None) => {
            let mut families = BTreeSet::new();
            for _ in 0..many {
                let place = usize::try_from(from.number()?).ok()?;
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

fn keys(from: &mut Take<'_>, many: u64) -> Option<BTreeSet<Uuid>> {
    (0..many).map(|_| from.array().map(Uuid::from_bytes)).collect()
}

fn count(from: &mut Take<'_>) -> Option<u64> {
    from.number().filter(|count| *count <= MOST)
}

/// A word, where there is one. `None` where the form is wrong.
#[expect(
    clippy::option_option,
    reason = "not of the form, without a word, and a word are three things"
)]
fn word<T: DeserializeOwned>(
    from: &mut Take<'_>,
    text: &mut impl FnMut(i32) -> Option<String>,
    whole: &mut bool,
) -> Option<Option<T>> {
    let number = i32::try_from(from.number()?).ok()?;
    if number == 0 {
        return Some(None);
    }
    let read = text(number).and_then(|text| serde_json::from_str(&text).ok());
    *whole &= read.is_some();
    Some(read)
}

/// The hash by which a text is known among the words.
pub(super) fn hash_of(text: &str) -> Hash {
    Hash::of(&[b"thinkfamily trail word 1\n", text.as_bytes()])
}

/// The hash of the word of an agency.
pub fn hash_of_agency(agency: Uuid) -> Hash {
    hash_of(&serde_json::to_string(&agency).unwrap_or_default())
}
