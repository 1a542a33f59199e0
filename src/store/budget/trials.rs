//! Which values were tried beside what a question holds fast: how they are kept, and when there are too many. Pure: the database only adds to a text.
//!
//! A row is one text of records of equal length, in the order in which they came. A value's place among the others is that of its first record, so whoever came first is within
//! the limit, whichever processes ask at once; and a value that was within it stays so.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::BuildHasher,
};

/// The length of a record in characters: what is tried, the value, who asks, the day, and an end that is in none of these.
const RECORD: usize = 14;
const END: char = ';';
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Days are told apart within so many.
const CYCLE: i64 = 64 * 64;
/// A text with more records is looked at whether it can be shorter.
const MANY: usize = 48;

/// Who tries, as far as it is counted apart: numbers that stand for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trier {
    /// The client, below 4096.
    pub client: u32,
    /// The person or system, below 4096.
    pub subject: u32,
    /// What for, below 64.
    pub purpose: u32,
}

/// One value that a question tries beside what it holds fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Stands for what is held fast, and for the agency.
    pub digest: i64,
    /// What is tried: an ASCII letter.
    pub what: char,
    /// Stands for the value: below 2 to the power of 30.
    pub value: u32,
    /// How many values the agency may try.
    pub allowed: u32,
    /// How many of them one client, one person and one purpose.
    pub each: u32,
}

/// What a row was before a statement, and is after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// How long its text was before the statement added to it; none if it added nothing.
    pub before: Option<usize>,
    /// The text.
    pub tried: String,
}

/// Why a question is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Which of its trials went too far.
    pub trial: usize,
    /// The first day on which it may be asked, if nothing else is tried meanwhile.
    pub room_from: i64,
}

/// What becomes of the questions of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Of each question, why it is not answered.
    pub stops: Vec<Option<Stop>>,
    /// Records to be taken out again, with the row: what went too far does not count.
    pub withdrawn: Vec<(i64, String)>,
    /// Rows that can be shorter, with what they are and could be.
    pub shorter: Vec<(i64, String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    what: char,
    value: u32,
    by: Trier,
    /// How many days ago.
    age: i64,
}

/// The window that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The day that it is, counted from 1970.
    pub today: i64,
    /// How many days before it count.
    pub before: i64,
}

/// What is to be added to the rows for these questions, by the row.
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

/// Adds to a row as the database does.
pub fn add(row: &mut String, added: &str) -> Option<usize> {
    if row.contains(added) {
        return None;
    }
    let before = row.len();
    row.push_str(added);
    Some(before)
}

/// Decides about each question, in their order, by what the rows are after [`added`] was added to them.
pub fn judge<S: BuildHasher>(questions: &[Vec<Trial>], by: Trier, days: Days, rows: &HashMap<i64, Row, S>) -> Judged {
    let mut known: HashMap<i64, Vec<Record>> = HashMap::new();
    for (digest, row) in rows {
        let text = row
            .before
            .map_or(row.tried.as_str(), |before| row.tried.get(..before).unwrap_or_default());
        known.insert(*digest, read(text, days.today));
    }
    let mut judged = Judged::default();
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
        judged.stops.push(stop);
    }
    let mut withdrawn = BTreeSet::new();
    for trial in too_far {
        // What was granted today, by another question before or after or in another spelling, stays.
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
    judged.withdrawn = withdrawn.into_iter().collect();
    for (digest, row) in rows {
        if !touched.contains(digest) && row.tried.len() > MANY * RECORD {
            let shorter = shorter(&row.tried, days);
            if shorter.len() * 2 <= row.tried.len() {
                judged.shorter.push((*digest, row.tried.clone(), shorter));
            }
        }
    }
    judged.shorter.sort();
    judged
}

/// None if the value is within all limits; otherwise the day from which on it would be.
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
    // The values in the order of their first records, each with how long ago it was tried last.
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
    // So many of the others have to be forgotten, those first that were tried longest ago.
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

/// One record for each value and asker, in the order of the first, and none that counts no more.
fn shorter(text: &str, days: Days) -> String {
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

/// What is no record is passed over.
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
        // Another process's clock may be in the next day already.
        age: if age > CYCLE / 2 { 0 } else { age },
    })
}

fn digit(byte: u8) -> Option<u32> {
    let place = DIGITS.iter().position(|digit| *digit == byte)?;
    u32::try_from(place).ok()
}

#[cfg(test)]
mod tests;
