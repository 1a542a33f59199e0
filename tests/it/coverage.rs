//! Every field of the schema is asked for by callers with nothing, who get nothing, and by callers with something, who get nothing beyond
//! their ceiling. No field is exempt.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;
use thinkfamily::{
    catalogue, demo,
    graphql::ids::{Codec, Key, Kind},
    sharing::{
        agreement::Policy,
        agreement_file,
        caller::{Caller, Party},
        ceiling::Ceiling,
        register,
    },
    store::dataset::Dataset,
};
use uuid::Uuid;

use crate::support::{
    api::Api,
    app::{App, Partner, today},
    database::TestDatabase,
};

/// Ids of real rows, by type: those of the Hardman family and of the agreement.
pub(crate) struct Ids(BTreeMap<String, String>);

impl Ids {
    pub(crate) async fn of(app: &App, data: &Dataset) -> Self {
        let codec = Codec::new(&[7; 32]).unwrap();
        let family = data
            .families
            .iter()
            .find(|family| family.reference == demo::HARDMAN_REFERENCE)
            .unwrap();
        let mut ids = BTreeMap::new();
        let mut add = |kind: Kind, family: Uuid, row: Option<Uuid>| {
            let row = row.unwrap_or_else(|| panic!("the demonstration has no row of {kind:?}"));
            ids.insert(
                format!("{kind:?}"),
                codec.id(demo::CAMBRIDGESHIRE, Key { kind, family, row }),
            );
        };
        macro_rules! first {
            ($($kind:ident $rows:ident),+) => {$(
                // Of this family where it has one; of any other of the authority else.
                let rows = || data.$rows.iter().filter(|row| row.authority_id == demo::CAMBRIDGESHIRE);
                let row = rows().find(|row| row.family_id == family.id).or_else(|| rows().next());
                add(Kind::$kind, row.map_or(family.id, |row| row.family_id), row.map(|row| row.id));
            )+};
        }
        add(Kind::Family, family.id, Some(family.id));
        add(Kind::Marker, family.id, Some(family.id));
        first!(
            Member memberships, Address addresses, StatutoryStatus statutory_statuses, LocalIdentifier local_identifiers,
            Involvement involvements, CriteriaMatch criteria_matches, Assessment assessments, DistanceScore distance_scores,
            Plan plans, Goal goals, Action actions, Outcome outcomes, ProgressValue progress_values, Consent consents,
            MarkerPlacement markers, EmergencyAccess emergency_accesses
        );
        let agency = data
            .agencies
            .iter()
            .find(|agency| agency.authority_id == demo::CAMBRIDGESHIRE);
        add(Kind::Agency, Uuid::nil(), agency.map(|agency| agency.id));
        let reply = app.lead_professional().ask("{ agreements { id } }").await;
        ids.insert(
            "Agreement".to_owned(),
            reply.data()["agreements"][0]["id"].as_str().unwrap().to_owned(),
        );
        let person = data.people.iter().find(|person| person.given_name == "Dawn").unwrap();
        ids.insert(
            "question".to_owned(),
            format!(
                "{{ familyName: {:?}, givenName: {:?}, dateOfBirth: \"{}\" }}",
                person.family_name,
                person.given_name,
                person.date_of_birth.expect("a date of birth")
            ),
        );
        ids.insert("Contact".to_owned(), reported(app, &ids["Marker"]).await);
        ids.insert("Alert".to_owned(), alerted(app).await);
        Self(ids)
    }

    /// The id that an argument of a field is about.
    fn argument(&self, field: &str, argument: &str) -> Option<String> {
        let of = match (field, argument) {
            ("family" | "disclosures", "id" | "familyId") => "Family",
            ("member", "id") => "Member",
            ("agreement", "id") => "Agreement",
            ("alert", "id") => "Alert",
            ("node", "id") => "Plan",
            ("nodes", "ids") => return Some(format!("[{:?}, {:?}]", self.0["Family"], self.0["Consent"])),
            ("markerLookup", "input") => return Some(self.0["question"].clone()),
            ("markerLookups", "inputs") => return Some(format!("[{}]", self.0["question"])),
            _ => return None,
        };
        Some(format!("{:?}", self.0[of]))
    }
}

/// Has somebody try birthdays until they are stopped: the id of the alert.
async fn alerted(app: &App) -> String {
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    for year in 1950..1980 {
        let asked = format!(
            "{{ markerLookup(input: {{ familyName: \"Quillfeather\", givenName: \"Dora\", dateOfBirth: \"{year}-02-03\" }}) {{ status }} }}"
        );
        police.ask(&asked).await;
    }
    let manager = app.partner("tff-team", "agreement_manager", "agreement_management");
    let reply = manager.ask("{ alerts { nodes { id } } }").await;
    reply.data()["alerts"]["nodes"][0]["id"].as_str().unwrap().to_owned()
}

/// Has an endpoint told of a contact with the Hardmans, with a note: the id of the contact.
async fn reported(app: &App, marker: &str) -> String {
    let mailbox = app.partner("cambs-early-help", "manager", "family_support");
    let add = "mutation { addWebhookEndpoint(input: { url: \"https://hooks.example.org/\" }) { errors { message } } }";
    mailbox.ask(add).await;
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let report = format!(
        "mutation {{ recordContact(input: {{ markerId: {marker:?}, kind: VISIT, occurredAt: \"2026-06-15T11:00:00Z\", urgency: SOON, \
         note: {{ text: \"Hardman\", category: INVOLVEMENT }} }}) {{ errors {{ message }} }} }}"
    );
    police.ask(&report).await;
    let reply = mailbox
        .ask("{ webhookDeliveries { nodes { contact { id note { text } } } } }")
        .await;
    let contact = &reply.data()["webhookDeliveries"]["nodes"][0]["contact"];
    assert_eq!(contact["note"]["text"], "Hardman");
    contact["id"].as_str().unwrap().to_owned()
}

/// A field with the arguments that it must have, and ids where it takes any.
fn call(api: &Api, ids: &Ids, of: &str, name: &str) -> String {
    let field = api.field(of, name);
    let arguments: Vec<String> = field
        .arguments
        .iter()
        .filter_map(|argument| Some(format!("{}: {}", argument.name, ids.argument(name, &argument.name)?)))
        .collect();
    assert!(
        field.arguments.iter().filter(|argument| argument.is_required()).count() <= arguments.len(),
        "{of}.{name} needs an argument that this test does not know"
    );
    if arguments.is_empty() {
        name.to_owned()
    } else {
        format!("{name}({})", arguments.join(", "))
    }
}

/// Every query that asks for one field of one type: by the shortest way, and by `node` where the type has ids.
pub(crate) fn queries(api: &Api, ids: &Ids) -> Vec<(String, String)> {
    let (ways, nodes) = (api.ways(), api.nodes());
    let mut queries = Vec::new();
    for (of, way) in &ways {
        for field in api.fields(of) {
            let below = if api.is_composite(field.ty.inner_named_type()) {
                " { __typename }"
            } else {
                ""
            };
            let asked = format!("wanted: {}{below}", call(api, ids, of, &field.name));
            let coordinate = format!("{of}.{}", field.name);
            if of == "Query" || !way.is_empty() {
                let mut at = "Query".to_owned();
                let mut opening = String::new();
                for step in way {
                    opening += &call(api, ids, &at, step);
                    opening += " { ";
                    at = api.field(&at, step).ty.inner_named_type().to_string();
                }
                queries.push((
                    coordinate.clone(),
                    format!("{{ {opening}{asked} {}}}", "} ".repeat(way.len())),
                ));
            }
            if nodes.contains(of) {
                let id = ids.0.get(of).unwrap_or_else(|| panic!("no id of a {of}"));
                queries.push((
                    coordinate.clone(),
                    format!("{{ node(id: {id:?}) {{ ... on {of} {{ {asked} }} }} }}"),
                ));
                queries.push((
                    coordinate.clone(),
                    format!("{{ nodes(ids: [{id:?}]) {{ id ... on {of} {{ {asked} }} }} }}"),
                ));
            }
        }
    }
    queries
}

/// Every argument, filter and ordering of the lists of the query root, each in a query of its own.
fn inputs(api: &Api) -> Vec<(String, String)> {
    let mut queries = Vec::new();
    for field in api.fields("Query") {
        for argument in &field.arguments {
            let of = argument.ty.inner_named_type().as_str();
            let below = if of == "MarkerLookupInput" {
                "status marker { id }"
            } else {
                "totalCount nodes { id }"
            };
            for input in api.inputs(of) {
                let values: Vec<String> = match input.ty.inner_named_type().as_str() {
                    "Boolean" => vec!["true".to_owned()],
                    "Int" => vec!["1990".to_owned()],
                    "NaiveDate" => vec!["\"2026-01-01\"".to_owned()],
                    "String" => vec!["\"Hardman\"".to_owned()],
                    "LookupIdentifierInput" => vec!["[{ system: NINO, value: \"QQ900101A\" }]".to_owned()],
                    other => api.values(other),
                };
                for value in values {
                    let query = format!(
                        "{{ {}({}: {{ {}: {value} }}) {{ {below} }} }}",
                        field.name, argument.name, input.name
                    );
                    // An order needs its field as well.
                    if input.name != "direction" {
                        queries.push((format!("{of}.{}", input.name), query));
                    }
                }
            }
        }
    }
    queries
}

/// Whether anything but the names of types is in a value.
fn holds_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => list.iter().any(holds_something),
        Value::Object(object) => object
            .iter()
            .any(|(key, value)| key != "__typename" && holds_something(value)),
        _ => true,
    }
}

/// Asks for everything; nothing but null may come back, and an account of it.
async fn has_nothing(api: &Api, ids: &Ids, partner: &Partner) {
    let asked: Vec<_> = queries(api, ids).into_iter().chain(inputs(api)).collect();
    assert!(asked.len() > 400, "{} queries are not all", asked.len());
    let covered: BTreeSet<&str> = asked.iter().map(|(coordinate, _)| coordinate.as_str()).collect();
    for of in api.ways().keys() {
        for field in api.fields(of) {
            assert!(
                covered.contains(format!("{of}.{}", field.name).as_str()),
                "{of}.{} is not asked for",
                field.name
            );
        }
    }
    for (coordinate, query) in &asked {
        let reply = partner.ask(query).await;
        assert_eq!(reply.status, 200, "{coordinate}: {query}\n{}", reply.body);
        assert!(
            reply.body.get("errors").is_none(),
            "{coordinate}: {query}\n{}",
            reply.body
        );
        assert!(
            !holds_something(&reply.body["data"]),
            "{coordinate} gave something: {query}\n{}",
            reply.body
        );
        let account = reply.body["extensions"]["disclosure"]["withheld"].as_array();
        let account = account.unwrap_or_else(|| panic!("{coordinate}: no account: {query}\n{}", reply.body));
        assert!(!account.is_empty());
        for entry in account {
            let field = entry["field"].as_str().unwrap();
            assert!(register::find(field).is_some(), "{field} is no field of the register");
            assert!(
                ["NOT_IN_AGREEMENT", "AGREEMENT_NOT_SIGNED"].contains(&entry["reason"].as_str().unwrap()),
                "{entry}"
            );
        }
    }
    // The other two ways of being told, for a part of it.
    for (coordinate, query) in asked.iter().step_by(7) {
        let told = partner.told_by("error").ask(query).await;
        assert!(!holds_something(&told.body["data"]), "{coordinate}: {}", told.body);
        assert!(
            told.body["errors"].as_array().is_some_and(|errors| !errors.is_empty()),
            "{coordinate}: {}",
            told.body
        );
        let failed = partner.told_by("fail").ask(query).await;
        assert_eq!(failed.code(), "NOT_IN_AGREEMENT", "{coordinate}: {}", failed.body);
        assert!(failed.body.get("data").is_none_or(Value::is_null));
    }
}

/// Introspection and the SDL tell nothing of the schema to someone whose ceiling covers none of it.
async fn is_shown_nothing(api: &Api, partner: &Partner) {
    let (status, page) = partner.page("/schema.graphql").await;
    let asked = [
        "{ __schema { types { name fields { name args { name } } inputFields { name } enumValues { name } } } }",
        "{ __type(name: \"Family\") { name fields { name } } }",
        "query { ...f } fragment f on Query { __schema { queryType { fields { name } } } }",
    ];
    let mut told = vec![page];
    for query in asked {
        let reply = partner.ask(query).await;
        assert!(reply.body.get("data").is_none_or(Value::is_null), "{}", reply.body);
        told.push(reply.body.to_string());
    }
    assert_ne!(status, 200);
    for text in told {
        for of in api
            .ways()
            .keys()
            .filter(|of| *of != "Query" && *of != "Agreement" && *of != "Agency")
        {
            let words = text.split(|c: char| !c.is_alphanumeric());
            assert!(!words.clone().any(|word| word == of), "{of} is named in {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_with_nothing_gets_nothing_from_any_field() {
    let (database, data) = (TestDatabase::sqlite().await, with_emergency());
    let app = App::start(&database).await;
    add_emergency(&app, &data).await;
    let api = Api::new();
    let ids = Ids::of(&app, &data).await;
    // An agency that has not signed; one that has, for a purpose that no clause speaks of for it; and a role that none speaks of.
    for partner in [
        app.partner("ely-academy", "practitioner", "education_support"),
        app.partner("cambs-police", "practitioner", "research"),
        app.partner("cambs-health", "agreement_manager", "health_care"),
    ] {
        has_nothing(&api, &ids, &partner).await;
        is_shown_nothing(&api, &partner).await;
    }
}

/// The worked families; and an emergency access, which they have none of.
pub(crate) fn with_emergency() -> Dataset {
    let mut data = demo::worked(today().date_naive());
    let family = data
        .families
        .iter()
        .find(|family| family.reference == demo::HARDMAN_REFERENCE)
        .unwrap();
    let police = data
        .agencies
        .iter()
        .find(|agency| agency.code == "cambs-police")
        .unwrap();
    if !data
        .emergency_accesses
        .iter()
        .any(|row| row.authority_id == demo::CAMBRIDGESHIRE)
    {
        data.emergency_accesses.push(thinkfamily::records::EmergencyAccessRow {
            authority_id: demo::CAMBRIDGESHIRE,
            id: Uuid::from_u128(0xe),
            family_id: family.id,
            agency_id: police.id,
            subject: "an-officer".to_owned(),
            ground: thinkfamily::records::EmergencyGround::Safeguarding,
            justification: "Made up.".to_owned(),
            opened_at: today() - chrono::TimeDelta::hours(1),
            expires_at: today() + chrono::TimeDelta::hours(7),
            closed_at: None,
        });
    }
    data
}

pub(crate) async fn add_emergency(app: &App, data: &Dataset) {
    let known = demo::worked(today().date_naive()).emergency_accesses;
    let new = data
        .emergency_accesses
        .iter()
        .filter(|row| !known.contains(row))
        .cloned()
        .collect();
    let new = Dataset {
        emergency_accesses: new,
        ..Dataset::default()
    };
    thinkfamily::store::bulk::load(app.store.databases(), &new, &mut |_| {})
        .await
        .unwrap();
}

/// The ceiling that the demonstration agreement gives someone.
fn ceiling(data: &Dataset, agency: &str, role: &str, purpose: &str, subject: &str) -> Ceiling {
    let codes = data.agencies.iter().map(|agency| agency.code.clone()).collect();
    let (_, agreement) = agreement_file::parse(demo::CAMBRIDGESHIRE_AGREEMENT, &catalogue::known(codes)).unwrap();
    let row = data.agencies.iter().find(|row| row.code == agency).unwrap();
    let caller = Caller {
        authority: demo::CAMBRIDGESHIRE,
        authority_code: "cambridgeshire".to_owned(),
        principal: Party {
            agency: row.id,
            agency_code: row.code.clone(),
            agency_kind: row.kind.clone(),
            role: role.to_owned(),
            subject: subject.to_owned(),
        },
        portal: None,
        client: "test-client".to_owned(),
        purpose: purpose.to_owned(),
        purposes: vec![purpose.to_owned()],
    };
    Ceiling::of(
        &Policy {
            agreements: vec![agreement],
        },
        Arc::new(caller),
        today().date_naive(),
    )
}

/// Every value that the response key `wanted` has in an answer.
pub(crate) fn wanted<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| wanted(value, found)),
        Value::Object(object) => {
            for (key, value) in object {
                if key == "wanted" {
                    found.push(value);
                } else {
                    wanted(value, found);
                }
            }
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_gets_a_field_beyond_its_ceiling() {
    let (database, data) = (TestDatabase::sqlite().await, with_emergency());
    let app = App::start(&database).await;
    add_emergency(&app, &data).await;
    let api = Api::new();
    let ids = Ids::of(&app, &data).await;
    let queries = queries(&api, &ids);
    let (mut given, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for (agency, role, purpose, subject) in [
        (
            "cambs-early-help",
            "lead_professional",
            "family_support",
            demo::LEAD_SUBJECT,
        ),
        ("cambs-police", "practitioner", "safeguarding", "an-officer"),
        ("jcp-cambridge", "practitioner", "employment_support", "a-coach"),
        ("tff-team", "coordinator", "programme_management", "a-coordinator"),
        ("tff-team", "data_analyst", "performance_analysis", "an-analyst"),
        ("internal-audit", "auditor", "audit", "an-auditor"),
    ] {
        let partner = app.partner_named("cambridgeshire", agency, role, purpose, subject);
        let ceiling = ceiling(&data, agency, role, purpose, subject);
        for (coordinate, query) in &queries {
            let field = register::find(coordinate).unwrap();
            let reply = partner.ask(query).await;
            let mut values = Vec::new();
            wanted(reply.data(), &mut values);
            if ceiling.covers(field.id) {
                if values.iter().any(|value| !value.is_null()) {
                    given.insert(coordinate.clone());
                }
                continue;
            }
            assert!(
                values.iter().all(|value| value.is_null()),
                "{agency} {role} got {coordinate}: {query}\n{}",
                reply.body
            );
            refused.insert(coordinate.clone());
            // Either it is told of itself, or of something on the way to it; never that there is nothing.
            let account = reply.body["extensions"]["disclosure"]["withheld"].as_array();
            if !values.is_empty() {
                assert_eq!(
                    reply.withheld(coordinate),
                    ["NOT_IN_AGREEMENT"],
                    "{agency} {role}: {query}\n{}",
                    reply.body
                );
            } else if let Some(account) = account {
                assert!(!account.is_empty());
            }
        }
    }
    assert!(
        given.len() > 200,
        "only {} fields were given to anyone: {given:?}",
        given.len()
    );
    assert!(
        refused.len() > 100,
        "only {} fields were refused to anyone",
        refused.len()
    );
}
