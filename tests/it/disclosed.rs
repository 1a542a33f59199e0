//! How an answer tells what it withholds: once for each field and reason, with how often and where, for at most a hundred places; and no row goes with its values. What
//! could never be permitted is not in the schema that is shown.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    sharing::{
        category::{Category, CategorySet},
        register,
    },
    store::bulk,
};

use crate::support::{
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
};

/// The police know who belongs to a family by what they are in it alone.
const AGREEMENT: &str = r#"
[agreement]
id = "WHO"
version = 1
title = "Who belongs to a family"
authority = "cambridgeshire"
effective_from = 2026-01-01
review_by = 2027-01-01
[[signatory]]
agency = "cambs-police"
signed_on = 2025-12-01
[[clause]]
id = "who"
agency_kinds = ["police"]
roles = ["practitioner"]
categories = ["MARKER", "REFERENCE", "HOUSEHOLD"]
purposes = ["safeguarding"]
access = ["read"]
scope = "authority"
consent = "not_required"
lawful_basis = "public_task"
"#;

async fn serve(database: &TestDatabase) -> (App, Partner) {
    let databases = database.open().await;
    let data = demo::worked(today().date_naive());
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    app.load_agreement(AGREEMENT).await;
    let partner = app.partner("cambs-police", "practitioner", "safeguarding");
    (app, partner)
}

/// So often the five members of the family are asked for.
const OFTEN: usize = 25;

on_both!(what_is_withheld_is_told_with_its_count_and_a_hundred_of_its_places);
async fn what_is_withheld_is_told_with_its_count_and_a_hundred_of_its_places(database: &TestDatabase) {
    let (_app, partner) = serve(database).await;
    let often: Vec<String> = (0..OFTEN)
        .map(|number| format!("m{number:02}: members {{ givenName expectedOn }}"))
        .collect();
    let query = format!(
        "{{ family(reference: \"{}\") {{ {} }} }}",
        demo::HARDMAN_REFERENCE,
        often.join(" ")
    );
    let reply = partner.ask(&query).await;
    // There are no errors, and each member is there with nothing but nulls.
    let nothing = json!({ "givenName": null, "expectedOn": null });
    for number in 0..OFTEN {
        let members = &reply.data()["family"][format!("m{number:02}")];
        assert_eq!(*members, Value::from(vec![nothing.clone(); 5]));
    }
    let withheld = reply.body["extensions"]["disclosure"]["withheld"].as_array();
    let withheld = withheld.expect("it is told").clone();
    assert_eq!(withheld.len(), 2, "{:#}", reply.body);
    for (field, name) in [("Member.givenName", "givenName"), ("Member.expectedOn", "expectedOn")] {
        let entry = withheld.iter().find(|entry| entry["field"] == field);
        let entry = entry.expect("it is told of each field");
        assert_eq!(entry["reason"], "NOT_IN_AGREEMENT");
        assert_eq!(
            entry["count"],
            OFTEN * 5,
            "of nothing as of something: of nobody is it recorded when they are expected"
        );
        let paths = entry["paths"].as_array().expect("paths");
        assert_eq!(paths.len(), 100);
        assert_eq!(paths[0], json!(["family", "m00", 0, name]));
        assert_eq!(paths[99], json!(["family", "m19", 4, name]));
    }
}

on_both!(introspection_and_the_sdl_show_what_some_clause_could_permit_and_nothing_beyond);
async fn introspection_and_the_sdl_show_what_some_clause_could_permit_and_nothing_beyond(database: &TestDatabase) {
    let (_app, partner) = serve(database).await;
    let given = CategorySet::of(&[Category::Marker, Category::Reference, Category::Household]);
    let (status, sdl) = partner.page("/schema.graphql").await;
    assert_eq!(status, 200);
    let (mut shown, mut hidden) = (0, 0);
    for of in ["Family", "Member", "LeadProfessional"] {
        let query = format!("{{ __type(name: \"{of}\") {{ fields(includeDeprecated: true) {{ name }} }} }}");
        let reply = partner.ask(&query).await;
        let told = reply.data()["__type"]["fields"].as_array().expect("fields");
        let told: BTreeSet<&str> = told.iter().filter_map(|field| field["name"].as_str()).collect();
        let (_, body) = sdl.split_once(&format!("\ntype {of} ")).expect("it is a type");
        let (body, _) = body.split_once("\n}").expect("it ends");
        // What holds rows hangs on them.
        let fields = register::fields().filter(|entry| entry.rows.is_none());
        let fields = fields.filter_map(|entry| Some((entry.coordinate.split_once('.')?, entry)));
        for ((_, name), entry) in fields.filter(|((whose, name), _)| *whose == of && !name.contains('(')) {
            let permitted = given.covers(entry.categories);
            assert_eq!(told.contains(name), permitted, "{of}.{name}");
            let begins = |line: &str| {
                [':', '(']
                    .iter()
                    .any(|after| line.starts_with(&format!("{name}{after}")))
            };
            let written = body.lines().any(|line| begins(line.trim_start()));
            assert_eq!(written, permitted, "{of}.{name}:\n{body}");
            *(if permitted { &mut shown } else { &mut hidden }) += 1;
        }
    }
    assert!(shown >= 10 && hidden >= 10, "{shown} are shown, and {hidden} are not");
}
