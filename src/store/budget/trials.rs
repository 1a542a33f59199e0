//! Limits on how many values are tried for a question (guessing): how trials are stored, and when there are
//! too many. Pure: the database only appends to a text.
//!
//! A row is one text of fixed-length records in order of arrival. A value ranks by its first record, so
//! whoever came first is within the limit, whichever processes ask at once; and a value that was within the
//! limit stays so.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::BuildHasher,
};

/// The length of a record in characters: what is tried, the value, who asks, the day, and an end mark that is
/// in none of these.
const RECORD: usize = 14;
const END: char = ';';
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The number of days that can be told apart.
const CYCLE: i64 = 64 * 64;
/// A text with more records than this is considered for compaction.
const COMPACT_ABOVE: usize = 48;

/// Who tries, as far as trials are counted separately: digests as small numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trier {
    /// The client, below 4096.
    pub client: u32,
    /// The person or system, below 4096.
    pub subject: u32,
    /// The purpose, below 64.
    pub purpose: u32,
}

/// One value tried by a question while its other values stay the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// A digest of the values that stay the same, and of the agency.
    pub digest: i64,
    /// Which value is varied: an ASCII letter.
    pub what: char,
    /// A digest of the value, below 2 to the power of 30.
    pub value: u32,
    /// The limit of values for the agency.
    pub allowed: u32,
    /// The limit of values for one client, one person or one purpose.
    pub each: u32,
}

/// A row before and after a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The length of its text before the statement appended to it; `None` if nothing was appended.
    pub before: Option<usize>,
    /// The text.
    pub tried: String,
}

/// Why a question is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Which of its trials exceeds the limit.
    pub trial: usize,
    /// The first day on which it may be asked, if nothing else is tried meanwhile.
    pub room_from: i64,
}

/// The verdict on the questions of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// For each question, why it is stopped.
    pub stops: Vec<Option<Stop>>,
    /// Records to be withdrawn, with their row: what exceeds the limit does not count.
    pub withdrawn: Vec<(i64, String)>,
    /// Rows that can be compacted, with the old and the new text.
    pub compacted: Vec<(i64, String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    what: char,
    value: u32,
    by: Trier,
    /// Its age in days.
    age: i64,
}

/// The days that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// Today, in days since 1970.
    pub today: i64,
    /// How many days before today count.
    pub before: i64,
}

/// The texts to append for these questions, by row.
pub fn added(questions: &[Vec<Trial>], by: Trier, days: Days) -> BTreeMap<i64, String> {
    let mut rows: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for trial in questions.iter().flatten() {
        let (records, record) = (rows.entry(trial.digest).or_default(), written(trial, by, days.today));
        if !records.contains(&record) {
            records.push(record);
        }
    }
    rows.into_iter()
        .map(|(digest, records)| (digest, records.concat()))
        .collect()
}

/// Appends to a row as the database does.
pub fn add(row: &mut String, added: &str) -> Option<usize> {
    if row.contains(added) {
        return None;
    }
    let before = row.len();
    row.push_str(added);
    Some(before)
}

/// Decides each question in order, by the rows after [`added`] was appended to them.
pub fn judge<S: BuildHasher>(questions: &[Vec<Trial>], by: Trier, days: Days, rows: &HashMap<i64, Row, S>) -> Verdict {
    let mut known: HashMap<i64, Vec<Record>> = HashMap::new();
    for (digest, row) in rows {
        let text = row
            .before
            .map_or(row.tried.as_str(), |before| row.tried.get(..before).unwrap_or_default());
        known.insert(*digest, read(text, days.today));
    }
    let mut verdict = Verdict::default();
    let mut too_far: Vec<&Trial> = Vec::new();
    for question in questions {
        let mut stop: Option<Stop> = None;
        for (place, trial) in question.iter().enumerate() {
            let records = known.entry(trial.digest).or_default();
            let Some(room_from) = room(records, trial, by, days) else {
                records.push(Record {
                    what: trial.what,
                    value: trial.value,
                    by,
                    age: 0,
                });
                continue;
            };
            if stop.is_none_or(|stop| stop.room_from < room_from) {
                stop = Some(Stop {
                    trial: place,
                    room_from,
                });
            }
            too_far.push(trial);
        }
        verdict.stops.push(stop);
    }
    let mut withdrawn = BTreeSet::new();
    for trial in too_far {
        // What was granted today, by another question before or after it or in another spelling, stays
        // granted.
        let granted = known.get(&trial.digest).is_some_and(|records| {
            let mut records = records.iter();
            records.any(|one| (one.what, one.value, one.by, one.age) == (trial.what, trial.value, by, 0))
        });
        let appended = rows.get(&trial.digest).is_some_and(|row| row.before.is_some());
        if appended && !granted {
            withdrawn.insert((trial.digest, written(trial, by, days.today)));
        }
    }
    let touched: BTreeSet<i64> = withdrawn.iter().map(|(digest, _)| *digest).collect();
    verdict.withdrawn = withdrawn.into_iter().collect();
    for (digest, row) in rows {
        if !touched.contains(digest) && row.tried.len() > COMPACT_ABOVE * RECORD {
            let compacted = compacted(&row.tried, days);
            if compacted.len() * 2 <= row.tried.len() {
                verdict.compacted.push((*digest, row.tried.clone(), compacted));
            }
        }
    }
    verdict.compacted.sort();
    verdict
}

/// `None` if the value is within all limits; otherwise the first day on which it would be.
fn room(records: &[Record], trial: &Trial, by: Trier, days: Days) -> Option<i64> {
    let groups: [(u32, &dyn Fn(Trier) -> bool); 4] = [
        (trial.allowed, &|_| true),
        (trial.each, &|one| one.client == by.client),
        (trial.each, &|one| one.subject == by.subject),
        (trial.each, &|one| one.purpose == by.purpose),
    ];
    groups
        .into_iter()
        .filter_map(|(allowed, counts)| room_in(records, trial, allowed, days, counts))
        .max()
}

fn room_in(records: &[Record], trial: &Trial, allowed: u32, days: Days, counts: impl Fn(Trier) -> bool) -> Option<i64> {
    // The values in the order of their first records, each with the days since it was last tried.
    let mut values: Vec<(u32, i64)> = Vec::new();
    for record in records
        .iter()
        .filter(|record| record.what == trial.what && counts(record.by))
    {
        match values.iter_mut().find(|(value, _)| *value == record.value) {
            Some((_, age)) => *age = (*age).min(record.age),
            None => values.push((record.value, record.age)),
        }
    }
    values.retain(|(_, age)| *age <= days.before);
    let allowed = usize::try_from(allowed).unwrap_or(usize::MAX).max(1);
    let place = values
        .iter()
        .position(|(value, _)| *value == trial.value)
        .unwrap_or(values.len());
    if place < allowed {
        return None;
    }
    // This many of the other values have to expire, those tried longest ago first.
    let mut others: Vec<i64> = values
        .iter()
        .filter(|(value, _)| *value != trial.value)
        .map(|(_, age)| *age)
        .collect();
    others.sort_unstable_by_key(|age| std::cmp::Reverse(*age));
    let leaving = others.len().saturating_sub(allowed);
    let age = others.get(leaving).copied().unwrap_or_default();
    Some(days.today + days.before - age + 1)
}

/// One record for each value and caller, in the order of the first, without expired ones.
fn compacted(text: &str, days: Days) -> String {
    let mut kept: Vec<Record> = Vec::new();
    for record in read(text, days.today) {
        let same = |one: &&mut Record| one.what == record.what && one.value == record.value && one.by == record.by;
        match kept.iter_mut().find(same) {
            Some(known) => known.age = known.age.min(record.age),
            None => kept.push(record),
        }
    }
    let kept = kept.iter().filter(|record| record.age <= days.before);
    kept.map(|record| text_of(record.what, record.value, record.by, days.today - record.age))
        .collect()
}

fn written(trial: &Trial, by: Trier, today: i64) -> String {
    text_of(trial.what, trial.value, by, today)
}

fn text_of(what: char, value: u32, by: Trier, day: i64) -> String {
    let mut text = String::with_capacity(RECORD);
    text.push(what);
    let day = u32::try_from(day.rem_euclid(CYCLE)).unwrap_or_default();
    for (number, digits) in [(value, 5), (by.client, 2), (by.subject, 2), (by.purpose, 1), (day, 2)] {
        for place in (0..digits).rev() {
            let digit = (number >> (6 * place)) & 63;
            text.push(char::from(DIGITS[digit as usize]));
        }
    }
    text.push(END);
    text
}

/// Malformed records are skipped.
fn read(text: &str, today: i64) -> Vec<Record> {
    text.split_terminator(END)
        .filter_map(|record| read_one(record, today))
        .collect()
}

fn read_one(record: &str, today: i64) -> Option<Record> {
    let (what, digits) = record.as_bytes().split_first()?;
    if digits.len() != RECORD - 2 {
        return None;
    }
    let number = |from: usize, to: usize| {
        digits
            .get(from..to)?
            .iter()
            .try_fold(0_u32, |number, byte| Some(number << 6 | digit(*byte)?))
    };
    let age = (today - i64::from(number(10, 12)?)).rem_euclid(CYCLE);
    Some(Record {
        what: char::from(*what),
        value: number(0, 5)?,
        by: Trier {
            client: number(5, 7)?,
            subject: number(7, 9)?,
            purpose: number(9, 10)?,
        },
        // Another process's clock may already be in the next day.
        age: if age > CYCLE / 2 { 0 } else { age },
    })
}

fn digit(byte: u8) -> Option<u32> {
    let place = DIGITS.iter().position(|digit| *digit == byte)?;
    u32::try_from(place).ok()
}

#[cfg(test)]
mod tests;
