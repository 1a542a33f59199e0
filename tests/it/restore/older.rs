//! The main database is older, the trail is, or both are.

use std::fs;

use thinkfamily::audit::{Kind, restored::Restored};

use super::{
    in_worlds,
    world::{Desk, Of, World},
};

const SCHOOL: (&[&str], &[&str]) = (&["IDENTITY"], &["SCHOOL"]);

/// A world in which, after both databases were saved, consent was withdrawn, given, refused, and given and withdrawn at once, and an agency began to work with the family. Gives the decisions as they
/// were then.
async fn later(world: &World) -> Vec<String> {
    let desk = Desk::open(&world.site).await;
    let given = desk.decide("GIVEN", SCHOOL.0, SCHOOL.1).await;
    assert!(desk.school_sees_dawn().await);
    desk.close().await;
    world.save().await;
    let desk = Desk::open(&world.site).await;
    desk.withdraw(&given[0]).await;
    assert!(!desk.school_sees_dawn().await);
    desk.decide("GIVEN", &["CRITERION_WORK", "PLAN"], &["POLICE", "HEALTH", "PRISON"])
        .await;
    desk.decide("REFUSED", &["PLAN"], &["HOUSING"]).await;
    let short = desk.decide("GIVEN", &["IDENTITY"], &["HOUSING", "PROBATION"]).await;
    desk.withdraw(&short[1]).await;
    desk.involve().await;
    let consents = desk.consents().await;
    desk.close().await;
    consents
}

async fn restored(world: &World) -> Restored {
    let entries = world.entries(Kind::Restored).await;
    assert_eq!(entries.len(), 1);
    entries[0].restored.clone().unwrap()
}

async fn what_an_older_main_database_has_lost_is_done_again(world: World) {
    let consents = later(&world).await;
    world.put_back(Of::Main).await;
    let behind = "the main database is behind the trail: it lacks 6 changes that were made since 20";
    world.refuses(&[behind]);
    // Looking changes nothing.
    let (code, said) = world.run(&["restore", "--check"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains(behind) && said.contains("5 decisions about consent would be done again, 2 of them withdrawals"),
        "{said}"
    );
    world.refuses(&[behind]);
    let said = world.restores(&[
        "5 decisions about consent were done again",
        "TF-10001",
        "by cambs-early-help",
    ]);
    let lists: Vec<_> = fs::read_dir(world.folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let list = lists
        .iter()
        .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("restore-"));
    let list = fs::read_to_string(list.unwrap()).unwrap();
    assert_eq!(list.lines().count(), 1, "{list}");
    assert!(
        said.contains(list.trim()) && list.contains("write Change  TF-10001"),
        "{list}"
    );
    let told = restored(&world).await;
    assert!(told.lost.is_empty() && told.since.is_some());
    assert_eq!((told.again, told.told), (5, 1));
    let desk = Desk::open(&world.site).await;
    assert!(!desk.school_sees_dawn().await, "what was withdrawn stays so");
    assert_eq!(desk.consents().await, consents);
    desk.close().await;
    assert!(
        world.entries(Kind::WriteFailed).await.is_empty(),
        "what was made is not said not to be"
    );
    world.verified();
}
in_worlds!(what_an_older_main_database_has_lost_is_done_again: files, servers_apart);

async fn what_an_older_trail_has_lost_is_said(world: World) {
    let consents = later(&world).await;
    world.put_back(Of::Trail).await;
    world.refuses(&["the trail is behind the main database: it lacks ", " entries since 20"]);
    world.restores(&["lost: chain "]);
    let told = restored(&world).await;
    assert_eq!((told.lost.len(), told.again, told.told), (1, 0, 0));
    let lost = told.lost.first().unwrap();
    assert!(lost.from == 1 && lost.to > 10, "{lost:?}");
    let desk = Desk::open(&world.site).await;
    assert_eq!(desk.consents().await, consents);
    desk.close().await;
    world.verified();
    // A trail that is put back once more has lost that as well.
    world.put_back(Of::Trail).await;
    world.refuses(&["the trail is behind the main database"]);
}
in_worlds!(what_an_older_trail_has_lost_is_said: files, servers_apart);

async fn that_both_are_older_is_known_from_outside(world: World) {
    later(&world).await;
    world.put_back_both().await;
    let marks = world.folder().join("marks");
    let noted = fs::read(&marks).unwrap();
    world.refuses(&["both databases are behind what this data directory has seen of them: the trail lacks "]);
    // Nothing else tells.
    fs::remove_file(&marks).unwrap();
    Desk::open(&world.site).await.close().await;
    world.put_back_both().await;
    fs::write(&marks, noted).unwrap();
    world.refuses(&["both databases are behind"]);
    world.restores(&["lost: chain ", "0 decisions about consent were done again"]);
    assert_eq!(restored(&world).await.lost.len(), 1);
    let desk = Desk::open(&world.site).await;
    assert!(desk.school_sees_dawn().await, "nobody here knows that it was withdrawn");
    desk.close().await;
    world.verified();
}
in_worlds!(that_both_are_older_is_known_from_outside: files, servers_apart, one_server);

async fn a_restore_has_the_databases_for_itself(world: World) {
    let desk = Desk::open(&world.site).await;
    let (code, said) = world.run(&["restore"]);
    assert!(code == 1 && said.contains("is in use: stop every server"), "{said}");
    let (code, said) = world.run(&["restore", "--check"]);
    assert!(code == 0 && said.contains("nothing to do"), "{said}");
    assert!(desk.school_sees_dawn().await);
    desk.kill();
    world.save().await;
    let (code, said) = world.run(&["restore"]);
    assert!(code == 0 && said.contains("nothing to do"), "{said}");
}
in_worlds!(a_restore_has_the_databases_for_itself: files, servers_apart, one_server);

/// A data directory that was used with other databases says nothing of these.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_of_another_database_counts_for_nothing() {
    let world = World::files().await.unwrap();
    Desk::open(&world.site).await.close().await;
    let at = |name: &str| format!("sqlite://{}", world.folder().join(name).display());
    let (main, trail) = (at("other.db"), at("other.trail.db"));
    let other = World::at(&world.folder(), &main, Some(trail));
    for _ in 0..2 {
        Desk::open(&other.site).await.close().await;
        Desk::open(&world.site).await.close().await;
    }
    // Its own it knows.
    world.save().await;
    Desk::open(&world.site).await.close().await;
    world.put_back_both().await;
    world.refuses(&["the trail is behind what this data directory has seen"]);
    Desk::open(&other.site).await.close().await;
}
