//! What is told of them, and lists of them.

use serde_json::{Value, json};

use super::world::{REFERENCE, YES, add_family};
use crate::support::{
    app::{App, Partner},
    database::{TestDatabase, on_both},
};

fn coordinator(app: &App) -> Partner {
    app.partner("tff-team", "coordinator", "programme_management")
}

on_both!(of_a_birth_is_told_what_is_known);
async fn of_a_birth_is_told_what_is_known(database: &TestDatabase) {
    let app = App::start(database).await;
    add_family(&app, &YES).await;
    let query = format!(
        "{{ family(reference: \"{REFERENCE}\") {{ members {{
            givenName familyName dateOfBirth yearOfBirth monthOfBirth expectedOn age adult }} }} }}"
    );
    let reply = coordinator(&app).ask(&query).await;
    let members = reply.data()["family"]["members"].as_array().expect("members").clone();
    let of = |given: Value, born: [Value; 4], age: Value, adult: Value| {
        let family = if given == "Suharno" {
            Value::Null
        } else {
            json!("Lindqvist")
        };
        let [day, year, month, expected] = born;
        json!({
            "givenName": given, "familyName": family, "dateOfBirth": day, "yearOfBirth": year, "monthOfBirth": month,
            "expectedOn": expected, "age": age, "adult": adult,
        })
    };
    let none = || Value::Null;
    for wanted in [
        of(
            json!("Suharno"),
            [none(), json!(1961), none(), none()],
            none(),
            json!(true),
        ),
        of(json!("Astrid"), [none(), none(), none(), none()], none(), json!(true)),
        of(
            json!("Leo"),
            [json!("2000-02-29"), json!(2000), json!(2), none()],
            json!(26),
            json!(true),
        ),
        of(
            json!("Noor"),
            [none(), json!(2013), none(), none()],
            none(),
            json!(false),
        ),
        // Whenever in February it was, she is seven.
        of(
            json!("Mia"),
            [none(), json!(2019), json!(2), none()],
            json!(7),
            json!(false),
        ),
        of(
            none(),
            [none(), none(), none(), json!("2026-08-20")],
            none(),
            json!(false),
        ),
    ] {
        assert!(members.contains(&wanted), "{wanted:#}\nis not in {members:#?}");
    }
    assert_eq!(members.len(), 6);
    // Who may not be told of a birth is told of no part of it.
    let fields = [
        "dateOfBirth",
        "yearOfBirth",
        "monthOfBirth",
        "expectedOn",
        "age",
        "adult",
    ];
    let reader = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let reply = reader
        .ask(&format!("{{ members {{ nodes {{ {} }} }} }}", fields.join(" ")))
        .await;
    assert!(reply.data()["members"].is_null(), "{:#}", reply.body);
}

/// The names and days of the family's members in pages of two, one way and the other.
async fn pages(partner: &Partner, arguments: &str) -> Vec<Value> {
    let page = async |position: &str| {
        let query = format!(
            "{{ members({arguments} {position}) {{ totalCount nodes {{ id givenName }}
                pageInfo {{ hasNextPage endCursor hasPreviousPage startCursor }} }} }}"
        );
        partner.ask(&query).await.data()["members"].clone()
    };
    let mut forwards: Vec<Value> = Vec::new();
    let mut at = String::new();
    loop {
        let one = page(&format!("first: 2 {at}")).await;
        forwards.extend(one["nodes"].as_array().expect("nodes").iter().cloned());
        if one["pageInfo"]["hasNextPage"] == false {
            assert_eq!(one["totalCount"], forwards.len(), "{arguments}");
            break;
        }
        at = format!("after: {}", one["pageInfo"]["endCursor"]);
    }
    let mut backwards: Vec<Value> = Vec::new();
    at.clear();
    loop {
        let one = page(&format!("last: 2 {at}")).await;
        let nodes = one["nodes"].as_array().expect("nodes").iter().cloned();
        backwards = nodes.chain(backwards).collect();
        if one["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
        at = format!("before: {}", one["pageInfo"]["startCursor"]);
    }
    assert_eq!(forwards, backwards, "{arguments}");
    let mut ids: Vec<String> = forwards.iter().map(|node| node["id"].to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), forwards.len(), "{arguments}: a row came twice");
    forwards
}

on_both!(lists_are_whole_where_dates_and_names_are_not_known);
async fn lists_are_whole_where_dates_and_names_are_not_known(database: &TestDatabase) {
    let app = App::start(database).await;
    add_family(&app, &YES).await;
    let coordinator = coordinator(&app);
    for field in ["DATE_OF_BIRTH", "FAMILY_NAME", "GIVEN_NAME"] {
        for direction in ["ASCENDING", "DESCENDING"] {
            let all = pages(
                &coordinator,
                &format!("orderBy: {{ field: {field}, direction: {direction} }}"),
            )
            .await;
            assert!(all.len() > 20, "{}", all.len());
        }
    }
    let names = async |arguments: &str| -> Vec<Value> {
        let found = pages(&coordinator, arguments).await;
        found.into_iter().map(|node| node["givenName"].clone()).collect()
    };
    // The first of the year and of the month stand for them, the day that is expected for a birth; who is unknown comes last in both directions.
    let family = "filter: { familyName: \"lindqvist\" }";
    let by = |direction: &str| format!("{family} orderBy: {{ field: DATE_OF_BIRTH, direction: {direction} }}");
    let (leo, noor, mia, unborn, astrid) = (json!("Leo"), json!("Noor"), json!("Mia"), Value::Null, json!("Astrid"));
    assert_eq!(
        names(&by("ASCENDING")).await,
        [leo.clone(), noor.clone(), mia.clone(), unborn.clone(), astrid.clone()]
    );
    assert_eq!(names(&by("DESCENDING")).await, [unborn.clone(), mia, noor, leo, astrid]);
    for (filter, wanted) in [
        ("yearOfBirth: 1961, givenName: \"Suharno\"", vec![json!("Suharno")]),
        ("familyName: \"Lindqvist\", yearOfBirth: 2000", vec![json!("Leo")]),
        ("familyName: \"Lindqvist\", yearOfBirth: 2019", vec![json!("Mia")]),
        (
            "familyName: \"Lindqvist\", dateOfBirth: \"2000-02-29\"",
            vec![json!("Leo")],
        ),
        // Neither the first of the year nor of the month was recorded, nor is the expected day a birthday.
        ("familyName: \"Lindqvist\", dateOfBirth: \"2013-01-01\"", vec![]),
        ("familyName: \"Lindqvist\", dateOfBirth: \"2019-02-01\"", vec![]),
        ("familyName: \"Lindqvist\", dateOfBirth: \"2026-08-20\"", vec![]),
        ("familyName: \"Lindqvist\", unborn: true", vec![unborn]),
        // Nobody has an empty name.
        ("familyName: \"\"", vec![]),
        ("givenName: \"\"", vec![]),
    ] {
        assert_eq!(names(&format!("filter: {{ {filter} }}")).await, wanted, "{filter}");
    }
    let born = names(&format!("{} , unborn: false }}", family.trim_end_matches(" }"))).await;
    assert_eq!(born.len(), 4, "{born:?}");
}
