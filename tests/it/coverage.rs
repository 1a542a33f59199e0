//! Every field of the schema is asked for by callers with nothing, who get nothing, and by callers with something, who get nothing beyond
//! their ceiling. No field is exempt.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use apollo_compiler::ast::FieldDefinition;
use serde_json::Value;
use thinkfamily::{
    catalogue, demo,
    graphql::ids::{Codec, Key, Kind},
    records::{Cell, Table},
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

/// What none of the callers below is given, and why: fields, or all of a type.
const GIVEN_TO_NOBODY: [(&str, &[&str]); 9] = [
    (
        "the families and the agreement that these queries come to have none today",
        &[
            "Address.line2",
            "Address.validUntil",
            "Agreement.effectiveTo",
            "Consent.decidedByAgency",
            "Consent.expiresOn",
            "Consent.purposes",
            "CriteriaMatch.evidenceUntil",
            "Family.closedOn",
            "Involvement.contactEmail",
            "LeadProfessional.until",
            "MarkerPlacement.removedOn",
            "Member.disability",
            "Member.educationSetting",
            "Member.email",
            "Member.expectedOn",
            "Member.memberUntil",
            "Plan.closedOn",
            "Plan.closure",
            "Signatory.withdrawnOn",
        ],
    ),
    (
        "nobody of the demonstration has a birthday soon or has joined lately: tests/it/lists/todo.rs",
        &[
            "Todo.dueOn",
            "Todo.family",
            "Todo.kind",
            "Todo.member",
            "TodoEdge.cursor",
            "TodoEdge.node",
        ],
    ),
    (
        "they are given no numbers: tests/it/lookups/numbers.rs",
        &["LocalIdentifier.*", "Member.identifiers"],
    ),
    (
        "they look nobody up: tests/it/lookups/list.rs",
        &["Lookup.*", "LookupEdge.*"],
    ),
    (
        "they open no emergency that is told of: tests/it/mutations/emergency_alerts.rs",
        &["Alert.family"],
    ),
    (
        "they have no endpoints: tests/it/webhooks",
        &[
            "AlertEndpoint.*",
            "WebhookDelivery.*",
            "WebhookDeliveryEdge.*",
            "WebhookEndpoint.*",
        ],
    ),
    ("they ask without a name", &["Disclosure.operationName"]),
    ("nothing is wrong with what they ask", &["UserError.*"]),
    ("they come through no portal", &["Viewer.portal"]),
];

/// Whether a field is listed by itself or with its type.
fn is_listed(listed: &str, coordinate: &str) -> bool {
    match listed.strip_suffix('*') {
        Some(of) => coordinate.starts_with(of),
        None => coordinate == listed,
    }
}

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
            let row = row.unwrap_or_else(|| panic!("the demonstration has no {kind:?}: give it one in src/demo"));
            ids.insert(
                format!("{kind:?}"),
                codec.id(demo::CAMBRIDGESHIRE, Key { kind, family, row }),
            );
        };
        add(Kind::Marker, family.id, Some(family.id));
        // What is not in the demonstration is made below.
        for table in Table::ALL.iter().filter(|table| **table != Table::Contact) {
            if let Some(kind) = table.object().and_then(Kind::of_type) {
                let (family, row) = first(data, *table, family.id);
                add(kind, family, row);
            }
        }
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

    /// The id that an argument of a field is about: of what the field gives, or of what the argument is called by.
    fn argument(&self, field: &FieldDefinition, argument: &str) -> Option<String> {
        let of = match (field.name.as_str(), argument) {
            ("node", "id") => "Plan",
            ("nodes", "ids") => return Some(format!("[{:?}, {:?}]", self.0["Family"], self.0["Consent"])),
            (_, "id") => field.ty.inner_named_type().as_str(),
            (_, "familyId") => "Family",
            ("markerLookup", "input") => return Some(self.0["question"].clone()),
            ("markerLookups", "inputs") => return Some(format!("[{}]", self.0["question"])),
            _ => return None,
        };
        let id = self
            .0
            .get(of)
            .unwrap_or_else(|| panic!("no id of a {of} for {}", field.name));
        Some(format!("{id:?}"))
    }
}

/// A row of a family where it has one, or of any other of the authority else, and its family where it is of one.
fn first(data: &Dataset, table: Table, family: Uuid) -> (Uuid, Option<Uuid>) {
    let key = |cells: &[Cell], name: &str| {
        let at = table.columns().iter().position(|column| column.name == name)?;
        match &cells[at] {
            Cell::Key(key) => *key,
            _ => None,
        }
    };
    let number = Cell::Number(Some(demo::CAMBRIDGESHIRE));
    let rows: Vec<Vec<Cell>> = data
        .cells(table)
        .into_iter()
        .filter(|cells| cells[0] == number)
        .collect();
    let of_family = |cells: &&Vec<Cell>| [key(cells, "family_id"), key(cells, "id")].contains(&Some(family));
    let row = rows.iter().find(of_family).or_else(|| rows.first());
    let of = row.and_then(|cells| key(cells, if table == Table::Family { "id" } else { "family_id" }));
    (of.unwrap_or_default(), row.and_then(|cells| key(cells, "id")))
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
        .filter_map(|argument| Some(format!("{}: {}", argument.name, ids.argument(field, &argument.name)?)))
        .collect();
    assert!(
        field.arguments.iter().filter(|argument| argument.is_required()).count() <= arguments.len(),
        "{of}.{name} needs an argument that `Ids::argument` does not know"
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
                let id = ids
                    .0
                    .get(of)
                    .unwrap_or_else(|| panic!("make a {of} in `Ids::of`, which has no table with ids of its own"));
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
                "totalCount nodes { __typename }"
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
                assert!(!values.is_empty(), "say here what {of}.{} may be", input.name);
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
    let (database, data) = (TestDatabase::sqlite().await, demo::worked(today().date_naive()));
    let app = App::start(&database).await;
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
    let (database, data) = (TestDatabase::sqlite().await, demo::worked(today().date_naive()));
    let app = App::start(&database).await;
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
    let asked: BTreeSet<&str> = queries.iter().map(|(coordinate, _)| coordinate.as_str()).collect();
    let not_given: Vec<&str> = asked.into_iter().filter(|asked| !given.contains(*asked)).collect();
    let listed: Vec<&str> = GIVEN_TO_NOBODY
        .iter()
        .flat_map(|(_, listed)| *listed)
        .copied()
        .collect();
    let unlisted = not_given
        .iter()
        .filter(|field| !listed.iter().any(|listed| is_listed(listed, field)));
    let unlisted: Vec<_> = unlisted.collect();
    assert!(
        unlisted.is_empty(),
        "nobody is given these: put something in them in src/demo, ask as somebody who is given them, or say in `GIVEN_TO_NOBODY` why: {unlisted:?}"
    );
    let needless = listed
        .iter()
        .filter(|listed| !not_given.iter().any(|field| is_listed(listed, field)));
    let needless: Vec<_> = needless.collect();
    assert!(
        needless.is_empty(),
        "somebody is given these: leave them out of `GIVEN_TO_NOBODY`: {needless:?}"
    );
    assert!(
        refused.len() > 100,
        "only {} fields were refused to anyone",
        refused.len()
    );
}
