//! A criteria match counts until the day on which it is withdrawn, where the database answers the filter and where each row is decided.

use serde_json::Value;
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    store::bulk,
};

use crate::{
    feed::reader::change,
    former::{AGREEMENT, CLAUSE},
    support::{
        app::{App, today},
        database::{TestDatabase, on_both},
    },
};

const ASK: &str = "{
    families(filter: { criterion: EDUCATION }, first: 50) { nodes { id } }
    stands: criteriaMatches(filter: { withdrawn: false }, first: 50) { nodes { id } }
    withdrawn: criteriaMatches(filter: { withdrawn: true }, first: 50) { nodes { id } }
}";

on_both!(a_match_counts_until_the_day_before_it_is_withdrawn);
async fn a_match_counts_until_the_day_before_it_is_withdrawn(database: &TestDatabase) {
    let databases = database.open().await;
    let data = demo::worked(today().date_naive());
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let clock = || Clock::fixed(today());
    let app = App::over(databases.clone(), clock(), Ids::seeded(1)).await;
    let clause = CLAUSE.replace("KIND", "police").replace("EXPLAINED", "true");
    app.load_agreement(&format!("{AGREEMENT}{clause}")).await;
    let plain = App::over_deciding_each(databases, clock(), Ids::seeded(1)).await;
    let mut told = Vec::new();
    for day in ["NULL", "'2026-06-14'", "'2026-06-15'", "'2026-06-16'"] {
        change(
            &app.store,
            &format!("UPDATE criteria_match SET withdrawn_on = {day} WHERE authority_id = 1"),
            vec![],
        )
        .await;
        for app in [&app, &plain] {
            let reply = app
                .partner("cambs-police", "practitioner", "safeguarding")
                .ask(ASK)
                .await;
            let data = reply.data();
            let some = |list: &str| {
                data[list]["nodes"]
                    .as_array()
                    .is_some_and(|rows: &Vec<Value>| !rows.is_empty())
            };
            told.push((day, some("families"), some("stands"), some("withdrawn")));
        }
    }
    let expected = [
        ("NULL", true, true, false),
        ("'2026-06-14'", false, false, true),
        ("'2026-06-15'", false, false, true),
        ("'2026-06-16'", true, true, false),
    ];
    assert_eq!(told, expected.map(|day| [day; 2]).concat());
}
