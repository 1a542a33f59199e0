//! Who lives with somebody at risk: what tells where they are is withheld of everybody in the family, from when the membership is recorded until it has ended, and of each in their other
//! households, where nothing tells why.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::{
        Attendance, ConsentRow, ContactKind, ContactUrgency, FamilyRow, IdentifierSystem, LocalIdentifierRow,
        MarkerRow, MarkerStatus, TafAttendanceRow, TafMeetingRow, WholeContactRow,
    },
    sharing::register,
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::{
    former::{AGREEMENT, CLAUSE},
    lookups::world::membership,
    support::{
        api::Api,
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
    },
};

/// Sofia, who is shielded, lives here with her son Luca.
const HERS: &str = "TF-10002";
/// Luca lives here too, every other week.
const OTHER: &str = "TF-10001";

fn data() -> Dataset {
    let mut data = demo::worked(today().date_naive());
    let family = |data: &Dataset, reference: &str| {
        let mut found = data.families.iter().filter(|row| row.reference == reference);
        found.next().expect("a family of the demonstration").clone()
    };
    let (hers, other) = (family(&data, HERS), family(&data, OTHER));
    let named = |data: &Dataset, given: &str| {
        data.people
            .iter()
            .find(|row| row.given_name == given)
            .expect("somebody")
            .id
    };
    let (luca, dawn) = (named(&data, "Luca"), named(&data, "Dawn"));
    data.memberships.push(membership(&other, luca, 8_000));
    for row in &mut data.memberships {
        if [hers.id, other.id].contains(&row.family_id) {
            row.phone = Some("01632 960777".to_owned());
            row.education_setting = Some("Harbour School".to_owned());
            row.employment_status = Some("employed".to_owned());
        }
    }
    let numbers = [
        (luca, &other, IdentifierSystem::Upn, "H801200001001"),
        (luca, &other, IdentifierSystem::PoliceReference, "PR-1"),
        (dawn, &other, IdentifierSystem::PoliceReference, "PR-2"),
        (luca, &hers, IdentifierSystem::Tenancy, "CH-9"),
        (luca, &hers, IdentifierSystem::NhsNumber, "9990000018"),
    ];
    for (key, (person_id, family, system, value)) in numbers.into_iter().enumerate() {
        data.local_identifiers.push(LocalIdentifierRow {
            authority_id: family.authority_id,
            id: Uuid::from_u128(8_100 + key as u128),
            family_id: family.id,
            person_id,
            system,
            value: value.to_owned(),
        });
    }
    for row in data.involvements.iter_mut().filter(|row| row.family_id == hers.id) {
        row.service_team = Some("Harbour Team".to_owned());
    }
    for row in &mut data.lead_professionals {
        row.team = Some("Harbour Team".to_owned());
    }
    worked_with(&mut data, &hers, 8_200);
    worked_with(&mut data, &other, 8_300);
    data
}

/// An agency met a family and placed a marker for it, was at a meeting and decided for somebody.
fn worked_with(data: &mut Dataset, family: &FamilyRow, key: u128) {
    let agency = data
        .agencies
        .iter()
        .find(|row| row.code == "cambs-health")
        .expect("an agency")
        .id;
    let (authority_id, family_id) = (family.authority_id, family.id);
    let id = |number| Uuid::from_u128(key + number);
    let (day, at) = (today().date_naive(), today());
    data.taf_meetings.push(TafMeetingRow {
        authority_id,
        id: id(1),
        family_id,
        chaired_by: agency,
        held_on: day,
        next_on: None,
    });
    data.taf_attendances.push(TafAttendanceRow {
        authority_id,
        id: id(2),
        family_id,
        meeting_id: id(1),
        agency_id: agency,
        attendee: Some("Robin Fell".to_owned()),
        attendance: Attendance::Attended,
    });
    data.contacts.push(WholeContactRow {
        authority_id,
        id: id(3),
        family_id,
        agency_id: agency,
        subject: "robin.fell".to_owned(),
        kind: ContactKind::Incident,
        urgency: ContactUrgency::Soon,
        occurred_at: at,
        note: None,
        note_category: None,
        recorded_at: at,
    });
    data.markers.push(MarkerRow {
        authority_id,
        id: id(4),
        family_id,
        agency_id: agency,
        system: "Records".to_owned(),
        status: MarkerStatus::Placed,
        requested_on: day,
        placed_on: Some(day),
        removed_on: None,
    });
    let row = data
        .consents
        .iter()
        .find(|row| row.family_id == family_id)
        .expect("a decision");
    data.consents.push(ConsentRow {
        id: id(5),
        decided_by: None,
        decided_by_agency: Some(agency),
        decided_by_subject: Some("robin.fell".to_owned()),
        recorded_by_agency: agency,
        ..row.clone()
    });
}

async fn serve(database: &TestDatabase) -> (App, Partner) {
    let databases = database.open().await;
    bulk::load(&databases, &data(), &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    let clause = CLAUSE
        .replace("KIND", "police")
        .replace("EXPLAINED", "true")
        .replace("shielded = true", "shielded = false")
        .replace(
            "\"CONSENT\",",
            "\"CONSENT\", \"INVOLVEMENT\", \"ASSESSMENT\", \"OUTCOME\",",
        );
    app.load_agreement(&format!("{AGREEMENT}{clause}")).await;
    let partner = app.partner("cambs-police", "practitioner", "safeguarding");
    (app, partner)
}

async fn write(app: &App, sql: &str) {
    app.store.databases().main().execute_unprepared(sql).await.unwrap();
}

const FAMILY: &str = "district leadProfessional { name team agency { code } } addresses { postcode }
    involvements { agencyKind agency { code } serviceTeam contactName contactPhone contactEmail }
    members { givenName relationship phone educationSetting employmentStatus identifiers { system } }";

async fn family(partner: &Partner, reference: &str) -> (Value, Value) {
    let reply = partner
        .ask(&format!("{{ family(reference: \"{reference}\") {{ {FAMILY} }} }}"))
        .await;
    (
        reply.data()["family"].clone(),
        reply.body["extensions"]["disclosure"]["withheld"].clone(),
    )
}

fn member<'a>(family: &'a Value, given: &str) -> &'a Value {
    let mut members = family["members"].as_array().expect("members").iter();
    members.find(|member| member["givenName"] == given).expect("a member")
}

fn systems(member: &Value) -> Vec<&str> {
    let all = member["identifiers"].as_array().expect("numbers").iter();
    all.map(|one| one["system"].as_str().expect("a system")).collect()
}

/// What shielding covers of a member.
fn covered(member: &Value) -> [&Value; 2] {
    [&member["phone"], &member["educationSetting"]]
}

on_both!(of_a_family_with_somebody_shielded_nothing_tells_where_anybody_is);
async fn of_a_family_with_somebody_shielded_nothing_tells_where_anybody_is(database: &TestDatabase) {
    let (app, partner) = serve(database).await;
    let (hers, withheld) = family(&partner, HERS).await;
    for given in ["Sofia", "Luca"] {
        assert_eq!(covered(member(&hers, given)), [&Value::Null; 2], "{given}");
        assert_eq!(member(&hers, given)["employmentStatus"], "employed");
    }
    assert_eq!(systems(member(&hers, "Luca")), ["NHS_NUMBER"]);
    assert_eq!((&hers["district"], &hers["addresses"]), (&Value::Null, &json!([])));
    let lead = &hers["leadProfessional"];
    assert!(
        lead["name"].is_string() && lead["agency"]["code"].is_string(),
        "whom to turn to is told"
    );
    assert_eq!(lead["team"], Value::Null);
    let involvements = hers["involvements"].as_array().expect("involvements");
    assert!(!involvements.is_empty());
    for one in involvements {
        assert!(one["agencyKind"].is_string() && one["contactName"].is_string(), "{one}");
        for tells in ["agency", "serviceTeam", "contactPhone", "contactEmail"] {
            assert_eq!(one[tells], Value::Null, "{tells}");
        }
    }
    for entry in withheld.as_array().expect("something is withheld") {
        assert_eq!(entry["reason"], "SHIELDED", "{entry}");
    }
    // In a list that asks for nothing else of them it is the same.
    let reply = partner
        .ask("{ families(first: 50) { nodes { reference leadProfessional { team } } } }")
        .await;
    for one in reply.data()["families"]["nodes"].as_array().expect("nodes") {
        let team = &one["leadProfessional"]["team"];
        assert_eq!(
            team.is_string(),
            one["reference"] != HERS && !one["leadProfessional"].is_null(),
            "{one}"
        );
    }
    // She is to come next month: what is recorded shields from now on. Whoever left does not.
    write(
        &app,
        "UPDATE membership SET valid_from = '2026-07-01' WHERE person_id IN (SELECT id FROM person WHERE shielded)",
    )
    .await;
    let (coming, _) = family(&partner, HERS).await;
    assert_eq!(covered(member(&coming, "Luca")), [&Value::Null; 2], "she is to come");
    write(
        &app,
        "UPDATE membership SET valid_from = '2026-01-01', valid_until = '2026-06-15' WHERE person_id IN (SELECT id FROM person WHERE shielded)",
    )
    .await;
    let (left, _) = family(&partner, HERS).await;
    assert_eq!(
        covered(member(&left, "Luca")),
        [&json!("01632 960777"), &json!("Harbour School")]
    );
    assert_eq!(systems(member(&left, "Luca")), ["NHS_NUMBER", "TENANCY"]);
    assert!(left["involvements"][0]["agency"]["code"].is_string() && left["leadProfessional"]["team"].is_string());
}

on_both!(who_lives_with_somebody_shielded_is_covered_in_their_other_household);
async fn who_lives_with_somebody_shielded_is_covered_in_their_other_household(database: &TestDatabase) {
    let (app, partner) = serve(database).await;
    let (other, withheld) = family(&partner, OTHER).await;
    assert_eq!(covered(member(&other, "Luca")), [&Value::Null; 2]);
    assert_eq!(systems(member(&other, "Luca")), ["POLICE_REFERENCE"]);
    // Whoever lives there and not with her is not, nor is the household.
    assert_eq!(
        covered(member(&other, "Dawn")),
        [&json!("01632 960777"), &json!("Harbour School")]
    );
    assert!(systems(member(&other, "Dawn")).contains(&"TENANCY"));
    assert!(other["district"].is_string() && other["addresses"][0]["postcode"].is_string());
    assert!(other["involvements"][0]["agency"]["code"].is_string());
    let told: Vec<&Value> = withheld
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| &entry["reason"])
        .collect();
    assert!(
        !told.is_empty() && told.iter().all(|reason| **reason == "WITHHELD"),
        "another family is not told of: {told:?}"
    );
    // It begins and ends at once with what is written of the other family.
    for (sql, open) in [
        ("UPDATE person SET shielded = false WHERE given_name = 'Sofia'", true),
        ("UPDATE person SET shielded = true WHERE given_name = 'Sofia'", false),
        (
            "UPDATE membership SET valid_until = '2026-06-15' WHERE person_id IN (SELECT id FROM person WHERE given_name = 'Sofia')",
            true,
        ),
    ] {
        write(&app, sql).await;
        let (other, _) = family(&partner, OTHER).await;
        assert_eq!(member(&other, "Luca")["phone"].is_string(), open, "{sql}");
    }
}

/// Every name of an agency, of a team and of whoever came or reported for one, of each kind of row.
const NAMES: &str = "meetings { chairedBy { code } attendance { agency { code } attendee } }
    contacts { agency { code } reportedBy }
    consents { decidedByAgency { code } recordedByAgency { code } }";

on_both!(no_row_of_such_a_family_names_an_agency_that_works_with_it);
async fn no_row_of_such_a_family_names_an_agency_that_works_with_it(database: &TestDatabase) {
    let (_app, partner) = serve(database).await;
    let names = async |reference: &str| {
        let reply = partner
            .ask(&format!("{{ family(reference: \"{reference}\") {{ {NAMES} }} }}"))
            .await;
        let family = reply.data()["family"].clone();
        for rows in ["meetings", "contacts", "consents"] {
            assert_ne!(family[rows], json!([]), "{reference} has some {rows}");
        }
        let text = family.to_string();
        ["cambs-", "Robin Fell", "robin.fell"].map(|name| text.contains(name))
    };
    assert_eq!(names(HERS).await, [false; 3]);
    assert_eq!(
        names(OTHER).await,
        [true; 3],
        "where nobody shielded lives all of it is told"
    );
}

/// What names an agency or a team in a family's rows though somebody shielded is in it, and why.
const NAMED_ALL_THE_SAME: [(&str, &str); 8] = [
    ("LeadProfessional.agency", "whom to turn to is what a marker is for"),
    (
        "Involvement.contactName",
        "whom to ask for is what an involvement is for",
    ),
    (
        "MarkerPlacement.agency",
        "whoever has a marker in a system of their own must find it, and take it out",
    ),
    (
        "EmergencyAccess.agency",
        "who has opened a family answers for it, whether or not they work with it",
    ),
    ("Alert.agency", "it is about no family"),
    ("Viewer.agency", "it is the asker's own"),
    ("Viewer.portal", "it is the asker's own"),
    ("Signatory.agency", "it is about no family"),
];

#[test]
fn whatever_names_an_agency_or_a_team_is_covered_or_named_here() {
    let api = Api::new();
    let is_name = |of: &str, name: &str| {
        let leads_to = api.field(of, name).ty.inner_named_type().as_str();
        let named = ["team", "attendee", "reportedby", "contactname"];
        leads_to == "Agency" || named.iter().any(|word| name.to_lowercase().contains(word))
    };
    let mut left: BTreeSet<&str> = NAMED_ALL_THE_SAME.iter().map(|(field, _)| *field).collect();
    let (mut covered, mut open) = (0, Vec::new());
    for entry in register::fields().filter(|entry| !entry.coordinate.contains('(')) {
        let Some((of, name)) = entry.coordinate.split_once('.') else {
            continue;
        };
        let roots = ["Query", "Mutation", "Subscription", "Agency"];
        if roots.contains(&of) || !api.is_composite(of) || !is_name(of, name) || left.remove(entry.coordinate) {
            continue;
        }
        if entry.area || entry.whereabouts {
            covered += 1;
        } else {
            open.push(entry.coordinate);
        }
    }
    assert!(
        open.is_empty(),
        "mark these with `@area` in the register, or say here why not: {open:?}"
    );
    assert!(left.is_empty() && covered > 10, "{left:?} {covered}");
}
