//! Many say the same at the same time, or something else of the same record; and what is said twice is done once.

use std::sync::Arc;

use serde_json::{Value, json};
use thinkfamily::audit::Kind;

use super::world::{
    DAWN, DEE, Of, THIRD, TY, TYLER, World, again, data, document, done, family, input, merge, refused,
};
use crate::support::database::{TestDatabase, on_both};

/// All of them at once, and what each is told.
async fn at_once(world: &World, pairs: Vec<(&'static str, Of, Of)>) -> Vec<Value> {
    let analyst = Arc::new(world.analyst());
    let asking = pairs.into_iter().map(|(name, one, other)| {
        let (analyst, one, other) = (Arc::clone(&analyst), world.id(one), world.id(other));
        tokio::spawn(async move { merge(&analyst, name, &one, &other).await })
    });
    let asking: Vec<_> = asking.collect();
    let mut told = Vec::new();
    for one in asking {
        told.push(one.await.expect("an answer"));
    }
    told
}

on_both!(who_says_the_same_at_once_makes_one_merge_of_it);
async fn who_says_the_same_at_once_makes_one_merge_of_it(database: &TestDatabase) {
    let world = World::of(database, data()).await;
    let before = world.stored().await;
    let told = at_once(&world, vec![("mergePeople", TYLER, TY); 8]).await;
    assert_eq!(told, vec![done(); 8]);
    assert_eq!(world.merges().await, (1, 1));
    let told = at_once(&world, vec![("splitPeople", TYLER, TY); 8]).await;
    assert_eq!(told, vec![done(); 8]);
    assert_eq!((world.merges().await, world.stored().await), ((1, 0), before));
}

on_both!(three_that_are_made_one_in_a_ring_are_one_person);
async fn three_that_are_made_one_in_a_ring_are_one_person(database: &TestDatabase) {
    const DAY: Of = Of("Day", THIRD);
    let mut data = data();
    again(&mut data, 4, DAWN, THIRD, "Day");
    let world = World::of(database, data).await;
    let ring = vec![
        ("mergePeople", DAWN, DEE),
        ("mergePeople", DEE, DAY),
        ("mergePeople", DAY, DAWN),
    ];
    assert_eq!(at_once(&world, ring).await, vec![done(); 3]);
    assert_eq!(world.merges().await, (2, 2));
    let people =
        "SELECT count(DISTINCT m.person_id) AS number FROM membership m JOIN person_merge x ON m.person_id = x.kept_id";
    assert_eq!(world.app.number_of(people).await, 1);
}

on_both!(the_same_request_again_changes_nothing_again);
async fn the_same_request_again_changes_nothing_again(database: &TestDatabase) {
    let world = World::of(database, data()).await;
    let analyst = world.analyst();
    let mut sent = input(&world.id(TYLER), &world.id(TY));
    sent["v"]["idempotencyKey"] = json!("once");
    let ask = async |sent: &Value| {
        analyst.ask_with(&document("mergePeople"), sent.clone()).await.data()["mergePeople"].clone()
    };
    assert_eq!(ask(&sent).await, done());
    assert_eq!(world.split(TYLER, TY).await, done());
    assert_eq!(ask(&sent).await, done());
    assert_eq!(world.merges().await, (1, 0), "it was made then, and is not made again");
    sent["v"]["reason"] = json!("CONFIRMED");
    assert_eq!(ask(&sent).await, refused("idempotencyKey", "CONFLICT"));
}

on_both!(each_is_in_the_trail_with_both_families);
async fn each_is_in_the_trail_with_both_families(database: &TestDatabase) {
    let world = World::of(database, data()).await;
    assert_eq!(world.merge(DAWN, DEE).await, done());
    // What is so already changes nothing, and tells whose records they are.
    assert_eq!(world.merge(DAWN, DEE).await, done());
    assert_eq!(world.split(DAWN, DEE).await, done());
    let read = thinkfamily::audit::latest(world.app.trail.store(), thinkfamily::demo::CAMBRIDGESHIRE, None, 50).await;
    let written = read.expect("the trail can be read");
    let families = [DAWN, DEE].map(|of| family(&world.data, of.1));
    for of in families {
        // One of each change, which names that family alone.
        let here = written
            .iter()
            .filter(|(_, entry)| entry.kind == Kind::Write && entry.families.iter().eq([&of]));
        assert_eq!(here.filter(|(_, entry)| !entry.people.is_empty()).count(), 2);
    }
    let told = written.iter().filter(|(_, entry)| entry.kind == Kind::Disclosed);
    let told: Vec<_> = told.map(|(_, entry)| entry.families.len()).collect();
    assert_eq!(told, [2]);
}
