//! Look-up candidates: whom questions about people might mean. One statement for all questions of an
//! operation, past the database library, since every look-up waits for it.
//!
//! What is stored about these people does not leave this file: it is compared here, and only ids and the
//! results of comparisons are returned. Whether the caller may be told of any of them is not decided here;
//! the caller of this code decides before a candidate counts.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::OnceLock,
};

use chrono::NaiveDate;
use sea_orm::{DbBackend, FromQueryResult};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    deciders::end,
    keys::one_line,
    pipeline::Bind,
    record::record,
    rows::born_about,
    session::{Session, StoreError},
    united,
};
use crate::{
    matching::{Description, Identifier, Model, Score, Sex, keys},
    records::{Code as _, MembershipEnd},
    sharing::facts::{MembershipFacts, Period, stays_from},
};

/// The candidates for the questions of one operation.
#[derive(Default)]
pub struct Candidates {
    people: Vec<Candidate>,
    by_key: HashMap<i64, Vec<KeyMatch>>,
    decoys: Vec<Uuid>,
}

/// Shows that there are candidates but not who.
impl std::fmt::Debug for Candidates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Candidates")
    }
}

/// How a key leads to a candidate.
#[derive(Clone, Copy)]
struct KeyMatch {
    to: usize,
    by_place: bool,
}

/// A person, as seen in one of their memberships.
struct Candidate {
    person: Uuid,
    family: Uuid,
    since: NaiveDate,
    /// Whether they are at risk.
    shielded: bool,
    /// The place keys that currently lead here: none where somebody shielded lives.
    by_place: Vec<i64>,
    /// The number keys that lead here: of the numbers recorded in this family, without those of tenancies and pupils where somebody shielded lives.
    by_number: Vec<i64>,
    /// One for each address of the family; at least one.
    stored: Vec<Description>,
}

/// A candidate with the result of the comparison.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The person.
    pub person: Uuid,
    /// A family on the cohort that they belong to.
    pub family: Uuid,
    /// The score of the match with what is recorded there.
    pub score: Score,
}

/// A person with the result of the comparison: with what is recorded of them in the family where it fits best.
#[derive(Clone, Debug)]
pub struct Person {
    /// The families of theirs that were searched, first that which they joined last.
    pub families: Vec<Uuid>,
    /// Whether they are at risk.
    pub shielded: bool,
    /// The score of the match.
    pub score: Score,
}

impl Candidates {
    /// The people whom these keys lead to, compared with the description from which the keys were made, each once.
    pub fn people(&self, model: &Model, asked: &Description, keys: &[i64]) -> Vec<Person> {
        let best = best(self.compared(model, asked, keys));
        let mut households = self.households(&best.keys().copied().collect());
        let person = |(person, score): (Uuid, Score)| Person {
            families: households.remove(&person).unwrap_or_default(),
            shielded: self.people.iter().any(|one| one.person == person && one.shielded),
            score,
        };
        best.into_iter().map(person).collect()
    }

    /// Those of them who are recorded in that family, each once, compared with what is recorded there.
    pub fn people_of(&self, family: Uuid, model: &Model, asked: &Description, keys: &[i64]) -> Vec<(Uuid, Score)> {
        let mut compared = self.compared(model, asked, keys);
        compared.retain(|one| one.family == family);
        best(compared).into_iter().collect()
    }

    /// The people whom these keys lead to, compared with the description from which the keys were made: each as they are recorded in a family to which they
    /// belong now, once for each. A place key leads to those who live there now, and the key of a number to those of whom that family recorded it, whatever
    /// places and numbers it was stored for; where somebody shielded lives neither a place leads to anybody nor the number of a tenancy or a pupil.
    pub fn compared(&self, model: &Model, asked: &Description, keys: &[i64]) -> Vec<Compared> {
        let mut places: Vec<usize> = Vec::new();
        let numbers = keys::by_number(asked);
        for key in keys {
            let matches = self.by_key.get(key).into_iter().flatten();
            let open = matches.filter(|key_match| {
                let person = &self.people[key_match.to];
                if key_match.by_place {
                    person.by_place.contains(key)
                } else {
                    !numbers.contains(key) || person.by_number.contains(key)
                }
            });
            places.extend(open.map(|key_match| key_match.to));
        }
        places.sort_unstable();
        places.dedup();
        let people = places.into_iter().map(|place| &self.people[place]);
        people
            .filter_map(|known| {
                let scores = known.stored.iter().map(|stored| (model.score(asked, stored), ()));
                let (score, ()) = Score::best(scores.collect())?;
                Some(Compared {
                    person: known.person,
                    family: known.family,
                    score,
                })
            })
            .collect()
    }

    /// The families on the cohort to which each of these people belongs, whether they were found by what is recorded there or elsewhere; first the one that they
    /// joined last.
    pub fn households(&self, people: &BTreeSet<Uuid>) -> HashMap<Uuid, Vec<Uuid>> {
        let mut joined: HashMap<Uuid, BTreeSet<(NaiveDate, Uuid)>> = HashMap::new();
        for one in self.people.iter().filter(|one| people.contains(&one.person)) {
            joined.entry(one.person).or_default().insert((one.since, one.family));
        }
        let in_order = |of_one: BTreeSet<(NaiveDate, Uuid)>| {
            let mut families: Vec<Uuid> = Vec::new();
            for (_, family) in of_one.into_iter().rev() {
                if !families.contains(&family) {
                    families.push(family);
                }
            }
            families
        };
        joined
            .into_iter()
            .map(|(person, of_one)| (person, in_order(of_one)))
            .collect()
    }

    /// Families of the authority that nobody asked about: as many as requested, if there are enough.
    pub fn decoys(&self) -> &[Uuid] {
        &self.decoys
    }

    fn add(&mut self, row: &Row) -> Result<(), StoreError> {
        let (Some(keys), Some(known)) = (&row.keys, row.valid_from) else {
            self.decoys.push(row.family_id);
            return Ok(());
        };
        let to = self.people.len();
        for word in keys.split(' ') {
            let key = word.trim_end_matches('p');
            let read = key.parse().map_err(|_| corrupt("a key"))?;
            let by_place = key.len() < word.len();
            self.by_key.entry(read).or_default().push(KeyMatch { to, by_place });
        }
        self.people.push(candidate(row, known)?);
        Ok(())
    }
}

/// How each person fits best.
fn best(compared: Vec<Compared>) -> BTreeMap<Uuid, Score> {
    let mut best: BTreeMap<Uuid, Score> = BTreeMap::new();
    for one in compared {
        let known = best.get(&one.person);
        if known.is_none_or(|known| known.weight.total_cmp(&one.score.weight).is_lt()) {
            best.insert(one.person, one.score);
        }
    }
    best
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} of a candidate"))
}

/// `[postcode, line1, line2, town]`.
#[derive(Deserialize)]
struct Place(String, String, Option<String>, Option<String>);

/// `[system, value]`.
#[derive(Deserialize)]
struct Number(String, String);

/// A row of the statement: a candidate, or a decoy of which only the family is known.
#[derive(FromQueryResult)]
struct Row {
    keys: Option<String>,
    person_id: Uuid,
    family_id: Uuid,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    end_reason: Option<String>,
    died_on: Option<NaiveDate>,
    shielded: i32,
    given_name: Option<String>,
    family_name: Option<String>,
    date_of_birth: Option<NaiveDate>,
    birth_year: Option<i32>,
    birth_month: Option<i32>,
    expected_on: Option<NaiveDate>,
    sex: Option<String>,
    sheltered: i32,
    addresses: Option<String>,
    identifiers: Option<String>,
}

record!(Row: keys person_id family_id valid_from valid_until end_reason died_on shielded given_name family_name date_of_birth birth_year birth_month expected_on sex sheltered addresses identifiers);

impl Row {
    /// The membership by which the person is found; none where it is a decoy.
    fn membership(&self) -> Option<MembershipFacts> {
        Some(MembershipFacts {
            period: Period {
                from: self.valid_from?,
                until: self.valid_until,
            },
            end: self.end_reason.as_deref().and_then(MembershipEnd::of_word).map(end),
            parental_responsibility: false,
        })
    }
}

fn candidate(row: &Row, since: NaiveDate) -> Result<Candidate, StoreError> {
    let numbers: Vec<Number> = listed(row.identifiers.as_deref(), "identifiers")?;
    let numbers = numbers
        .into_iter()
        .map(|Number(system, value)| Identifier { system, value });
    let open: Vec<_> = numbers
        .filter(|number| row.sheltered == 0 || !number.is_of_a_place())
        .collect();
    let known = Description {
        given_name: row.given_name.clone(),
        family_name: row.family_name.clone(),
        date_of_birth: row.date_of_birth,
        born_about: born_about(row.birth_year, row.birth_month, row.expected_on),
        sex: match row.sex.as_deref() {
            Some("female") => Some(Sex::Female),
            Some("male") => Some(Sex::Male),
            Some("other") => Some(Sex::Other),
            _ => None,
        },
        identifiers: open,
        ..Description::default()
    };
    let by_number = keys::by_number(&known);
    let places: Vec<Place> = if row.sheltered == 0 {
        listed(row.addresses.as_deref(), "addresses")?
    } else {
        Vec::new()
    };
    let places: Vec<(String, String)> = places
        .into_iter()
        .map(|Place(postcode, first, second, town)| (postcode, one_line([Some(first), second, town])))
        .collect();
    let by_place = places
        .iter()
        .flat_map(|(postcode, address)| keys::by_place(Some(postcode), Some(address)))
        .collect();
    let mut stored: Vec<Description> = places
        .into_iter()
        .map(|(postcode, address)| Description {
            postcode: Some(postcode),
            address: Some(address),
            ..known.clone()
        })
        .collect();
    if stored.is_empty() {
        stored.push(known);
    }
    Ok(Candidate {
        person: row.person_id,
        family: row.family_id,
        since,
        shielded: row.shielded != 0,
        by_place,
        by_number,
        stored,
    })
}

/// A column with a JSON list, or null.
fn listed<T: for<'d> Deserialize<'d>>(text: Option<&str>, column: &'static str) -> Result<Vec<T>, StoreError> {
    text.map_or(Ok(Vec::new()), |text| {
        serde_json::from_str(text).map_err(|_| corrupt(column))
    })
}

/// Of each person the families that they are in. Who is in none is found in the last one, where what was recorded there stays as it was: by their present
/// names and birthday alone, whatever else is recorded there. Who was adopted, who fled, and of whom nothing says why they left is found in none.
fn present_or_last(mut rows: Vec<Row>, today: NaiveDate) -> Vec<Row> {
    let mut memberships: HashMap<Uuid, Vec<MembershipFacts>> = HashMap::new();
    for row in &rows {
        memberships.entry(row.person_id).or_default().extend(row.membership());
    }
    rows.retain_mut(|row| {
        let Some(one) = row.membership() else { return true };
        if one.period.holds_on(today) && row.died_on.is_none_or(|died| today < died) {
            return true;
        }
        (row.addresses, row.identifiers) = (None, None);
        let all = memberships.get(&row.person_id).into_iter().flatten();
        stays_from(all, row.died_on, today).is_some_and(|last| one.ended_on(row.died_on, last))
    });
    rows
}

/// The statement. `$1` is the authority, `$2` the keys, `$3` today, `$4` whether numbers in other systems are
/// asked about, `$5` whether places are, `$6` where decoys begin in the order of families, `$7` the number of
/// decoys.
fn statement(backend: DbBackend, beyond_cohort: bool) -> &'static str {
    static POSTGRES: [OnceLock<String>; 2] = [const { OnceLock::new() }; 2];
    static SQLITE: [OnceLock<String>; 2] = [const { OnceLock::new() }; 2];
    let which = usize::from(beyond_cohort);
    match backend {
        DbBackend::Sqlite => SQLITE[which].get_or_init(|| {
            // SQLite has no table statistics and would read all keys and all memberships of the authority; a
            // cross join fixes the order.
            build(
                "json_each($2) e CROSS JOIN person_key k ON k.authority_id = $1 AND k.key = e.value",
                "CROSS JOIN",
                "group_concat(CAST(k.key AS text) || CASE WHEN by_place THEN 'p' ELSE '' END, ' ')",
                "json_group_array(json_array",
                "",
                beyond_cohort,
            )
        }),
        _ => POSTGRES[which].get_or_init(|| {
            build(
                "person_key k WHERE k.authority_id = $1 AND k.key = ANY ($2)",
                "JOIN",
                "string_agg(key::text || CASE WHEN by_place THEN 'p' ELSE '' END, ' ')",
                "json_agg(json_build_array",
                "::text",
                beyond_cohort,
            )
        }),
    }
}

/// The same statement for both databases, except for some words.
fn build(keys: &str, join: &str, all: &str, list: &str, as_text: &str, beyond_cohort: bool) -> String {
    // Shielding applies from when it is recorded until it ends; everything else from its first day.
    let (shielded, died_on) = (united::shielded("p"), united::died_on("p"));
    let coming = |table: &str| format!("({table}.valid_until IS NULL OR {table}.valid_until > $3)");
    let open = |table: &str| format!("{table}.valid_from <= $3 AND {}", coming(table));
    // In an emergency it is any family, and who has left it is looked at by `present_or_last`.
    let (member, family) = if beyond_cohort {
        ("m.valid_from <= $3".to_owned(), "")
    } else {
        let on_cohort = "AND f.attached_on <= $3 AND (f.closed_on IS NULL OR f.closed_on > $3) ";
        // Nobody belongs to a family after the day of their death.
        (format!("{} AND coalesce({died_on} > $3, TRUE)", open("m")), on_cohort)
    };
    let place = open("a");
    let (theirs, other) = (coming("h"), coming("o"));
    format!(
        "SELECT c.keys, p.id AS person_id, m.family_id, m.valid_from, m.valid_until, m.end_reason, {died_on} AS died_on, \
         CASE WHEN {shielded} THEN 1 ELSE 0 END AS shielded, p.given_name, p.family_name, p.date_of_birth, \
         p.birth_year, p.birth_month, p.expected_on, p.sex, \
         CASE WHEN EXISTS (SELECT 1 FROM membership h \
             {join} membership o ON o.authority_id = $1 AND o.family_id = h.family_id AND {other} \
             {join} person s ON s.authority_id = $1 AND s.id = o.person_id AND {} \
             AND coalesce({} > $3, TRUE) \
             WHERE h.authority_id = $1 AND h.person_id = p.id AND {theirs}) THEN 1 ELSE 0 END AS sheltered, \
         CASE WHEN $5 THEN (SELECT {list}(a.postcode, a.line1, a.line2, a.town)) FROM address a \
             WHERE a.authority_id = $1 AND a.family_id = m.family_id AND {place}){as_text} END AS addresses, \
         CASE WHEN $4 THEN (SELECT {list}(i.system, i.value)) FROM local_identifier i \
             WHERE i.authority_id = $1 AND i.person_id = p.id AND i.family_id = m.family_id){as_text} END AS identifiers \
         FROM (SELECT person_id, {all} AS keys FROM {keys} GROUP BY person_id) c \
         {join} person p ON p.authority_id = $1 AND p.id = c.person_id \
         {join} membership m ON m.authority_id = $1 AND m.person_id = p.id AND {member} \
         {join} family f ON f.authority_id = $1 AND f.id = m.family_id {family}\
         UNION ALL SELECT * FROM (SELECT {NOTHING} FROM family f WHERE f.authority_id = $1 AND f.id >= $6 ORDER BY f.id LIMIT $7) d \
         UNION ALL SELECT * FROM (SELECT {NOTHING} FROM family f WHERE f.authority_id = $1 AND f.id < $6 ORDER BY f.id LIMIT $7) e",
        united::shielded("s"),
        united::died_on("s"),
    )
}

/// The columns of a decoy.
const NOTHING: &str = "CAST(NULL AS text) AS keys, f.id AS person_id, f.id AS family_id, CAST(NULL AS date) AS valid_from, \
     CAST(NULL AS date) AS valid_until, CAST(NULL AS text) AS end_reason, CAST(NULL AS date) AS died_on, 0 AS shielded, CAST(NULL AS text) AS given_name, CAST(NULL AS text) AS family_name, CAST(NULL AS date) AS date_of_birth, \
     CAST(NULL AS integer) AS birth_year, CAST(NULL AS integer) AS birth_month, CAST(NULL AS date) AS expected_on, \
     CAST(NULL AS text) AS sex, 0 AS sheltered, CAST(NULL AS text) AS addresses, CAST(NULL AS text) AS identifiers";

/// What a search for candidates needs to know besides its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CandidateSearch {
    /// Whether a question has a number in another system.
    pub identifiers: bool,
    /// Whether a question has a postcode or an address.
    pub places: bool,
    /// Where decoys begin in the order of the families.
    pub decoys_from: Uuid,
    /// The number of decoys.
    pub decoys: usize,
    /// Whether families beyond the cohort are searched, and the last ones of whoever is in none.
    pub beyond_cohort: bool,
}

impl Session {
    /// Reads whom the keys of an operation's questions lead to: members of families that are on the cohort
    /// today, or in an emergency of any but those that are barred to who asks. One statement, whatever the number of keys.
    pub async fn candidates(
        &self,
        keys: &[i64],
        look: CandidateSearch,
        barred: &HashSet<Uuid>,
    ) -> Result<Candidates, StoreError> {
        let decoys = i64::try_from(look.decoys).unwrap_or(i64::MAX);
        let values: Vec<Bind> = vec![
            self.authority().into(),
            Bind::Numbers(keys.into()),
            self.today().into(),
            look.identifiers.into(),
            look.places.into(),
            look.decoys_from.into(),
            decoys.into(),
        ];
        let mut candidates = Candidates::default();
        let rows = self.rows(statement(self.backend(), look.beyond_cohort), values).await?;
        // Who is in a family is in it for whoever asks: what is barred is left out only then, so that no earlier family stands in its place.
        let rows = present_or_last(rows.records::<Row>()?, self.today());
        for row in rows.iter().filter(|row| !barred.contains(&row.family_id)) {
            candidates.add(row)?;
        }
        candidates.decoys.truncate(look.decoys);
        Ok(candidates)
    }
}
