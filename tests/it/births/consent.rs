//! Who is asked where a birthday leaves it open, and for children not yet born: what a housing officer sees, who sees a member if consent was given for that member.

use serde_json::{Value, json};

use super::world::{REFERENCE, YES, add, add_family, people_but, without};
use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
};

/// The given names of the members whom the officer sees, sorted; null of who is expected.
async fn seen(app: &App) -> Vec<Value> {
    let officer = app.partner("city-housing", "practitioner", "housing_support");
    let query =
        "{ members(filter: { familyName: \"Lindqvist\" }, orderBy: { field: GIVEN_NAME }) { nodes { givenName } } }";
    let reply = officer.ask(query).await;
    let nodes = reply.data()["members"]["nodes"].as_array().expect("nodes").clone();
    nodes.iter().map(|node| node["givenName"].clone()).collect()
}

fn names(wanted: &[&str]) -> Vec<Value> {
    wanted
        .iter()
        .map(|name| if *name == "-" { Value::Null } else { json!(name) })
        .collect()
}

on_both!(a_member_is_shown_once_everybody_has_said_yes_who_may_have_to);
async fn a_member_is_shown_once_everybody_has_said_yes_who_may_have_to(database: &TestDatabase) {
    let app = App::start(database).await;
    add_family(&app, &YES).await;
    assert_eq!(seen(&app).await, names(&["Astrid", "Leo", "Mia", "Noor", "-"]));
}

on_both!(where_a_birthday_leaves_it_open_a_parents_yes_is_not_enough);
async fn where_a_birthday_leaves_it_open_a_parents_yes_is_not_enough(database: &TestDatabase) {
    let app = App::start(database).await;
    add_family(&app, &without("open", "open")).await;
    assert_eq!(seen(&app).await, names(&["Astrid", "Leo", "Mia", "-"]));
}

on_both!(nor_is_her_own);
async fn nor_is_her_own(database: &TestDatabase) {
    let app = App::start(database).await;
    add_family(&app, &without("open", "mother")).await;
    assert_eq!(seen(&app).await, names(&["Astrid", "Leo", "Mia", "-"]));
}

on_both!(once_the_birthday_is_known_one_decides);
async fn once_the_birthday_is_known_one_decides(database: &TestDatabase) {
    // It is 15 June 2026, and all was said on 1 February.
    for (born, own) in [
        ("2013-01-31", true),
        ("2013-06-16", false),
        ("2013-01", true),
        ("2013-07", false),
    ] {
        for (left, decides) in [("open", !own), ("mother", own)] {
            let app = App::start(database).await;
            let people = people_but("open", &format!("open,Noor,Lindqvist,{born},female,,"));
            add(&app, &people, &without("open", left)).await;
            let shown = seen(&app).await.contains(&json!("Noor"));
            assert_eq!(shown, decides, "{born} without the yes of {left}");
            app_gone(app, database).await;
        }
    }
}

/// Empties the database for the next world.
async fn app_gone(app: App, database: &TestDatabase) {
    drop(app);
    let databases = database.open().await;
    databases.migrate_down().await.expect("the tables go");
    databases.migrate_up().await.expect("the tables are made");
    databases.close().await.expect("it closes");
}

on_both!(for_the_unborn_a_parent_is_asked);
async fn for_the_unborn_a_parent_is_asked(database: &TestDatabase) {
    let app = App::start(database).await;
    add_family(&app, &without("unborn", "mother")).await;
    assert_eq!(seen(&app).await, names(&["Astrid", "Leo", "Mia", "Noor"]));
}

on_both!(whose_age_nobody_knows_does_not_decide_for_a_child);
async fn whose_age_nobody_knows_does_not_decide_for_a_child(database: &TestDatabase) {
    let app = App::start(database).await;
    // Nothing says any more that the mother is an adult: she may be one of those for whom somebody else decides.
    let people = people_but("mother", "mother,Astrid,Lindqvist,,female,,");
    add(&app, &people, &YES).await;
    assert_eq!(seen(&app).await, names(&["Leo"]));
}

const RECORD: &str =
    "mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { errors { field code } } }";

on_both!(a_decision_is_recorded_by_each_who_may_have_to_decide);
async fn a_decision_is_recorded_by_each_who_may_have_to_decide(database: &TestDatabase) {
    let app = App::start(database).await;
    let asked: Vec<_> = YES
        .into_iter()
        .filter(|(person, _)| !["open", "unborn"].contains(person))
        .collect();
    add_family(&app, &asked).await;
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let query = format!("{{ family(reference: \"{REFERENCE}\") {{ members {{ id givenName }} }} }}");
    let reply = coordinator.ask(&query).await;
    let members = reply.data()["family"]["members"].as_array().expect("members").clone();
    // Of who has no name, the child who is expected.
    let id = |given: Value| {
        let found = members.iter().find(|member| member["givenName"] == given);
        found.expect("the member is there")["id"].clone()
    };
    let [noor, mother, father, mia] = ["Noor", "Astrid", "Suharno", "Mia"].map(|name| id(json!(name)));
    let child = id(Value::Null);
    let record = async |person: &Value, by: &Value| -> Value {
        let input = json!({
            "memberId": person, "decidedById": by, "categories": ["MARKER", "IDENTITY", "HOUSEHOLD"], "agencyKinds": ["HOUSING"],
            "decision": "GIVEN",
        });
        let reply = coordinator.ask_with(RECORD, json!({ "input": input })).await;
        reply.data()["recordConsent"]["errors"].clone()
    };
    let refused = json!([{ "field": "decidedById", "code": "INVALID" }]);
    assert_eq!(record(&noor, &noor).await, json!([]));
    assert_eq!(
        seen(&app).await,
        names(&["Astrid", "Leo", "Mia"]),
        "her own yes is one of two"
    );
    assert_eq!(record(&noor, &father).await, json!([]));
    assert_eq!(seen(&app).await, names(&["Astrid", "Leo", "Mia", "Noor"]));
    assert_eq!(record(&noor, &mia).await, refused);
    assert_eq!(record(&child, &child).await, refused);
    assert_eq!(record(&child, &noor).await, refused);
    assert_eq!(record(&father, &mother).await, refused, "he surely is an adult");
    assert_eq!(record(&child, &mother).await, json!([]));
    assert_eq!(seen(&app).await, names(&["Astrid", "Leo", "Mia", "Noor", "-"]));
}
