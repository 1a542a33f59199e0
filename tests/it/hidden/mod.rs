//! What is hidden and what is not there are asked for by every root field and argument, and seen alike: the same bytes, the same statements, the same change of every
//! counter, the same entries of the trail. Made from the schema: what is new in it must be told apart first.

pub(crate) mod seen;
mod table;
mod target;

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use thinkfamily::store::connect::Databases;

use self::{
    seen::{Looking, Seen},
    table::Names,
    target::Target,
};
use crate::support::{
    api::Api,
    app::{App, Partner},
    changes::Tried,
    database::{TestDatabase, on_both},
};

/// A way to hide the family, how it is undone, and who it is hidden from.
struct Hiding {
    name: &'static str,
    by: &'static [&'static str],
    undone_by: &'static [&'static str],
    from: &'static [(&'static str, &'static str, &'static str)],
    /// Whether all of it is hidden; else some rows of it are.
    wholly: bool,
}

const POLICE: (&str, &str, &str) = ("cambs-police", "marker_lookup", "safeguarding");
const OFFICER: (&str, &str, &str) = ("cambs-police", "practitioner", "safeguarding");
const SOCIAL_WORKER: (&str, &str, &str) = ("cambs-social-care", "practitioner", "safeguarding");
const LEAD: (&str, &str, &str) = ("cambs-early-help", "lead_professional", "family_support");
const MAILBOX: (&str, &str, &str) = ("cambs-early-help", "manager", "family_support");
const OTHERS: (&str, &str, &str) = ("cambs-social-care", "manager", "safeguarding");
const JOBCENTRE: (&str, &str, &str) = ("jcp-cambridge", "practitioner", "employment_support");

const AGREEMENT_MANAGER: (&str, &str, &str) = ("tff-team", "agreement_manager", "agreement_management");

const OF_FAMILY: &str = "(SELECT id FROM family WHERE reference = 'TF-10001')";

const HIDINGS: [Hiding; 4] = [
    Hiding {
        name: "no consent any more",
        by: &[NO_CONSENT],
        undone_by: &[CONSENT],
        from: &[POLICE, JOBCENTRE],
        wholly: true,
    },
    Hiding {
        name: "not on the cohort",
        by: &["UPDATE family SET closed_on = '2026-06-14' WHERE id IN OF"],
        undone_by: &["UPDATE family SET closed_on = NULL WHERE id IN OF"],
        from: &[POLICE],
        wholly: true,
    },
    Hiding {
        name: "of others",
        by: &[
            NO_CONSENT,
            "UPDATE involvement SET ended_on = '2026-06-14' WHERE ended_on IS NULL AND family_id IN OF",
            "UPDATE lead_professional SET valid_until = '2026-06-14' WHERE valid_until IS NULL AND family_id IN OF",
        ],
        undone_by: &[
            CONSENT,
            "UPDATE involvement SET ended_on = NULL WHERE ended_on = '2026-06-14' AND family_id IN OF",
            "UPDATE lead_professional SET valid_until = NULL WHERE valid_until = '2026-06-14' AND family_id IN OF",
        ],
        from: &[LEAD, MAILBOX],
        wholly: true,
    },
    Hiding {
        name: "shielded",
        by: &["UPDATE person SET shielded = true WHERE id IN (SELECT person_id FROM membership WHERE family_id IN OF)"],
        undone_by: &[
            "UPDATE person SET shielded = false WHERE id IN (SELECT person_id FROM membership WHERE family_id IN OF)",
        ],
        from: &[SOCIAL_WORKER],
        wholly: false,
    },
];

const NO_CONSENT: &str = "UPDATE consent SET expires_on = '2026-06-13' WHERE expires_on IS NULL AND family_id IN OF";
const CONSENT: &str = "UPDATE consent SET expires_on = NULL WHERE expires_on = '2026-06-13' AND family_id IN OF";

fn partner(app: &App, (agency, role, purpose): (&str, &str, &str)) -> Partner {
    if role == "lead_professional" {
        app.lead_professional()
    } else {
        app.partner(agency, role, purpose)
    }
}

/// Has an endpoint told of a contact with the family, so that there are such rows.
async fn report(app: &App) {
    // An endpoint of whoever asks, and one of others.
    for (who, host) in [(MAILBOX, "hooks"), (OTHERS, "others")] {
        let add = format!(
            "mutation {{ addWebhookEndpoint(input: {{ url: \"https://{host}.example.org/\" }}) {{ errors {{ message }} }} }}"
        );
        let reply = partner(app, who).ask(&add).await;
        assert_eq!(reply.data()["addWebhookEndpoint"]["errors"], json!([]), "{host}");
    }
    let contact = "mutation($m: ID!) { recordContact(input: { markerId: $m, kind: VISIT, occurredAt: \"2026-06-15T11:00:00Z\", \
                   urgency: SOON }) { errors { message } } }";
    let marker = Target::marker(app.store.databases()).await;
    let reply = partner(app, POLICE).ask_with(contact, json!({ "m": marker })).await;
    assert_eq!(reply.data()["recordContact"]["errors"], json!([]));
    let open = "mutation($f: ID!) { openEmergencyAccess(input: { familyId: $f, ground: SAFEGUARDING, \
                justification: \"A made-up reason of some length.\" }) { errors { message } } }";
    let (agency, role, purpose) = OFFICER;
    let somebody = app.partner_named("cambridgeshire", agency, role, purpose, "the-only-one");
    let family = Target::family_id(app.store.databases()).await;
    let reply = somebody.ask_with(open, json!({ "f": family })).await;
    assert_eq!(reply.data()["openEmergencyAccess"]["errors"], json!([]));
}

async fn change(databases: &Databases, statements: &[&str]) {
    for statement in statements {
        let statement = statement.replace("OF", OF_FAMILY);
        let changed = databases.main().execute_unprepared(&statement).await.unwrap();
        assert!(changed.rows_affected() > 0, "{statement}");
    }
}

/// A question: its document, and what of a family stands in its variable.
struct Question {
    path: String,
    document: String,
    names: Names,
    value: Box<dyn Fn(&Target) -> Value>,
}

/// A filter by a field. Of a range, both ends are there, so that one family alone lies within it.
fn filter(field: &str) -> String {
    match field {
        field if field.ends_with("From") => format!("{field}: $v, {}Until: $v", field.trim_end_matches("From")),
        field if field.ends_with("Until") => format!("{}From: $v, {field}: $v", field.trim_end_matches("Until")),
        field => format!("{field}: $v"),
    }
}

fn questions(api: &Api, there: &Target) -> Vec<Question> {
    let mut all = Vec::new();
    for (path, names, of) in table::aimed(api) {
        let parts: Vec<&str> = path.split('.').collect();
        let (operation, root) = (parts[0].to_lowercase(), parts[1]);
        let mut add = |document: String, value: Box<dyn Fn(&Target) -> Value>| {
            all.push(Question {
                path: path.clone(),
                document,
                names,
                value,
            });
        };
        match names {
            Names::AnyId => {
                for kind in there.kinds() {
                    if root == "node" {
                        let document = "query($v: ID!) { node(id: $v) { __typename id } }";
                        add(document.to_owned(), Box::new(move |of| of.id(kind)));
                    } else if ["Family", "Address", "Consent"].contains(&kind) {
                        let document =
                            "query($v: [ID!]!) { nodes(ids: $v) { __typename id ... on Member { givenName } } }";
                        add(
                            document.to_owned(),
                            Box::new(move |of| json!([of.id("Family"), of.id(kind), of.id("Plan")])),
                        );
                    }
                }
            }
            Names::Id(kind) => {
                if operation == "mutation" {
                    let tried = Tried::of(api, root);
                    add(tried.document.clone(), Box::new(move |of| tried.input(|_| of.id(kind))));
                } else {
                    let shown = match root {
                        "disclosures" => "nodes { at kind }",
                        _ => "id __typename",
                    };
                    let more = if root == "family" {
                        "reference members { givenName } plan { status }"
                    } else {
                        ""
                    };
                    add(
                        format!("query($v: ID!) {{ {root}({}: $v) {{ {shown} {more} }} }}", parts[2]),
                        Box::new(move |of| of.id(kind)),
                    );
                }
            }
            Names::Reference if root == "family" => {
                let small = "query($v: String!) { family(reference: $v) { id } }";
                let large = "query($v: String!) { family(reference: $v) { reference members { givenName consents { category } } plan { status } \
                             involvements { agency { name } } } }";
                let aliases: Vec<String> = (0..20)
                    .map(|n| format!("f{n}: family(reference: $v) {{ id hasPlan }}"))
                    .collect();
                let many = format!("query($v: String!) {{ {} }}", aliases.join(" "));
                for document in [small, large, &many] {
                    add(document.to_owned(), Box::new(|of| json!(of.reference)));
                }
            }
            Names::Reference => {
                for (filter, shown) in [
                    ("", "totalCount nodes { id }"),
                    (", hasPlan: true", "nodes { reference members { givenName } }"),
                ] {
                    let document =
                        format!("query($v: String!) {{ {root}(filter: {{ reference: $v{filter} }}) {{ {shown} }} }}");
                    add(document, Box::new(|of| json!(of.reference)));
                }
            }
            Names::After(table) => {
                let list = root.to_owned();
                for (size, shown) in [(1, "nodes { id }"), (3, "nodes { id } pageInfo { hasNextPage }")] {
                    let document = format!("query($v: String!) {{ {root}(first: {size}, after: $v) {{ {shown} }} }}");
                    let list = list.clone();
                    add(document, Box::new(move |of| of.cursor(&list, table)));
                }
            }
            Names::Before(table) => {
                let list = root.to_owned();
                let document = format!("query($v: String!) {{ {root}(last: 2, before: $v) {{ nodes {{ id }} }} }}");
                add(document, Box::new(move |of| of.cursor(&list, table)));
            }
            Names::Value(table, column) => {
                let filter = filter(parts[3]);
                let document =
                    format!("query($v: {of}!) {{ {root}(filter: {{ {filter} }}) {{ totalCount nodes {{ id }} }} }}");
                add(document, Box::new(move |of| of.value(table, column)));
            }
            Names::Nothing(_) => {}
        }
    }
    all
}

#[test]
fn every_argument_of_the_schema_is_told_apart() {
    assert!(table::aimed(&Api::new()).len() > 40);
}

async fn hidden_and_absent_are_seen_alike(database: &TestDatabase) {
    let app = App::start(database).await;
    let databases = app.store.databases();
    report(&app).await;
    let api = Api::new();
    let aimed: Vec<_> = table::aimed(&api)
        .into_iter()
        .filter_map(|(_, names, _)| match names {
            Names::Value(table, column) => Some((table, column)),
            _ => None,
        })
        .collect();
    let there = Target::there(databases, &aimed).await;
    let gone = Target::gone(&there);
    let questions = questions(&api, &there);
    let mut looking = Looking::at(&app).await;
    let named = |question: &Question| [&there, &gone].map(|of| json!({ "v": (question.value)(of) }));

    // Somebody may see the family before it is hidden, and sees something else than of one that is not there: else the questions would prove nothing.
    let mut told: BTreeMap<&str, bool> = BTreeMap::new();
    for question in questions
        .iter()
        .filter(|question| question.document.starts_with("query"))
    {
        let told = told.entry(&question.path).or_default();
        for who in [POLICE, OFFICER, SOCIAL_WORKER, LEAD, AGREEMENT_MANAGER] {
            if !*told {
                let (asking, [one, other]) = (partner(&app, who), named(question));
                let one = looking.ask(&asking, &question.document, &one).await;
                let other = looking.ask(&asking, &question.document, &other).await;
                *told = one.body != other.body;
            }
        }
    }
    // What comes after a row is the same whether it is there or not.
    let untold = told
        .iter()
        .filter(|(path, told)| !**told && path.rsplit('.').next() != Some("after"));
    let untold: Vec<&str> = untold.map(|(path, _)| *path).collect();
    assert!(untold.is_empty(), "nobody was told of the family by these: {untold:?}");

    for hiding in &HIDINGS {
        change(databases, hiding.by).await;
        let mut compared = 0;
        for who in hiding.from {
            let asking = partner(&app, *who);
            // What was written by hand is noticed by the first question after it, whatever that is.
            let first = "{ families(first: 1) { nodes { id leadProfessional { agency { name } } } } }";
            looking.ask(&asking, first, &json!({})).await;
            // Whoever makes the first change in a while tidies up what was counted long ago.
            for change in api.fields("Mutation") {
                let tried = Tried::of(&api, &change.name);
                let nothing = json!({ "v": tried.input(|_| json!("none")) });
                looking.ask(&asking, &tried.document, &nothing).await;
            }
            let asked = questions
                .iter()
                .filter(|question| hiding.wholly || question.path == "Query.node.id");
            for (number, question) in asked.enumerate() {
                let [hidden, absent] = named(question);
                // Each twice: the first time something may be learnt that is then known. Which comes first takes turns.
                for round in 0..2 {
                    let (one, other) = if number % 2 == 0 {
                        (&hidden, &absent)
                    } else {
                        (&absent, &hidden)
                    };
                    let one = looking.ask(&asking, &question.document, one).await;
                    let other = looking.ask(&asking, &question.document, other).await;
                    let is_given = |seen: &Seen| !seen.body.contains("\"node\":null");
                    if !hiding.wholly && (is_given(&one) || is_given(&other)) {
                        continue;
                    }
                    let (at, document) = (&question.path, &question.document);
                    if round > 0 || question.names.is_of_one_family() {
                        assert_eq!(
                            one, other,
                            "{}, {who:?}: {at}, asked {round} times before\n{document}",
                            hiding.name
                        );
                        compared += 1;
                    }
                }
            }
        }
        assert!(
            compared > if hiding.wholly { 100 } else { 1 },
            "{}: {compared}",
            hiding.name
        );
        change(databases, hiding.undone_by).await;
    }
}
on_both!(hidden_and_absent_are_seen_alike);
