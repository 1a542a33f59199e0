//! What a question may name: a family that there is, or one that there is not.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use thinkfamily::{
    demo,
    graphql::ids::{Codec, Key, Kind},
    records::{Holds, Table},
    store::connect::Databases,
};
use uuid::Uuid;

/// A family, or none, by everything that names it.
pub(super) struct Target {
    pub(super) family: Uuid,
    pub(super) reference: &'static str,
    rows: BTreeMap<&'static str, (Kind, Uuid)>,
    values: Values,
    codec: Codec,
}

/// The columns by which a family may be aimed at, each with a value that the family alone has, or that none has.
type Values = BTreeMap<(Table, &'static str), String>;

/// A value for a column of the family that there is, or of the one that there is not.
fn made_up(table: Table, column: &str, there: bool) -> String {
    let known = table.columns().iter().find(|known| known.name == column);
    match known.map(|known| known.holds) {
        Some(Holds::Date) => if there { "2026-06-13" } else { "2026-06-14" }.to_owned(),
        Some(Holds::Text(_)) => format!("{} {column}", if there { "Otherwise" } else { "Nowhere" }),
        other => panic!("{table:?}.{column}: say here what one family alone has of {other:?}"),
    }
}

/// It stays as it is of the family: how old somebody is decides whose consent counts.
const BIRTH: (Table, &str) = (Table::Person, "date_of_birth");

fn codec() -> Codec {
    Codec::new(&[7; 32]).unwrap()
}

async fn key_of(databases: &Databases, text: &str, values: Vec<sea_orm::Value>) -> Option<Uuid> {
    let on = databases.main();
    let statement = Statement::from_sql_and_values(on.get_database_backend(), text, values);
    let row = on.query_one_raw(statement).await.unwrap();
    row.map(|row| row.try_get("", "id").unwrap())
}

async fn family_key(databases: &Databases) -> Uuid {
    let text = "SELECT id FROM family WHERE authority_id = $1 AND reference = $2";
    let values = vec![demo::CAMBRIDGESHIRE.into(), demo::HARDMAN_REFERENCE.into()];
    key_of(databases, text, values).await.unwrap()
}

impl Target {
    /// The id of the Hardman family's marker.
    pub(super) async fn marker(databases: &Databases) -> Value {
        Self::of_family(Kind::Marker, databases).await
    }

    /// The id of the Hardman family.
    pub(super) async fn family_id(databases: &Databases) -> Value {
        Self::of_family(Kind::Family, databases).await
    }

    async fn of_family(kind: Kind, databases: &Databases) -> Value {
        let family = family_key(databases).await;
        let row = family;
        json!(codec().id(demo::CAMBRIDGESHIRE, Key { kind, family, row }))
    }

    /// The Hardman family, whose values are made its own.
    pub(super) async fn there(databases: &Databases, aimed: &[(Table, &'static str)]) -> Self {
        let authority = demo::CAMBRIDGESHIRE;
        let family = family_key(databases).await;
        let mut values = Values::new();
        // A next meeting is not before the one that was held, whichever of the two days is put first.
        let none = "UPDATE taf_meeting SET next_on = NULL WHERE authority_id = $1 AND family_id = $2";
        let on = databases.main();
        let of_family = [sea_orm::Value::from(authority), family.into()];
        let statement = Statement::from_sql_and_values(on.get_database_backend(), none, of_family);
        on.execute_raw(statement).await.unwrap();
        for (table, column) in aimed.iter().copied().filter(|aimed| *aimed != BIRTH) {
            let text = made_up(table, column, true);
            values.insert((table, column), text.clone());
            let of_family = match table {
                Table::Family => "id = $3",
                Table::Person => "id IN (SELECT person_id FROM membership WHERE authority_id = $2 AND family_id = $3)",
                _ => "family_id = $3",
            };
            let value: sea_orm::Value = match text.parse::<chrono::NaiveDate>() {
                Ok(day) => day.into(),
                Err(_) => text.into(),
            };
            // Several members of one family, so that not even one of them is left with another value.
            let text = format!(
                "UPDATE {} SET {column} = $1 WHERE authority_id = $2 AND {of_family}",
                table.name()
            );
            let on = databases.main();
            let values = [value, authority.into(), family.into()];
            let statement = Statement::from_sql_and_values(on.get_database_backend(), text, values);
            on.execute_raw(statement).await.unwrap();
        }
        let text = "SELECT p.date_of_birth FROM person p JOIN membership m ON m.authority_id = $1 AND m.person_id = p.id \
                    WHERE p.authority_id = $1 AND m.family_id = $2 ORDER BY p.date_of_birth";
        let on = databases.main();
        let of_family = [sea_orm::Value::from(authority), family.into()];
        let statement = Statement::from_sql_and_values(on.get_database_backend(), text, of_family);
        let born = on.query_one_raw(statement).await.unwrap().unwrap();
        let born: chrono::NaiveDate = born.try_get("", "date_of_birth").unwrap();
        values.insert(BIRTH, born.to_string());
        let open = "UPDATE person SET shielded = false WHERE id IN (SELECT person_id FROM membership WHERE family_id IN \
                    (SELECT id FROM family WHERE reference = 'TF-10001'))";
        databases.main().execute_unprepared(open).await.unwrap();
        let mut rows = BTreeMap::from([("Family", (Kind::Family, family)), ("Marker", (Kind::Marker, family))]);
        let of_family = |table: &&Table| table.columns().iter().any(|column| column.name == "family_id");
        let tables = Table::ALL.iter().filter(of_family);
        let tables = tables.filter_map(|table| Some((table.object()?, table.name())));
        for (name, table) in tables.chain([("WebhookDelivery", "webhook_delivery")]) {
            let kind = Kind::of_type(name).expect("a kind of the same name");
            let text = format!("SELECT id FROM {table} WHERE authority_id = $1 AND family_id = $2 ORDER BY id");
            let row = key_of(databases, &text, vec![authority.into(), family.into()]).await;
            let row = row.unwrap_or_else(|| panic!("the Hardmans have no {name}: give them one in src/demo"));
            rows.insert(name, (kind, row));
        }
        let endpoint = "SELECT id FROM webhook_endpoint WHERE authority_id = $1 AND url LIKE '%others%'";
        let endpoint = key_of(databases, endpoint, vec![authority.into()]).await.unwrap();
        rows.insert("WebhookEndpoint", (Kind::WebhookEndpoint, endpoint));
        Self {
            family,
            reference: demo::HARDMAN_REFERENCE,
            rows,
            values,
            codec: codec(),
        }
    }

    /// A family that there is not, right behind that one in the order of families.
    pub(super) fn gone(like: &Self) -> Self {
        let family = Uuid::from_u128(like.family.as_u128() + 1);
        let rows = like.rows.iter().map(|(name, (kind, row))| {
            let row = if *row == like.family {
                family
            } else {
                Uuid::from_u128(row.as_u128() + 1)
            };
            (*name, (*kind, row))
        });
        let values = like.values.keys().map(|(table, column)| {
            let value = match (*table, *column) {
                BIRTH => "1901-01-01".to_owned(),
                _ => made_up(*table, column, false),
            };
            ((*table, *column), value)
        });
        Self {
            family,
            reference: "TF-99999",
            rows: rows.collect(),
            values: values.collect(),
            codec: codec(),
        }
    }

    /// The kinds of rows that it has.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.rows.keys().copied()
    }

    pub(super) fn id(&self, kind: &str) -> Value {
        let (kind, row) = self.rows[kind];
        let family = if kind == Kind::WebhookEndpoint {
            Uuid::nil()
        } else {
            self.family
        };
        json!(self.codec.id(demo::CAMBRIDGESHIRE, Key { kind, family, row }))
    }

    /// The cursor of a row in a list without an order.
    pub(super) fn cursor(&self, list: &str, of: Table) -> Value {
        let (_, row) = self.rows[of.object().expect("a list of what has ids")];
        let mut plain = self.family.as_bytes().to_vec();
        plain.extend_from_slice(row.as_bytes());
        plain.push(0);
        json!(
            self.codec
                .cursor(demo::CAMBRIDGESHIRE, &format!("{list} - Ascending"), plain)
        )
    }

    pub(super) fn value(&self, table: Table, column: &'static str) -> Value {
        json!(self.values[&(table, column)])
    }
}
