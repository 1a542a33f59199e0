//! What was decided for either record counts for both, and where either is at risk both are.

use serde_json::{Value, json};
use thinkfamily::{
    records::{ConsentAnswer, ConsentRow, IdentifierSystem, LocalIdentifierRow},
    store::dataset::Dataset,
};
use uuid::Uuid;

use super::world::{DAWN, DEE, HOUSINGS, Of, SCHOOLS, THIRD, TY, TYLER, World, again, data, done, names, said, told};
use crate::{
    feed::reader::Reader,
    lookups::world::{membership, person},
    support::database::{TestDatabase, on_both},
};

const SCHOOLS_KNOWS: [&str; 5] = ["Alfie", "Dawn", "Lee", "Megan", "Tyler"];

on_both!(a_mothers_no_in_one_household_closes_both_and_is_hers_alone_again);
async fn a_mothers_no_in_one_household_closes_both_and_is_hers_alone_again(database: &TestDatabase) {
    let world = World::of(database, data()).await;
    let officer = world.officer();
    let without = |name: &str| -> Vec<String> {
        let others = SCHOOLS_KNOWS.iter().filter(|one| **one != name);
        others.map(|one| (*one).to_owned()).collect()
    };
    assert_eq!(names(&officer, SCHOOLS).await, SCHOOLS_KNOWS);
    let housings = names(&officer, HOUSINGS).await;
    assert!(housings.contains(&"Dee".to_owned()) && housings.contains(&"Ty".to_owned()));

    // The housing association hears that she says no for her son.
    let no = said(&world.data, 21, (DEE, TY), HOUSINGS, ConsentAnswer::Refused, 1);
    let consents = vec![no];
    world
        .add(Dataset {
            consents,
            ..Dataset::default()
        })
        .await;
    assert!(!names(&officer, HOUSINGS).await.contains(&"Ty".to_owned()));
    assert_eq!(
        names(&officer, SCHOOLS).await,
        SCHOOLS_KNOWS,
        "nobody knows that he is Tyler"
    );
    assert_eq!(world.merge(TYLER, TY).await, done());
    assert_eq!(
        names(&officer, SCHOOLS).await,
        SCHOOLS_KNOWS,
        "nor that she is his mother"
    );
    assert_eq!(world.merge(DAWN, DEE).await, done());
    assert_eq!(names(&officer, SCHOOLS).await, without("Tyler"));
    let reply = officer
        .ask(&format!(
            "{{ family(reference: \"{SCHOOLS}\") {{ members {{ givenName }} }} }}"
        ))
        .await;
    assert_eq!(
        reply.withheld("Member.givenName"),
        ["WITHHELD"],
        "what another household decided is not told"
    );
    // In the other household she is called what the record says that stands for both, and her son's name is not told there.
    let known = names(&officer, HOUSINGS).await;
    assert!(
        known.contains(&"Dawn".to_owned()) && !known.contains(&"Tyler".to_owned()),
        "{known:?}"
    );

    assert_eq!(world.split(DAWN, DEE).await, done());
    assert_eq!(
        names(&officer, SCHOOLS).await,
        SCHOOLS_KNOWS,
        "it was not her who said no"
    );
    assert_eq!(world.split(TYLER, TY).await, done());
    let mut all = names(&world.analyst(), HOUSINGS).await;
    all.retain(|name| ["Dee", "Ty", "Dawn", "Tyler"].contains(&name.as_str()));
    assert_eq!(all, ["Dee", "Ty"], "each has its own names back");
    assert!(
        !names(&officer, HOUSINGS).await.contains(&"Ty".to_owned()),
        "and its own no"
    );
}

on_both!(what_is_said_while_they_are_one_stays_where_it_was_said);
async fn what_is_said_while_they_are_one_stays_where_it_was_said(database: &TestDatabase) {
    let world = World::of(database, data()).await;
    let officer = world.officer();
    assert_eq!(world.merge(TYLER, TY).await, done());
    assert_eq!(world.merge(DAWN, DEE).await, done());
    // The server writes it of the records that stand for both.
    let mut no = said(&world.data, 21, (DAWN, TYLER), HOUSINGS, ConsentAnswer::Refused, 1);
    no.person_id = super::world::person(&world.data, TYLER).id;
    let consents = vec![no];
    world
        .add(Dataset {
            consents,
            ..Dataset::default()
        })
        .await;
    assert!(!names(&officer, SCHOOLS).await.contains(&"Tyler".to_owned()));
    assert_eq!(world.split(DAWN, DEE).await, done());
    assert_eq!(world.split(TYLER, TY).await, done());
    assert!(
        !names(&officer, HOUSINGS).await.contains(&"Ty".to_owned()),
        "it is not opened where it was said"
    );
    assert_eq!(names(&officer, SCHOOLS).await, SCHOOLS_KNOWS);
}

/// Dee is at risk, and Megan lives in a third family as well.
fn sheltered() -> Dataset {
    let mut data = data();
    let dee = super::world::person(&data, DEE).id;
    for row in data.people.iter_mut().filter(|row| row.id == dee) {
        row.shielded = true;
    }
    let megan = super::world::person(&data, Of("Megan", SCHOOLS)).id;
    again(&mut data, 3, Of("Megan", SCHOOLS), THIRD, "Meg");
    for row in &mut data.memberships {
        row.phone = Some("01632 960123".to_owned());
        if row.person_id == Uuid::from_u128(1_003) {
            row.person_id = megan;
        }
    }
    data
}

on_both!(who_is_at_risk_by_one_record_is_so_in_both_families_and_whoever_lives_with_her_in_theirs);
async fn who_is_at_risk_by_one_record_is_so_in_both_families_and_whoever_lives_with_her_in_theirs(
    database: &TestDatabase,
) {
    let world = World::of(database, sheltered()).await;
    let officer = world.officer();
    let phones = async || {
        let mut counted = Vec::new();
        for reference in [SCHOOLS, HOUSINGS, THIRD] {
            counted.push(told(&officer, reference, "phone").await.len());
        }
        counted
    };
    let apart = phones().await;
    assert!(apart[0] == 5 && apart[1] == 0 && apart[2] > 1, "{apart:?}");
    assert_eq!(world.merge(DAWN, DEE).await, done());
    assert_eq!(phones().await, [0, 0, apart[2] - 1], "Megan is not told of either");
    assert_eq!(world.split(DAWN, DEE).await, done());
    assert_eq!(phones().await, apart);
    // The other way round: the record that stands for both is the one that says so.
    assert_eq!(world.merge(DEE, DAWN).await, done());
    assert_eq!(phones().await, [0, 0, apart[2] - 1]);
    assert_eq!(world.split(DEE, DAWN).await, done());
    assert_eq!(phones().await, apart);
}

on_both!(shielding_that_the_record_that_stands_for_both_says_later_stays_with_both);
async fn shielding_that_the_record_that_stands_for_both_says_later_stays_with_both(database: &TestDatabase) {
    stays_with_both(database, DAWN).await;
}

on_both!(shielding_that_the_other_record_says_later_stays_with_both);
async fn shielding_that_the_other_record_says_later_stays_with_both(database: &TestDatabase) {
    stays_with_both(database, DEE).await;
}

async fn stays_with_both(database: &TestDatabase, of: Of) {
    let world = World::of(database, data()).await;
    let officer = world.officer();
    let before = told(&officer, HOUSINGS, "phone").await.len();
    assert!(before > 1, "{before}");
    assert_eq!(world.merge(DAWN, DEE).await, done());
    assert_eq!(told(&officer, HOUSINGS, "phone").await.len(), before);
    let record = super::world::person(&world.data, of).id;
    world
        .write("UPDATE person SET shielded = TRUE WHERE id = $1", vec![record.into()])
        .await;
    // A file that says so has everything read again.
    world
        .write(
            "UPDATE person SET sex = sex WHERE id = $1",
            vec![super::world::person(&world.data, DAWN).id.into()],
        )
        .await;
    assert_eq!(told(&officer, HOUSINGS, "phone").await.len(), 0, "by either record");
    assert_eq!(world.split(DAWN, DEE).await, done());
    for reference in [SCHOOLS, HOUSINGS] {
        assert_eq!(told(&officer, reference, "phone").await.len(), 0, "{reference}");
    }
}

on_both!(nor_is_it_lost_where_both_are_made_one_with_a_third);
async fn nor_is_it_lost_where_both_are_made_one_with_a_third(database: &TestDatabase) {
    stays_with_both_of_three(database, DAWN).await;
}

on_both!(nor_where_the_other_said_it);
async fn nor_where_the_other_said_it(database: &TestDatabase) {
    stays_with_both_of_three(database, DEE).await;
}

async fn stays_with_both_of_three(database: &TestDatabase, of: Of) {
    const DAY: Of = Of("Day", THIRD);
    let mut data = data();
    again(&mut data, 4, DAWN, THIRD, "Day");
    let world = World::of(database, data).await;
    assert_eq!(world.merge(DAWN, DEE).await, done());
    let record = super::world::person(&world.data, of).id;
    let sql = "UPDATE person SET shielded = TRUE WHERE id = $1";
    world.write(sql, vec![record.into()]).await;
    assert_eq!(world.merge(DAY, DAWN).await, done());
    assert_eq!(world.split(DAY, DEE).await, done());
    assert_eq!(world.split(DAY, DAWN).await, done());
    let officer = world.officer();
    for reference in [SCHOOLS, HOUSINGS] {
        assert_eq!(told(&officer, reference, "phone").await.len(), 0, "{reference}");
    }
    assert!(!told(&officer, THIRD, "phone").await.is_empty());
}

on_both!(a_no_to_the_marker_in_one_household_takes_that_of_the_other_from_the_feed);
async fn a_no_to_the_marker_in_one_household_takes_that_of_the_other_from_the_feed(database: &TestDatabase) {
    let mut data = data();
    let (lee, yes, no) = (Of("Lee", SCHOOLS), ConsentAnswer::Given, ConsentAnswer::Refused);
    for (key, of, decision) in [(31, DAWN, yes), (32, lee, yes), (33, DEE, no)] {
        let row = ConsentRow {
            category: "MARKER".to_owned(),
            agency_kind: "jobcentre_plus".to_owned(),
            ..said(
                &data,
                key,
                (of, of),
                of.1,
                decision,
                60 - i64::try_from(key).expect("few"),
            )
        };
        data.consents.push(row);
    }
    // She belongs to a third family as well, and that is where she is named: the marker of one that is not named goes.
    let third = data
        .families
        .iter()
        .find(|row| row.reference == THIRD)
        .expect("a family")
        .clone();
    let row = membership(&third, super::world::person(&data, DAWN).id, 2_030);
    let there = super::world::id(third.id, row.id);
    data.memberships.push(row);
    let world = World::of(database, data).await;
    let adviser = world
        .app
        .partner("jcp-cambridge", "marker_lookup", "employment_support");
    let marker = crate::feed::reader::marker_id(&world.app.store, SCHOOLS).await;
    let mut feed = Reader::new(adviser);
    let mut told = async || {
        let mut told = feed.kinds().await;
        told.retain(|(_, of)| *of == marker);
        told.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>()
    };
    let change = async |name: &str| {
        let analyst = world.analyst();
        assert_eq!(
            super::world::merge(&analyst, name, &there, &world.id(DEE)).await,
            done()
        );
    };
    assert_eq!(told().await, ["SET"]);
    change("mergePeople").await;
    assert_eq!(told().await, ["REMOVED"]);
    change("splitPeople").await;
    assert_eq!(told().await, ["SET"]);
}

on_both!(who_died_by_one_record_is_dead_by_both);
async fn who_died_by_one_record_is_dead_by_both(database: &TestDatabase) {
    let mut data = data();
    let dee = super::world::person(&data, DEE).id;
    for row in data.people.iter_mut().filter(|row| row.id == dee) {
        row.died_on = Some(crate::support::app::today().date_naive());
    }
    let world = World::of(database, data).await;
    let officer = world.officer();
    assert_eq!(names(&officer, SCHOOLS).await, SCHOOLS_KNOWS);
    // Who died is no member, and is named by who was.
    assert_eq!(world.merge(DAWN, DEE).await, done());
    assert_eq!(
        names(&officer, SCHOOLS).await,
        ["Lee"],
        "nobody decides for her, and she for nobody"
    );
    assert_eq!(world.split(DAWN, DEE).await, done());
    assert_eq!(names(&officer, SCHOOLS).await, SCHOOLS_KNOWS);
}

on_both!(who_is_looked_up_leads_to_both_households);
async fn who_is_looked_up_leads_to_both_households(database: &TestDatabase) {
    let mut data = data();
    let dee = super::world::person(&data, DEE).id;
    for row in data.people.iter_mut().filter(|row| row.id == dee) {
        (row.given_name, row.family_name) = ("Deirdre".to_owned(), "Ashworth".to_owned());
        row.date_of_birth = row.date_of_birth.map(|day| day - chrono::Days::new(4_000));
    }
    data.local_identifiers.push(LocalIdentifierRow {
        authority_id: thinkfamily::demo::CAMBRIDGESHIRE,
        id: Uuid::from_u128(4_000),
        family_id: super::world::family(&data, HOUSINGS),
        person_id: dee,
        system: IdentifierSystem::NhsNumber,
        value: "9990000026".to_owned(),
    });
    let world = World::of(database, data).await;
    let police = world.app.partner("cambs-police", "marker_lookup", "safeguarding");
    let ask = async |question: Value| {
        const LOOK: &str = "query Lookup($input: MarkerLookupInput!) { markerLookup(input: $input) { markers { family { reference } } } }";
        let reply = police.ask_with(LOOK, json!({ "input": question })).await;
        let markers = reply.data()["markerLookup"]["markers"]
            .as_array()
            .expect("a list")
            .clone();
        let reference = |one: &Value| one["family"]["reference"].as_str().expect("text").to_owned();
        markers.iter().map(reference).collect::<Vec<_>>()
    };
    let found = async || ask(person("Dawn", "Hardman")).await;
    let by_number = async || {
        let number = json!([{ "system": "NHS_NUMBER", "value": "9990000026" }]);
        ask(json!({ "identifiers": number })).await
    };
    assert_eq!(by_number().await, [HOUSINGS]);
    assert_eq!(found().await, [SCHOOLS]);
    let deirdre = Of("Deirdre", HOUSINGS);
    assert_eq!(world.merge(DAWN, deirdre).await, done());
    assert_eq!(found().await, [HOUSINGS, SCHOOLS]);
    assert_eq!(by_number().await, [HOUSINGS, SCHOOLS]);
    assert_eq!(world.split(DAWN, deirdre).await, done());
    assert_eq!(found().await, [SCHOOLS]);
    assert_eq!(by_number().await, [HOUSINGS]);
}
