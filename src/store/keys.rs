//! Look-up keys of people: derived by `matching` from what is stored of them, and stored in `person_key`.
//!
//! Keys only narrow what is read, and decide nothing: those whom they lead to are compared, and decided
//! about, by what is stored at that moment. So a superfluous key costs a little time, and a missing key means
//! that somebody is not found.
//!
//! Whatever adds a person, an identifier, a membership or an address adds the keys in the same transaction
//! (`add`), and whatever changes one renews them (`renew`). Databases that had people before there were keys,
//! or keys made by other rules, get them at start-up ([`backfill`]).

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};
use uuid::Uuid;

use super::{connect::Databases, dataset::Dataset};
use crate::{
    matching::{Description, Identifier, keys},
    records::{Code as _, LocalIdentifierRow, PersonRow},
};

mod backfill;
mod renew;

pub use self::backfill::backfill;
pub(super) use self::renew::{of_people, renew};

/// The version of the rules for keys. Increment it when `matching::keys` changes its result for the same
/// person.
const RULES: i32 = 3;
/// The most keys in one statement.
const ROWS: usize = 4096;
/// The most families in one statement.
const FAMILIES: usize = 512;

/// A row of `person_key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct KeyRow {
    authority: i32,
    key: i64,
    person: Uuid,
    by_place: bool,
}

/// The keys from a person's names and date of birth.
fn of_person(person: &PersonRow) -> impl Iterator<Item = KeyRow> {
    let description = Description {
        given_name: Some(person.given_name.clone()),
        family_name: Some(person.family_name.clone()),
        date_of_birth: person.date_of_birth,
        born_about: person.born_about(),
        ..Description::default()
    };
    stored(person.authority_id, person.id, &description)
}

/// The key from a person's number in another system.
fn of_identifier(row: &LocalIdentifierRow) -> impl Iterator<Item = KeyRow> {
    let description = Description {
        identifiers: vec![Identifier {
            system: row.system.word().to_owned(),
            value: row.value.clone(),
        }],
        ..Description::default()
    };
    stored(row.authority_id, row.person_id, &description)
}

fn stored(authority: i32, person: Uuid, description: &Description) -> impl Iterator<Item = KeyRow> + use<> {
    keys::stored(description).into_iter().map(move |key| KeyRow {
        authority,
        key,
        person,
        by_place: false,
    })
}

/// Adds the keys of newly added rows.
pub(super) async fn add(transaction: &DatabaseTransaction, data: &Dataset) -> Result<(), DbErr> {
    for authority in &data.authorities {
        // It has no people yet, so nobody lacks a key.
        note(transaction, authority.id).await?;
    }
    let mut rows: Vec<KeyRow> = data.people.iter().flat_map(of_person).collect();
    rows.extend(data.local_identifiers.iter().flat_map(of_identifier));
    insert(transaction, rows).await?;
    let living = data.memberships.iter().map(|row| (row.authority_id, row.family_id));
    let families: BTreeSet<(i32, Uuid)> = living
        .chain(data.addresses.iter().map(|row| (row.authority_id, row.family_id)))
        .collect();
    let families: Vec<_> = families.into_iter().collect();
    for of_one in families.chunk_by(|one, other| one.0 == other.0) {
        for some in of_one.chunks(FAMILIES) {
            let keys: Vec<Uuid> = some.iter().map(|(_, family)| *family).collect();
            places(transaction, of_one[0].0, &keys).await?;
        }
    }
    Ok(())
}

/// Adds the place keys of everyone in these families, from their current addresses. Shielded people have
/// none.
async fn places(transaction: &DatabaseTransaction, authority: i32, families: &[Uuid]) -> Result<(), DbErr> {
    let marks: Vec<String> = (2..families.len() + 2).map(|at| format!("${at}")).collect();
    let text = format!(
        "SELECT DISTINCT p.id, a.postcode, a.line1, a.line2, a.town FROM membership m \
         JOIN person p ON p.authority_id = m.authority_id AND p.id = m.person_id \
         JOIN address a ON a.authority_id = m.authority_id AND a.family_id = m.family_id \
         WHERE m.authority_id = $1 AND NOT p.shielded AND m.family_id IN ({})",
        marks.join(", ")
    );
    let values = std::iter::once(Value::from(authority)).chain(families.iter().map(|key| Value::from(*key)));
    let statement = Statement::from_sql_and_values(transaction.get_database_backend(), text, values);
    let mut rows = Vec::new();
    for row in transaction.query_all_raw(statement).await? {
        let postcode: String = row.try_get("", "postcode")?;
        let address = one_line([
            row.try_get("", "line1")?,
            row.try_get("", "line2")?,
            row.try_get("", "town")?,
        ]);
        let person = row.try_get("", "id")?;
        rows.extend(
            keys::by_place(Some(&postcode), Some(&address))
                .into_iter()
                .map(|key| KeyRow {
                    authority,
                    key,
                    person,
                    by_place: true,
                }),
        );
    }
    insert(transaction, rows).await
}

/// An address as one line, for comparison.
pub(super) fn one_line(lines: [Option<String>; 3]) -> String {
    lines.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Inserts rows that may exist already, in primary key order, which is the cheapest.
async fn insert(transaction: &DatabaseTransaction, mut rows: Vec<KeyRow>) -> Result<(), DbErr> {
    rows.sort_unstable();
    rows.dedup();
    for of_one in rows.chunk_by(|one, other| one.authority == other.authority) {
        for some in of_one.chunks(ROWS) {
            let statement = match transaction.get_database_backend() {
                DbBackend::Sqlite => to_sqlite(some),
                backend => to_postgres(backend, some),
            };
            transaction.execute_raw(statement).await?;
        }
    }
    Ok(())
}

/// SQLite takes a JSON list of lists: one parameter for any number of rows.
fn to_sqlite(rows: &[KeyRow]) -> Statement {
    use std::fmt::Write as _;
    let text = "INSERT INTO person_key (authority_id, key, person_id, by_place) \
                SELECT $1, json_extract(value, '$[0]'), unhex(json_extract(value, '$[1]')), json_extract(value, '$[2]') \
                FROM json_each($2) WHERE true ON CONFLICT DO NOTHING";
    let mut json = String::from("[");
    for (at, row) in rows.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let place = u8::from(row.by_place);
        // Writing to a string cannot fail.
        let _ = write!(json, "{comma}[{},\"{}\",{place}]", row.key, row.person.simple());
    }
    json.push(']');
    let authority = rows.first().map_or(0, |row| row.authority);
    Statement::from_sql_and_values(DbBackend::Sqlite, text, [authority.into(), json.into()])
}

/// PostgreSQL takes one array per column: the same statement for any number of rows.
fn to_postgres(backend: DbBackend, rows: &[KeyRow]) -> Statement {
    let text = "INSERT INTO person_key (authority_id, key, person_id, by_place) SELECT $1, t.key, t.person, t.place FROM \
                unnest($2::text::bigint[], $3::text::uuid[], $4::text::boolean[]) AS t (key, person, place) \
                ON CONFLICT DO NOTHING";
    let authority = rows.first().map_or(0, |row| row.authority);
    let values = [
        authority.into(),
        array(rows.iter().map(|row| row.key)).into(),
        array(rows.iter().map(|row| row.person)).into(),
        array(rows.iter().map(|row| row.by_place)).into(),
    ];
    Statement::from_sql_and_values(backend, text, values)
}

/// `{1,2}`: a PostgreSQL array literal.
pub(super) fn array<T: std::fmt::Display>(of: impl Iterator<Item = T>) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("{");
    for (at, item) in of.enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{item}", if at == 0 { "" } else { "," });
    }
    text.push('}');
    text
}

/// Records that all people of an authority have their keys.
async fn note(transaction: &DatabaseTransaction, authority: i32) -> Result<(), DbErr> {
    let text = "INSERT INTO person_key_state (authority_id, rules) VALUES ($1, $2) \
                ON CONFLICT (authority_id) DO UPDATE SET rules = excluded.rules";
    let values = [Value::from(authority), RULES.into()];
    let statement = Statement::from_sql_and_values(transaction.get_database_backend(), text, values);
    transaction.execute_raw(statement).await.map(|_| ())
}
