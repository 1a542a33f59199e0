//! Planted values are in no log, counter, error or entry of the trail, whatever is asked and however badly.
//!
//! Every personal text in the database, and every text that the requests carry, contains the word [`CANARY`]. The program runs with the
//! log at its most talkative; then everything it gave away, but for the answers that may disclose, is searched for that word and for the
//! text of the tokens.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use thinkfamily::{demo, store::connect::Databases};

use crate::support::{
    client::{Answer, Client},
    database::{TestDatabase, on_both},
    process::{Site, someone},
    trail,
};

/// In every planted value. No word of ours contains it, in capitals or not.
const CANARY: &str = "zqcanary";

/// Every column of the database that holds a personal text. Where texts must differ, the old one stays behind the canary.
const COLUMNS: [(&str, &[&str]); 13] = [
    (
        "person",
        &[
            "given_name",
            "family_name",
            "ethnicity",
            "disability",
            "employment_status",
            "education_setting",
            "phone",
            "email",
        ],
    ),
    ("family", &["district", "ward", "locality", "reach_area"]),
    ("address", &["line1", "line2", "town", "postcode"]),
    ("local_identifier", &["value"]),
    (
        "involvement",
        &["service_team", "contact_name", "contact_phone", "contact_email"],
    ),
    ("lead_professional", &["name", "phone", "email", "team"]),
    ("criteria_match", &["evidence"]),
    ("goal", &["description"]),
    ("action", &["description"]),
    ("outcome", &["indicator", "baseline", "forecast", "result", "evidence"]),
    ("marker", &["system"]),
    ("emergency_access", &["justification"]),
    ("family", &["reference"]),
];

async fn plant(databases: &Databases) {
    for (table, columns) in COLUMNS {
        for column in columns {
            let sql =
                format!("UPDATE {table} SET {column} = '{CANARY}-{column}-' || {column} WHERE {column} IS NOT NULL");
            let planted = databases.main().execute_unprepared(&sql).await.unwrap().rows_affected();
            let unused = ["line2", "contact_email", "disability"].contains(column);
            assert!(planted > 0 || unused, "nothing planted in {table}.{column}");
        }
    }
}

/// All that was given away and may not hold a canary, with what it was.
#[derive(Default)]
struct Given(Vec<(String, String)>);

impl Given {
    fn add(&mut self, what: impl Into<String>, text: impl Into<String>) {
        self.0.push((what.into(), text.into()));
    }

    /// An answer that must be a refusal or a list of errors without data.
    #[track_caller]
    fn refusal(&mut self, what: &str, answer: Option<Answer>) {
        let answer = answer.unwrap_or_else(|| panic!("{what}: no answer"));
        let body = answer.json();
        assert!(
            answer.status >= 400 || body.get("errors").is_some(),
            "{what}: {} {}",
            answer.status,
            answer.text()
        );
        self.add(what, answer.text());
    }

    /// The errors and the account of an answer that may hold data.
    fn errors(&mut self, what: &str, answer: Option<Answer>) {
        let body = answer.unwrap_or_else(|| panic!("{what}: no answer")).json();
        self.add(what, json!([body.get("errors"), body.get("extensions")]).to_string());
    }

    /// Looks for the words in all of it, as they are and in the disguises that programs put on them.
    fn search(&self, words: &[String]) {
        for word in words {
            let plain = word.to_lowercase();
            let percent: String = plain.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let hexadecimal: String = plain.bytes().map(|byte| format!("{byte:02x}")).collect();
            // The middle of it, in each of the three ways in which it can lie across the digits.
            let inner = [0, 1, 2].map(|skip| {
                let whole = STANDARD.encode(&word.as_bytes()[skip..]);
                whole[..whole.len() / 4 * 4 - 4].to_owned()
            });
            for (what, text) in &self.0 {
                let lower = text.to_lowercase();
                for sought in [&plain, &percent, &hexadecimal] {
                    if let Some(at) = lower.find(sought) {
                        panic!(
                            "{what} holds {sought}: …{}…",
                            lower[at.saturating_sub(300)..].chars().take(600).collect::<String>()
                        );
                    }
                }
                for sought in &inner {
                    assert!(!text.contains(sought), "{what} holds {word} in base64: {text}");
                }
            }
        }
    }
}

fn query(text: &str) -> String {
    json!({ "query": text }).to_string()
}

/// Operations that are executed and disclose or withhold: only their errors and accounts are searched.
async fn good_requests(given: &mut Given, lead: &Client, police: &Client) {
    let reference = format!("{CANARY}-reference-{}", demo::HARDMAN_REFERENCE);
    let whole = "query($of: String!, $name: String) { family(reference: $of) { reference district members { givenName phone identifiers { value } }
        addresses { line1 } involvements { contactName } criteriaMatches { evidence } plan { goals { description actions { description } } }
        outcomes { indicator evidence } markers { system } leadProfessional { name email } disclosures(first: 5) { nodes { subject } } }
        members(filter: { familyName: $name, employmentStatus: $name }, orderBy: { field: FAMILY_NAME }) { totalCount pageInfo { endCursor } } }";
    let variables = json!({ "of": reference, "name": format!("{CANARY} name") });
    let answer = lead.post(whole, variables.clone()).await.unwrap();
    assert!(
        answer.text().contains(&format!("{CANARY}-given_name-Dawn")),
        "what was planted is there to be leaked: {}",
        answer.text()
    );
    given.errors("a whole family", Some(answer));
    for mode in ["report", "error", "fail"] {
        let body = json!({ "query": whole, "variables": variables }).to_string();
        let answer = police.send(&[("x-withheld", mode)], body).await;
        given.errors(&format!("the police, x-withheld: {mode}"), answer);
    }
    let ordered = "{ members(first: 3, orderBy: { field: FAMILY_NAME }) { pageInfo { endCursor } nodes { id } } }";
    let page = lead.post(ordered, json!({})).await.unwrap();
    given.add("ids and cursors", page.text());
    let literal = format!(
        "{{ families(filter: {{ district: \"{CANARY}\", ward: \"{CANARY}\" }}) {{ totalCount nodes {{ id }} }} }}"
    );
    given.add("an empty page", lead.post(&literal, json!({})).await.unwrap().text());
}

/// Requests that are wrong in every way we could think of, each with a canary in it.
async fn bad_requests(given: &mut Given, url: &str, lead: &Client, good_token: &str) {
    let documents = [
        ("not GraphQL", format!("{{ {CANARY}")),
        (
            "a string that does not end",
            format!("{{ family(reference: \"{CANARY}) {{ id }} }}"),
        ),
        ("an unknown field", format!("{{ {CANARY} }}")),
        (
            "an unknown field of a family",
            format!("{{ families {{ nodes {{ {CANARY} }} }} }}"),
        ),
        (
            "an unknown argument",
            format!("{{ families({CANARY}: 1) {{ totalCount }} }}"),
        ),
        (
            "an unknown input field",
            format!("{{ families(filter: {{ {CANARY}: \"x\" }}) {{ totalCount }} }}"),
        ),
        (
            "an unknown enum value",
            format!("{{ families(orderBy: {{ field: {CANARY} }}) {{ totalCount }} }}"),
        ),
        (
            "a wrong date",
            format!("{{ families(filter: {{ attachedFrom: \"{CANARY}\" }}) {{ totalCount }} }}"),
        ),
        (
            "a wrong number",
            format!("{{ families(first: \"{CANARY}\") {{ totalCount }} }}"),
        ),
        ("a wrong id", format!("{{ node(id: \"{CANARY}\") {{ id }} }}")),
        ("wrong ids", format!("{{ nodes(ids: [\"{CANARY}\"]) {{ id }} }}")),
        (
            "a wrong cursor",
            format!("{{ families(after: \"{CANARY}\") {{ totalCount }} }}"),
        ),
        ("an unknown fragment", format!("{{ ...{CANARY} }}")),
        (
            "an unknown type",
            format!("{{ node(id: \"x\") {{ ... on {CANARY} {{ id }} }} }}"),
        ),
        ("an unknown directive", format!("{{ viewer @{CANARY} {{ role }} }}")),
        (
            "an undeclared variable",
            format!("{{ family(reference: ${CANARY}) {{ id }} }}"),
        ),
        (
            "a variable of an unknown type",
            format!("query($v: {CANARY}) {{ family(reference: $v) {{ id }} }}"),
        ),
        (
            "a selection on a text",
            format!("{{ viewer {{ subject {{ {CANARY} }} }} }}"),
        ),
        (
            "a long text",
            format!(
                "{{ families(filter: {{ district: \"{}\" }}) {{ totalCount }} }}",
                CANARY.repeat(40)
            ),
        ),
        ("a subscription", format!("subscription {{ {CANARY} }}")),
        (
            "a mutation",
            format!("mutation {{ {CANARY}(input: {{ reason: \"{CANARY}\" }}) {{ x }} }}"),
        ),
        (
            "a comment and a null",
            format!("# {CANARY}\n{{ family(id: null, reference: null) {{ id }} }}"),
        ),
        (
            "too many aliases",
            (0..200)
                .map(|n| format!(" {CANARY}{n}: viewer {{ role }}"))
                .fold("{".to_owned(), |all, one| all + &one)
                + " }",
        ),
        (
            "too deep",
            format!("{} {CANARY} {}", "{ a".repeat(200), "}".repeat(200)),
        ),
    ];
    for (what, document) in &documents {
        given.refusal(what, lead.send(&[], query(document)).await);
    }
    let family = "query($v: String!) { family(reference: $v) { id } }";
    let variables = [
        (
            "a variable of a wrong type",
            json!({ "query": family, "variables": { "v": { CANARY: CANARY } } }),
        ),
        (
            "variables that are a list",
            json!({ "query": family, "variables": [CANARY] }),
        ),
        (
            "a missing variable",
            json!({ "query": family, "variables": { CANARY: CANARY } }),
        ),
        (
            "a wrong operation",
            json!({ "query": "query A { viewer { role } } query B { viewer { role } }", "operationName": CANARY }),
        ),
        ("a query that is no text", json!({ "query": { CANARY: 1 } })),
        ("a batch", json!([{ "query": CANARY }])),
        (
            "an oversize body",
            json!({ "query": family, "variables": { "v": CANARY.repeat(200_000) } }),
        ),
        (
            "an oversize document",
            json!({ "query": format!("{{ viewer {{ role }} }} # {}", CANARY.repeat(10_000)) }),
        ),
    ];
    for (what, body) in variables {
        let mut answer = None;
        // A server need not read what is too large to its end, and a client that is still sending may then miss the answer.
        for _ in 0..20 {
            if answer.is_none() {
                answer = Client::new(url, good_token).send(&[], body.to_string()).await;
            }
        }
        given.refusal(what, answer);
    }
    for (what, body) in [
        ("not JSON", format!("{{\"query\": {CANARY}")),
        ("not UTF-8", format!("\u{0}{CANARY}")),
    ] {
        given.refusal(what, lead.send(&[], body).await);
    }
    let (head, _) = good_token.rsplit_once('.').unwrap();
    let claims = STANDARD.encode(json!({ "iss": CANARY, "sub": CANARY }).to_string());
    for (what, token) in [
        ("a token that is none", CANARY.to_owned()),
        ("a token of an unknown issuer", format!("{head}.{claims}.{CANARY}")),
        ("an unsigned token", format!("{head}.")),
        ("a token with a wrong signature", format!("{head}.{CANARY}")),
        ("a very long token", format!("{good_token}{}", CANARY.repeat(2000))),
    ] {
        given.refusal(
            what,
            Client::new(url, &token).send(&[], query("{ viewer { role } }")).await,
        );
    }
    for (name, status) in [
        ("x-purpose-of-use", 403),
        ("x-withheld", 400),
        ("content-encoding", 415),
        ("authorization", 401),
    ] {
        let answer = lead.send(&[(name, CANARY)], query("{ viewer { role } }")).await;
        assert_eq!(answer.as_ref().map(|answer| answer.status), Some(status), "{name}");
        given.refusal(&format!("the header {name}"), answer);
    }
    for name in [
        "x-request-id",
        "traceparent",
        "user-agent",
        "referer",
        "cookie",
        "x-forwarded-for",
    ] {
        let answer = lead.send(&[(name, CANARY)], query("{ viewer { role } }")).await;
        given.errors(&format!("the header {name}"), answer);
    }
    for path in [
        format!("/{CANARY}"),
        format!("/graphql?query={{{CANARY}}}"),
        format!("/graphql?query={{viewer{{role}}}}&variables={CANARY}"),
        format!("/graphiql/{CANARY}"),
        format!("/schema.graphql/{CANARY}"),
        "/sharing".to_owned(),
    ] {
        given.refusal(&path.replace(CANARY, "…"), lead.get(&path).await);
    }
}

async fn nothing_planted_is_found_again(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    drop(site.serve(&[]));
    let databases = database.open().await;
    plant(&databases).await;

    let serving = site.serve(&["--log-format", "json", "--log-level", "trace"]);
    let lead = someone(
        "cambs-early-help",
        "lead_professional",
        "family_support",
        demo::LEAD_SUBJECT,
    );
    let (lead_token, police_token) = (
        site.token(&lead),
        site.token(&someone("cambs-police", "practitioner", "safeguarding", "an-officer")),
    );
    let (lead, police) = (
        Client::new(&serving.url, &lead_token),
        Client::new(&serving.url, &police_token),
    );
    let mut given = Given::default();
    good_requests(&mut given, &lead, &police).await;
    bad_requests(&mut given, &serving.url, &lead, &lead_token).await;
    // A failure of the database, whose own words may hold values, and one of the trail.
    for (on, table) in [(databases.main(), "membership"), (databases.trail(), "trail_entry")] {
        on.execute_unprepared(&format!("ALTER TABLE {table} RENAME TO {CANARY}_away"))
            .await
            .unwrap();
        let name = format!("{CANARY}-family_name-Hardman");
        let body = json!({ "query": "query($n: String) { members(filter: { familyName: $n }) { nodes { givenName } } }", "variables": { "n": name } });
        given.refusal(&format!("without {table}"), lead.send(&[], body.to_string()).await);
        on.execute_unprepared(&format!("ALTER TABLE {CANARY}_away RENAME TO {table}"))
            .await
            .unwrap();
    }
    good_requests(&mut given, &lead, &police).await;
    for path in ["/metrics", "/healthz", "/readyz", "/schema.graphql"] {
        given.add(path, lead.get(path).await.unwrap().text());
    }
    for (entry, body) in trail::entries(&databases).await {
        given.add(format!("an entry ({})", entry.kind.code()), body);
    }
    databases.close().await.unwrap();

    let (out, log) = serving.ended();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert!(lines.len() > 60, "the log is too short to search: {log}");
    given.add("standard error", log);
    // Standard output has development tokens on purpose, but for other people.
    given.add("standard output", out);
    let signature = |token: &str| token.rsplit_once('.').unwrap().1.to_owned();
    let claims = |token: &str| token.split('.').nth(1).unwrap().to_owned();
    let mut words = vec![CANARY.to_owned()];
    words.extend(
        [&lead_token, &police_token]
            .into_iter()
            .flat_map(|token| [signature(token), claims(token)]),
    );
    given.search(&words);
}
on_both!(nothing_planted_is_found_again);
