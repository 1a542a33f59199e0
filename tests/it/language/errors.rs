//! What is told of a document that does not fit: names that its asker wrote, where, and what they may know of and probably meant.

use serde_json::{Value, json};

use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

/// The one error of a refusal, in words and place.
async fn refusal(partner: &Partner, query: &str, variables: Value) -> (String, Value) {
    let reply = partner.ask_with(query, variables).await;
    assert_eq!(
        (reply.status, reply.code()),
        (400, "BAD_USER_INPUT"),
        "{query}: {:#}",
        reply.body
    );
    let errors = reply.body["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{query}: {:#}", reply.body);
    let message = errors[0]["message"].as_str().expect("a message").to_owned();
    assert!(message.chars().count() <= 300, "{message}");
    (message, errors[0]["locations"].clone())
}

async fn an_error_names_what_was_written_and_where(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    for (query, variables, expected, line, column) in [
        (
            "{ viewer { rol } }",
            json!({}),
            "`viewer` has no field `rol`. Did you mean `role`?",
            1,
            12,
        ),
        (
            "{\n  viewer {\n    rol\n  }\n}",
            json!({}),
            "`viewer` has no field `rol`. Did you mean `role`?",
            3,
            5,
        ),
        (
            "{ familys { totalCount } }",
            json!({}),
            "The query has no field `familys`. Did you mean `family`?",
            1,
            3,
        ),
        (
            "{ families(frist: 1) { totalCount } }",
            json!({}),
            "`families` takes no argument `frist`. Did you mean `first`?",
            1,
            12,
        ),
        (
            "{ viewer }",
            json!({}),
            "`viewer` is an object: say which of its fields you want, in braces behind it.",
            1,
            3,
        ),
        (
            "{ families(filter: { needLevel: MONITORNG }) { totalCount } }",
            json!({}),
            "Argument `filter.needLevel` of `families` must be `NeedLevel`, one of its values, not `MONITORNG`. Did you mean `MONITORING`?",
            1,
            20,
        ),
        (
            "{ families(filter: { attachedFrom: \"yesterday\" }) { totalCount } }",
            json!({}),
            "Argument `filter.attachedFrom` of `families` must be `NaiveDate`, a day such as 2026-06-15, not a text.",
            1,
            20,
        ),
        (
            "query Q($f: FamilyFilter) { families(filter: $f) { totalCount } }",
            json!({ "f": { "attachedFrom": "yesterday" } }),
            "Variable `$f.attachedFrom` must be `NaiveDate`, a day such as 2026-06-15, not a text.",
            1,
            9,
        ),
        // A letter that is written by its number takes as much room as its number.
        (
            "{ family(reference: \"\\u{1F600}\") { refernce } }",
            json!({}),
            "`family` has no field `refernce`. Did you mean `reference`?",
            1,
            36,
        ),
    ] {
        let (message, places) = refusal(&lead, query, variables).await;
        assert_eq!(message, expected, "{query}");
        assert_eq!(places, json!([{ "line": line, "column": column }]), "{query}");
    }
}
on_both!(an_error_names_what_was_written_and_where);

/// Fields, arguments, values and types that some ceiling lacks, each mistyped.
const MISTYPED: [(&str, &str); 8] = [
    ("{ families { nodes { ? } } }", "needLevl"),
    ("{ families { nodes { members { ? } } } }", "employmentStatu"),
    ("{ families { nodes { ? { id } } } }", "planz"),
    ("{ families(filter: { ?: true }) { nodes { id } } }", "hasPlann"),
    ("{ families(orderBy: { field: ? }) { nodes { id } } }", "NEED_LEVL"),
    ("{ ? { id } }", "criteriaMatchs"),
    ("mutation { ?(input: {}) { errors { code } } }", "recordConsnt"),
    ("{ node(id: \"x\") { ... on ? { id } } }", "CriteriaMach"),
];

async fn a_name_beyond_the_ceiling_is_never_suggested(database: &TestDatabase) {
    let app = App::start(database).await;
    let (mut suggested, mut silent) = (0, 0);
    for partner in [
        app.lead_professional(),
        app.partner("cambs-police", "marker_lookup", "safeguarding"),
        app.partner("cambs-police", "practitioner", "safeguarding"),
        app.partner("fenbrook-school", "practitioner", "education_support"),
        app.partner("tff-team", "coordinator", "programme_management"),
    ] {
        let own = partner.page("/schema.graphql").await.1;
        for (query, mistyped) in MISTYPED {
            let (near, near_at) = refusal(&partner, &query.replace('?', mistyped), json!({})).await;
            let quoted = near.split('`').skip(1).step_by(2);
            let names = quoted
                .flat_map(|path| path.split(['.', '[', ']', '!']))
                .filter(|name| !name.is_empty());
            for name in names.filter(|name| *name != mistyped) {
                let known = own
                    .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                    .any(|word| word == name);
                let written = query.contains(name);
                assert!(known || written, "{near}: {name} is not this caller's to know");
            }
            // As long, and near nothing at all.
            let nothing = "Q".repeat(mistyped.len());
            let (far, far_at) = refusal(&partner, &query.replace('?', &nothing), json!({})).await;
            assert_eq!(near_at, far_at, "{query}");
            if near.contains("Did you mean") {
                suggested += 1;
            } else {
                silent += 1;
                assert_eq!(near.replace(mistyped, &nothing), far, "{query}");
            }
        }
    }
    assert!(suggested >= 8 && silent >= 8, "{suggested} suggested, {silent} not");
}
on_both!(a_name_beyond_the_ceiling_is_never_suggested);

async fn nothing_but_names_is_told_again(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let secret = "Wilhelmina";
    let family = "query($f: FamilyFilter) { families(filter: $f) { totalCount } }";
    for (query, variables) in [
        (
            format!("{{ families(first: \"{secret}\") {{ totalCount }} }}"),
            json!({}),
        ),
        (
            format!("{{ families(filter: {{ needLevel: \"{secret}\" }}) {{ totalCount }} }}"),
            json!({}),
        ),
        (
            format!("{{ families(filter: {{ attachedFrom: \"{secret}\" }}) {{ totalCount }} }}"),
            json!({}),
        ),
        (
            format!("query($a: Int = \"{secret}\") {{ families(first: $a) {{ totalCount }} }}"),
            json!({}),
        ),
        (family.to_owned(), json!({ "f": secret })),
        (family.to_owned(), json!({ "f": { "needLevel": secret } })),
        (family.to_owned(), json!({ "f": { "attachedFrom": secret } })),
        (
            family.to_owned(),
            json!({ "f": { format!("{secret}'s district"): "x" } }),
        ),
        (family.to_owned(), json!({ "f": { "district": [secret] } })),
        (family.to_owned(), json!({ "f": [{ "district": { secret: secret } }] })),
    ] {
        let (message, _) = refusal(&lead, &query, variables).await;
        assert!(!message.contains(secret), "{message}");
    }
}
on_both!(nothing_but_names_is_told_again);

async fn the_argument_is_named_whose_value_is_not_taken(database: &TestDatabase) {
    let app = App::start(database).await;
    let long = "x".repeat(201);
    let query = "query($r: String) { family(reference: $r) { id } }";
    let reply = app.lead_professional().ask_with(query, json!({ "r": long })).await;
    assert_eq!(reply.code(), "BAD_USER_INPUT");
    assert_eq!(
        reply.body["errors"][0]["message"],
        "Argument `reference` of `family` has a value that it cannot have."
    );
    assert_eq!(
        reply.body["errors"][0]["locations"],
        json!([{ "line": 1, "column": 39 }])
    );
}
on_both!(the_argument_is_named_whose_value_is_not_taken);
