//! Made-up families: as many as asked for, the same for the same seed, and never over what is there.

use chrono::NaiveDate;
use thinkfamily::demo;

use super::Home;
use crate::support::database::{TestDatabase, on_both};

on_both!(empty fifty_families_are_loaded);

async fn fifty_families_are_loaded(database: &TestDatabase) {
    let home = Home::with_database(database.text());
    let told = home.run(&["demo", "--families", "50", "--seed", "7"]).ok();
    assert!(told.contains("50 made-up families of seed 7"), "{told}");
    let worked = demo::worked(NaiveDate::from_ymd_opt(2026, 3, 2).unwrap())
        .families
        .len();
    let families = home.number("SELECT count(*) FROM family").await;
    assert_eq!(families, i64::try_from(worked).unwrap() + 50);
    let signed = "SELECT count(*) FROM agreement_signatory WHERE authority_id > 100";
    assert!(
        home.number(signed).await > 0,
        "made-up authorities have an agreement, too"
    );

    home.run(&["demo", "--families", "50"])
        .failed(1, &["already has families", "--add"]);
    home.run(&["demo", "--families", "1", "--add"])
        .failed(1, &["authorities are there already"]);
    assert_eq!(
        home.number("SELECT count(*) FROM family").await,
        families,
        "nothing was added"
    );
    home.run(&["demo", "--families", "0", "--add"]).ok();
}

#[tokio::test]
async fn a_seed_gives_the_same_families_again() {
    let sums = [
        "SELECT sum(length(given_name)) FROM person",
        "SELECT count(*) FROM consent",
    ];
    let (one, two, other) = (Home::new(), Home::new(), Home::new());
    one.run(&["demo", "--families", "30", "--seed", "1"]).ok();
    two.run(&["demo", "--families", "30", "--seed", "1"]).ok();
    other.run(&["demo", "--families", "30", "--seed", "2"]).ok();
    for sum in sums {
        assert_eq!(one.number(sum).await, two.number(sum).await);
    }
    assert_ne!(one.number(sums[0]).await, other.number(sums[0]).await);
}
