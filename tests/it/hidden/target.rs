//! What a question may name: a family that there is, or one that there is not.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use thinkfamily::{
    demo,
    graphql::ids::{Codec, Key, Kind},
    store::connect::Databases,
};
use uuid::Uuid;

/// A family, or none, by everything that names it.
pub(super) struct Target {
    pub(super) family: Uuid,
    pub(super) reference: &'static str,
    rows: BTreeMap<&'static str, (Kind, Uuid)>,
    values: BTreeMap<&'static str, String>,
    codec: Codec,
}

const TABLES: [(&str, Kind, &str); 18] = [
    ("Member", Kind::Member, "membership"),
    ("Address", Kind::Address, "address"),
    ("StatutoryStatus", Kind::StatutoryStatus, "statutory_status"),
    ("LocalIdentifier", Kind::LocalIdentifier, "local_identifier"),
    ("Involvement", Kind::Involvement, "involvement"),
    ("CriteriaMatch", Kind::CriteriaMatch, "criteria_match"),
    ("Assessment", Kind::Assessment, "assessment"),
    ("DistanceScore", Kind::DistanceScore, "distance_score"),
    ("Plan", Kind::Plan, "plan"),
    ("Goal", Kind::Goal, "goal"),
    ("Action", Kind::Action, "action"),
    ("Outcome", Kind::Outcome, "outcome"),
    ("ProgressValue", Kind::ProgressValue, "progress_value"),
    ("Consent", Kind::Consent, "consent"),
    ("MarkerPlacement", Kind::MarkerPlacement, "marker"),
    ("EmergencyAccess", Kind::EmergencyAccess, "emergency_access"),
    ("Contact", Kind::Contact, "contact"),
    ("WebhookDelivery", Kind::WebhookDelivery, "webhook_delivery"),
];

/// Which list has rows of which kind.
const LISTS: [(&str, &str); 7] = [
    ("families", "Family"),
    ("members", "Member"),
    ("criteriaMatches", "CriteriaMatch"),
    ("plans", "Plan"),
    ("outcomes", "Outcome"),
    ("consents", "Consent"),
    ("emergencyAccesses", "EmergencyAccess"),
];

/// Values that the family alone has, and values that no family has.
const VALUES: [(&str, &str, &str, &str); 13] = [
    ("district", "family", "Otherwheres", "Nowherelands"),
    ("ward", "family", "Otherward", "Nowhereward"),
    ("locality", "family", "Otherlocal", "Nolocality"),
    ("reach_area", "family", "Otherreach", "Nowherearea"),
    ("attached_on", "family", "2026-06-13", "2026-06-14"),
    ("family_name", "person", "Quillfeather", "Quillblossom"),
    ("given_name", "person", "Xanthippe", "Xenodike"),
    ("employment_status", "membership", "lion tamer", "lamplighter"),
    ("education_setting", "membership", "Lantern School", "Lattice School"),
    ("evidence_from", "criteria_match", "2026-06-13", "2026-06-14"),
    ("agreed_on", "plan", "2026-06-13", "2026-06-14"),
    ("result_on", "outcome", "2026-06-13", "2026-06-14"),
    ("subject", "emergency_access", "the-only-one", "the-lonely-1"),
];

type OfColumn = (&'static str, &'static str, &'static str, &'static str);

fn own(of: fn(OfColumn) -> (&'static str, &'static str)) -> BTreeMap<&'static str, String> {
    VALUES
        .map(of)
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

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
    pub(super) async fn there(databases: &Databases) -> Self {
        let authority = demo::CAMBRIDGESHIRE;
        let family = family_key(databases).await;
        for (column, table, value, _) in VALUES {
            let of_family = match table {
                "family" => "id = $3",
                "person" => "id IN (SELECT person_id FROM membership WHERE authority_id = $2 AND family_id = $3)",
                _ => "family_id = $3",
            };
            let value: sea_orm::Value = match value.parse::<chrono::NaiveDate>() {
                Ok(day) => day.into(),
                Err(_) => value.into(),
            };
            // Several members of one family, so that not even one of them is left with another value.
            let text = format!("UPDATE {table} SET {column} = $1 WHERE authority_id = $2 AND {of_family}");
            let on = databases.main();
            let values = [value, authority.into(), family.into()];
            let statement = Statement::from_sql_and_values(on.get_database_backend(), text, values);
            on.execute_raw(statement).await.unwrap();
        }
        let text = "SELECT p.date_of_birth FROM person p JOIN membership m ON m.authority_id = $1 AND m.person_id = p.id \
                    WHERE p.authority_id = $1 AND m.family_id = $2 ORDER BY p.date_of_birth";
        let on = databases.main();
        let values = [sea_orm::Value::from(authority), family.into()];
        let statement = Statement::from_sql_and_values(on.get_database_backend(), text, values);
        let born = on.query_one_raw(statement).await.unwrap().unwrap();
        let born: chrono::NaiveDate = born.try_get("", "date_of_birth").unwrap();
        let mut values = own(|(name, _, value, _)| (name, value));
        values.insert("date_of_birth", born.to_string());
        let open = "UPDATE person SET shielded = false WHERE id IN (SELECT person_id FROM membership WHERE family_id IN \
                    (SELECT id FROM family WHERE reference = 'TF-10001'))";
        databases.main().execute_unprepared(open).await.unwrap();
        let mut rows = BTreeMap::from([("Family", (Kind::Family, family)), ("Marker", (Kind::Marker, family))]);
        for (name, kind, table) in TABLES {
            let text = format!("SELECT id FROM {table} WHERE authority_id = $1 AND family_id = $2 ORDER BY id");
            if let Some(row) = key_of(databases, &text, vec![authority.into(), family.into()]).await {
                rows.insert(name, (kind, row));
            }
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
        let mut values = own(|(name, _, _, value)| (name, value));
        values.insert("date_of_birth", "1901-01-01".to_owned());
        Self {
            family,
            reference: "TF-99999",
            rows: rows.collect(),
            values,
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
    pub(super) fn cursor(&self, list: &str) -> Value {
        let (_, kind) = LISTS.iter().find(|(known, _)| *known == list).unwrap();
        let row = self.rows.get(kind).map_or(self.family, |(_, row)| *row);
        let mut plain = self.family.as_bytes().to_vec();
        plain.extend_from_slice(row.as_bytes());
        plain.push(0);
        json!(
            self.codec
                .cursor(demo::CAMBRIDGESHIRE, &format!("{list} - Ascending"), plain)
        )
    }

    pub(super) fn value(&self, name: &str) -> Value {
        json!(self.values[name])
    }
}
