//! Dawn and Tyler, whom the school knows as Hardmans and the housing association recorded once more, in another family.

use chrono::TimeDelta;
use sea_orm::Value as SqlValue;
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    graphql::ids::{Codec, Key, Kind},
    records::{ConsentAnswer, ConsentRow, MembershipRow, PersonRow, Table},
    store::{
        bulk::{self, Look},
        dataset::Dataset,
    },
};
use uuid::Uuid;

use crate::{
    feed::reader,
    lookups::world::membership,
    support::{
        app::{App, Partner, today},
        database::TestDatabase,
    },
};

pub(super) const SCHOOLS: &str = "TF-10001";
pub(super) const HOUSINGS: &str = "TF-10005";
pub(super) const THIRD: &str = "TF-10003";

/// The police ask for consent to names, and are told all else but where people at risk are; the data analyst says who is one person; early help does so in the families it
/// works with.
const AGREEMENT: &str = r#"
[agreement]
id = "MERGES"
version = 1
title = "Who is one person"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "cambs-police"
signed_on = 2025-12-01
[[signatory]]
agency = "tff-team"
signed_on = 2025-12-01
[[signatory]]
agency = "cambs-early-help"
signed_on = 2025-12-01
[[signatory]]
agency = "cambs-health"
signed_on = 2025-12-01
[[signatory]]
agency = "jcp-cambridge"
signed_on = 2025-12-01
[[clause]]
id = "marker"
agency_kinds = ["jobcentre_plus"]
roles = ["marker_lookup"]
categories = ["MARKER"]
purposes = ["employment_support"]
access = ["read"]
scope = "authority"
consent = "required"
lawful_basis = "public_task"
[[clause]]
id = "known"
agency_kinds = ["police"]
roles = ["practitioner", "marker_lookup"]
categories = ["MARKER", "REFERENCE", "HOUSEHOLD", "CONTACT"]
purposes = ["safeguarding"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
[[clause]]
id = "asked"
agency_kinds = ["police"]
roles = ["practitioner"]
categories = ["IDENTITY"]
purposes = ["safeguarding"]
access = ["read"]
scope = "authority"
consent = "required"
lawful_basis = "public_task"
explain = true
[[clause]]
id = "merges"
agency_kinds = ["tff_team"]
roles = ["data_analyst"]
categories = ["MARKER", "IDENTITY", "HOUSEHOLD"]
purposes = ["programme_management"]
access = ["read", "write"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
[[clause]]
id = "merges-there"
agency_kinds = ["early_help", "health"]
roles = ["practitioner"]
categories = [
    "MARKER", "IDENTITY", "EQUALITY", "CONTACT", "HOUSEHOLD", "IDENTIFIER", "STATUTORY_STATUS", "CRITERION_CRIME", "CRITERION_EDUCATION",
    "CRITERION_WORK", "CRITERION_HEALTH", "CRITERION_DOMESTIC_ABUSE", "CRITERION_CHILDREN_NEEDING_HELP", "CONSENT", "INVOLVEMENT",
]
purposes = ["safeguarding"]
access = ["read", "write"]
scope = "involved"
consent = "not_required"
lawful_basis = "public_task"
condition = "substantial_public_interest"
explain = true
"#;

/// Somebody in a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Of(pub(super) &'static str, pub(super) &'static str);

pub(super) const DAWN: Of = Of("Dawn", SCHOOLS);
pub(super) const TYLER: Of = Of("Tyler", SCHOOLS);
pub(super) const DEE: Of = Of("Dee", HOUSINGS);
pub(super) const TY: Of = Of("Ty", HOUSINGS);

/// What is stored, and a server over it.
pub(super) struct World {
    pub(super) data: Dataset,
    pub(super) app: App,
}

/// The demonstration with the second records.
pub(super) fn data() -> Dataset {
    let mut data = demo::worked(today().date_naive());
    for (key, of, family, called) in [(1, DAWN, HOUSINGS, "Dee"), (2, TYLER, HOUSINGS, "Ty")] {
        again(&mut data, key, of, family, called);
    }
    for (key, by, about) in [(11, DEE, DEE), (12, DEE, TY)] {
        let row = said(&data, key, (by, about), HOUSINGS, ConsentAnswer::Given, 5);
        data.consents.push(row);
    }
    // Early help works with the one family and with no other, health with the other.
    let agency = |code: &str| data.agencies.iter().find(|row| row.code == code).expect("an agency").id;
    let (early_help, health) = (agency("cambs-early-help"), agency("cambs-health"));
    let like = data.involvements[0].clone();
    data.involvements
        .retain(|row| ![early_help, health].contains(&row.agency_id));
    for (key, agency_id, reference) in [(1, early_help, SCHOOLS), (2, health, HOUSINGS)] {
        let mut row = like.clone();
        (row.id, row.agency_id, row.family_id) = (Uuid::from_u128(7_000 + key), agency_id, family(&data, reference));
        (row.authority_id, row.started_on, row.ended_on) = (demo::CAMBRIDGESHIRE, today().date_naive(), None);
        data.involvements.push(row);
    }
    data
}

/// A second record of somebody, in another family.
pub(super) fn again(data: &mut Dataset, key: u128, of: Of, reference: &str, called: &str) {
    let (row, person) = (member(data, of).clone(), person(data, of).clone());
    let family = data
        .families
        .iter()
        .find(|row| row.reference == reference)
        .expect("a family");
    let joined = MembershipRow {
        relationship: row.relationship,
        parental_responsibility: row.parental_responsibility,
        phone: Some("01632 960123".to_owned()),
        ..membership(family, Uuid::from_u128(1_000 + key), 2_000 + key)
    };
    data.memberships.push(joined);
    data.people.push(PersonRow {
        id: Uuid::from_u128(1_000 + key),
        given_name: called.to_owned(),
        ..person
    });
}

pub(super) fn family(data: &Dataset, reference: &str) -> Uuid {
    let mut families = data.families.iter();
    families.find(|row| row.reference == reference).expect("a family").id
}

pub(super) fn member(data: &Dataset, Of(called, reference): Of) -> &MembershipRow {
    let family = family(data, reference);
    let is_called = |row: &&MembershipRow| {
        data.people
            .iter()
            .any(|one| one.id == row.person_id && one.given_name == called)
    };
    let mut members = data.memberships.iter().filter(|row| row.family_id == family);
    members.find(is_called).expect("a member")
}

pub(super) fn person(data: &Dataset, of: Of) -> &PersonRow {
    let person = member(data, of).person_id;
    data.people.iter().find(|row| row.id == person).expect("a person")
}

/// What somebody of a family decided for the police about what somebody is called, so many minutes ago.
pub(super) fn said(
    data: &Dataset,
    key: u128,
    (by, about): (Of, Of),
    reference: &str,
    decision: ConsentAnswer,
    minutes: i64,
) -> ConsentRow {
    ConsentRow {
        authority_id: demo::CAMBRIDGESHIRE,
        id: Uuid::from_u128(3_000 + key),
        family_id: family(data, reference),
        person_id: person(data, about).id,
        category: "IDENTITY".to_owned(),
        agency_kind: "police".to_owned(),
        purposes: None,
        decision,
        decided_by: Some(person(data, by).id),
        decided_by_agency: None,
        decided_by_subject: None,
        recorded_at: today() - TimeDelta::minutes(minutes),
        expires_on: None,
        withdrawn_at: None,
        ..data.consents[0].clone()
    }
}

impl World {
    pub(super) async fn of(database: &TestDatabase, data: Dataset) -> Self {
        let databases = database.open().await;
        bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
        let app = App::over(databases, Clock::fixed(today()), Ids::random()).await;
        app.load_agreement(AGREEMENT).await;
        Self { data, app }
    }

    pub(super) fn analyst(&self) -> Partner {
        self.app.partner("tff-team", "data_analyst", "programme_management")
    }

    pub(super) fn officer(&self) -> Partner {
        self.app.partner("cambs-police", "practitioner", "safeguarding")
    }

    /// The id of a member.
    pub(super) fn id(&self, of: Of) -> Value {
        let row = member(&self.data, of);
        id(row.family_id, row.id)
    }

    /// Says that two are one, and gives what came of it.
    pub(super) async fn merge(&self, one: Of, other: Of) -> Value {
        merge(&self.analyst(), "mergePeople", &self.id(one), &self.id(other)).await
    }

    /// Says that they are not.
    pub(super) async fn split(&self, one: Of, other: Of) -> Value {
        merge(&self.analyst(), "splitPeople", &self.id(one), &self.id(other)).await
    }

    /// Adds rows.
    pub(super) async fn add(&self, more: Dataset) {
        bulk::load(self.app.store.databases(), &more, &mut |_| {})
            .await
            .unwrap();
    }

    /// Changes what is stored, past the wire.
    pub(super) async fn write(&self, sql: &str, values: Vec<SqlValue>) {
        reader::change(&self.app.store, sql, values).await;
    }

    /// Every row of every table.
    pub(super) async fn stored(&self) -> Vec<String> {
        let look = Look::begin(self.app.store.databases()).await.unwrap();
        let mut stored = Vec::new();
        for table in Table::ALL
            .iter()
            .filter(|table| table.columns().iter().any(|column| column.name == "id"))
        {
            if *table != Table::Authority {
                stored.push(format!(
                    "{:?}",
                    look.page(*table, demo::CAMBRIDGESHIRE, None).await.unwrap()
                ));
            }
        }
        look.end().await.unwrap();
        stored
    }

    /// How many merges there are, and how many of them hold.
    pub(super) async fn merges(&self) -> (i64, i64) {
        let all = "SELECT count(*) AS number FROM person_merge";
        let held = format!("{all} WHERE split_at IS NULL");
        (self.app.number_of(all).await, self.app.number_of(&held).await)
    }
}

pub(super) fn id(family: Uuid, row: Uuid) -> Value {
    let kind = Kind::Member;
    let codec = Codec::new(&[7; 32]).expect("a key");
    json!(codec.id(demo::CAMBRIDGESHIRE, Key { kind, family, row }))
}

/// What somebody is told who says that two members are one, or are not.
pub(super) async fn merge(partner: &Partner, name: &str, one: &Value, other: &Value) -> Value {
    partner.ask_with(&document(name), input(one, other)).await.data()[name].clone()
}

pub(super) fn document(name: &str) -> String {
    let of = name[..1].to_uppercase() + &name[1..];
    format!("mutation($v: {of}Input!) {{ {name}(input: $v) {{ errors {{ field code }} }} }}")
}

pub(super) fn input(one: &Value, other: &Value) -> Value {
    json!({ "v": { "memberId": one, "otherMemberId": other, "reason": "RECORDS_COMPARED" } })
}

/// That it was done.
pub(super) fn done() -> Value {
    json!({ "errors": [] })
}

/// That it was not.
pub(super) fn refused(field: &str, code: &str) -> Value {
    json!({ "errors": [{ "field": field, "code": code }] })
}

/// What the members of a family are called, as far as somebody is told.
pub(super) async fn names(partner: &Partner, reference: &str) -> Vec<String> {
    told(partner, reference, "givenName").await
}

/// A text of each member of a family, as far as somebody is told.
pub(super) async fn told(partner: &Partner, reference: &str, field: &str) -> Vec<String> {
    let query = format!("{{ family(reference: \"{reference}\") {{ members {{ {field} }} }} }}");
    let reply = partner.ask(&query).await;
    let members = reply.data()["family"]["members"].as_array().expect("members").clone();
    let mut texts: Vec<String> = members
        .iter()
        .filter_map(|one| one[field].as_str())
        .map(str::to_owned)
        .collect();
    texts.sort();
    texts
}
