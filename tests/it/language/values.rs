//! A value is the same however it comes: written out, given as a variable, or as a variable's default. What is left out is not there.

use serde_json::{Value, json};

use crate::support::{
    app::{App, Partner, Reply},
    database::{TestDatabase, on_both},
    live::{BOTH, Live},
    trail,
};

/// The answer, but for the places in the document.
fn told(reply: &Reply) -> Value {
    let mut body = reply.body.clone();
    for error in body["errors"].as_array_mut().into_iter().flatten() {
        error.as_object_mut().map(|error| error.remove("locations"));
    }
    body
}

/// The three ways in which a value comes to `$v` in an operation.
async fn in_three_ways(partner: &Partner, ty: &str, value: &str, given: &Value, operation: &str) -> [Value; 3] {
    let literal = partner
        .ask(&format!("query Q {{ {} }}", operation.replace("$v", value)))
        .await;
    let default = partner
        .ask(&format!("query Q($v: {ty} = {value}) {{ {operation} }}"))
        .await;
    let by_variable = format!("query Q($v: {ty}) {{ {operation} }}");
    let variable = partner.ask_with(&by_variable, json!({ "v": given })).await;
    [literal, default, variable].map(|reply| told(&reply))
}

async fn a_value_counts_alike_however_it_comes(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    let rows = "families(filter: $v, first: 2) { totalCount nodes { reference } }";
    for (ty, value, given, operation) in [
        ("Int", "2", json!(2), "families(first: $v) { nodes { reference } }"),
        ("Int", "100", json!(100), "families(first: $v) { nodes { reference } }"),
        ("Int", "5", json!(5), "families(last: $v) { nodes { reference } }"),
        ("Int", "500", json!(500), "markerChanges(first: $v) { nodes { kind } }"),
        (
            "FamilyFilter",
            "{needLevel: MONITORING}",
            json!({ "needLevel": "MONITORING" }),
            rows,
        ),
        (
            "FamilyFilter",
            "{criterion: HEALTH}",
            json!({ "criterion": "HEALTH" }),
            rows,
        ),
        (
            "FamilyFilter",
            "{onCohort: true, district: \"Fenland\"}",
            json!({ "onCohort": true, "district": "Fenland" }),
            rows,
        ),
        (
            "FamilyOrder",
            "{field: NEED_LEVEL}",
            json!({ "field": "NEED_LEVEL" }),
            "families(orderBy: $v) { nodes { reference } }",
        ),
        (
            "Boolean",
            "true",
            json!(true),
            "family(reference: \"TF-10001\") { members(includeFormer: $v) { givenName } }",
        ),
        ("[ID!]!", "\"x\"", json!("x"), "nodes(ids: $v) { id }"),
    ] {
        for withheld in ["report", "error", "fail"] {
            let [literal, default, variable] =
                in_three_ways(&police.told_by(withheld), ty, value, &given, operation).await;
            assert_eq!(literal, default, "{withheld}: {operation} with {value}");
            assert_eq!(literal, variable, "{withheld}: {operation} with {value}");
        }
    }
    // What lies beyond the agreement is told, and refused where that is wanted.
    let beyond = format!("query Q($v: FamilyFilter = {{needLevel: MONITORING}}) {{ {rows} }}");
    assert_eq!(
        police.ask(&beyond).await.withheld("FamilyFilter.needLevel"),
        ["NOT_IN_AGREEMENT"]
    );
    assert_eq!(police.told_by("fail").ask(&beyond).await.code(), "NOT_IN_AGREEMENT");
    // What is left out costs nothing, is told of to nobody and refused to nobody.
    let left_out = "query Q($no: Boolean = false) { viewer { role } families(filter: {needLevel: MONITORING}) @include(if: $no) { totalCount } }";
    let alone = police.told_by("fail").ask("query Q { viewer { role } }").await;
    assert_eq!(told(&police.told_by("fail").ask(left_out).await), told(&alone));
}
on_both!(a_value_counts_alike_however_it_comes);

async fn an_argument_that_is_left_out_has_its_own_default(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let members = |arguments: &str| format!("family(reference: \"TF-10001\") {{ members{arguments} {{ givenName }} }}");
    let without = lead.ask(&format!("{{ {} }}", members(""))).await;
    let query = format!("query($f: Boolean) {{ {} }}", members("(includeFormer: $f)"));
    let left_out = lead.ask(&query).await;
    assert_eq!(left_out.data(), without.data());
    assert!(!left_out.data()["family"]["members"].as_array().unwrap().is_empty());
    // Null is not nothing.
    let null = lead.ask_with(&query, json!({ "f": null })).await;
    assert_eq!((null.status, null.code()), (400, "BAD_USER_INPUT"), "{:#}", null.body);
}
on_both!(an_argument_that_is_left_out_has_its_own_default);

async fn what_is_left_out_by_default_is_not_executed(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let endpoint = "addWebhookEndpoint(input: { url: \"https://a.example.org/x\" })";
    let of = "{ endpoint { url } }";
    let before = trail::entries(app.store.databases()).await.len();
    for mutation in [
        format!("mutation M($go: Boolean = false) {{ {endpoint} @include(if: $go) {of} }}"),
        format!("mutation M($stop: Boolean! = true) {{ {endpoint} @skip(if: $stop) {of} }}"),
        format!("mutation M($go: Boolean = false) {{ ... @include(if: $go) {{ {endpoint} {of} }} }}"),
        format!(
            "mutation M($go: Boolean = false) {{ ...F @include(if: $go) }} fragment F on Mutation {{ {endpoint} {of} }}"
        ),
        format!(
            "mutation M($go: Boolean = false) {{ ...F }} fragment F on Mutation {{ {endpoint} @include(if: $go) {of} }}"
        ),
    ] {
        let reply = lead.ask(&mutation).await;
        assert_eq!(reply.data(), &json!({}), "{mutation}");
        assert_eq!(reply.body["extensions"], json!({ "cost": 0 }), "{mutation}");
        for by in BOTH {
            let mut live = Live::begin(by, &lead, &mutation, &json!({})).await;
            assert_eq!(
                live.next().await.expect("an answer")["data"],
                json!({}),
                "{by}: {mutation}"
            );
        }
    }
    assert_eq!(
        lead.ask("{ webhookEndpoints { url } }").await.data()["webhookEndpoints"],
        json!([])
    );
    // Whoever reads about nobody leaves nothing in the trail either.
    assert_eq!(trail::entries(app.store.databases()).await.len(), before);
    let mutation = format!("mutation M($go: Boolean = false) {{ {endpoint} @include(if: $go) {of} }}");
    let made = lead.ask_with(&mutation, json!({ "go": true })).await;
    assert_eq!(
        made.data()["addWebhookEndpoint"]["endpoint"]["url"],
        "https://a.example.org/x"
    );
}
on_both!(what_is_left_out_by_default_is_not_executed);

async fn what_is_left_out_leaves_the_rest(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    let yes = json!({ "reference": "TF-10001", "onCohort": true });
    let no = json!({ "reference": "TF-10001" });
    let family = |set: &str| format!("family(reference: \"TF-10001\") {{ {set} }}");
    for (declared, set, expected) in [
        ("$i: Boolean = true", "reference onCohort @include(if: $i)", &yes),
        ("$i: Boolean! = true", "reference onCohort @include(if: $i)", &yes),
        ("$i: Boolean = false", "reference onCohort @include(if: $i)", &no),
        ("$i: Boolean = true", "reference onCohort @skip(if: $i)", &no),
        ("$i: Boolean = false", "reference onCohort @skip(if: $i)", &yes),
        (
            "$i: Boolean = true",
            "reference ... @include(if: $i) { onCohort }",
            &yes,
        ),
        ("$i: Boolean = true", "reference ...F @include(if: $i)", &yes),
        ("$i: Boolean = false", "reference ...F @include(if: $i)", &no),
    ] {
        let fragment = if set.contains("...F") {
            "fragment F on Family { onCohort }"
        } else {
            ""
        };
        let query = format!("query Q({declared}) {{ {} }} {fragment}", family(set));
        assert_eq!(&school.ask(&query).await.data()["family"], expected, "{query}");
    }
    let nothing = school
        .ask(&format!("{{ {} }}", family("reference @skip(if: true)")))
        .await;
    assert_eq!(nothing.data(), &json!({ "family": {} }));
    let nothing = school.ask("{ viewer @skip(if: true) { role } }").await;
    assert_eq!(nothing.data(), &json!({}));
    // A document must fit in what is left out, too.
    let unfit = school
        .ask("{ viewer { role } families @skip(if: true) { shoeSize } }")
        .await;
    assert_eq!(unfit.code(), "BAD_USER_INPUT");
}
on_both!(what_is_left_out_leaves_the_rest);
