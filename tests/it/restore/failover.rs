//! Another server takes over: one that has all that was committed, one that lacks some of it, and one that was made of a base backup and the archive of what was written since.

use std::{path::Path, time::Duration};

use thinkfamily::audit::Kind;
use tokio::time::{sleep, timeout};

use super::world::{Desk, World};
use crate::support::postgres::{self, Postgres};

const DATABASE: &str = "postgres";
const PATIENCE: Duration = Duration::from_mins(1);

/// The program on a server, with the trail there or on another.
fn at(folder: &Path, main: &Postgres, trail: Option<&Postgres>) -> World {
    World::at(folder, &main.url(DATABASE), trail.map(|trail| trail.url(DATABASE)))
}

async fn promoted(standby: &Postgres) {
    standby.statement("SELECT pg_promote(true, 60)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_standby_has_lost_nothing_and_is_served_from_at_once() {
    let Some(primary) = postgres::own() else { return };
    let folder = tempfile::tempdir().unwrap();
    let world = at(folder.path(), &primary, None);
    let desk = Desk::open(&world.site).await;
    let standby = primary.standby();
    primary
        .statement("ALTER SYSTEM SET synchronous_standby_names = '*'")
        .await;
    primary.statement("SELECT pg_reload_conf()").await;
    let given = desk.decide("GIVEN", &["IDENTITY"], &["SCHOOL"]).await;
    desk.withdraw(&given[0]).await;
    let consents = desk.consents().await;
    desk.kill();
    primary.end("KILL");
    promoted(&standby).await;
    let world = at(folder.path(), &standby, None);
    let (code, said) = world.run(&["restore", "--check"]);
    assert!(code == 0 && said.contains("nothing to do"), "{said}");
    let desk = Desk::open(&world.site).await;
    assert!(!desk.school_sees_dawn().await);
    assert_eq!(desk.consents().await, consents);
    desk.close().await;
    world.verified();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_asynchronous_standby_lacks_is_said_before_anybody_is_served() {
    let Some(primary) = postgres::own() else { return };
    let folder = tempfile::tempdir().unwrap();
    let world = at(folder.path(), &primary, None);
    let desk = Desk::open(&world.site).await;
    let given = desk.decide("GIVEN", &["IDENTITY"], &["SCHOOL"]).await;
    let standby = primary.standby();
    // It receives no more.
    standby.end("INT");
    desk.withdraw(&given[0]).await;
    desk.close().await;
    primary.end("KILL");
    standby.start_again();
    promoted(&standby).await;
    let world = at(folder.path(), &standby, None);
    world.refuses(&["both databases are behind what this data directory has seen of them: the trail lacks "]);
    world.restores(&["lost: chain "]);
    let told = world.entries(Kind::Restored).await;
    assert_eq!(told[0].restored.as_ref().unwrap().lost.len(), 1);
    Desk::open(&world.site).await.close().await;
    world.verified();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_asynchronous_standby_lacks_is_done_again_where_the_trail_is_elsewhere() {
    let (Some(primary), Some(trail)) = (postgres::own(), postgres::own()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let world = at(folder.path(), &primary, Some(&trail));
    let desk = Desk::open(&world.site).await;
    let given = desk.decide("GIVEN", &["IDENTITY"], &["SCHOOL"]).await;
    let standby = primary.standby();
    standby.end("INT");
    desk.withdraw(&given[0]).await;
    desk.decide("REFUSED", &["PLAN"], &["POLICE"]).await;
    let consents = desk.consents().await;
    world.told().await;
    // What nobody was told of that it was made is withdrawn all the same.
    let short = desk.decide("GIVEN", &["PLAN"], &["HEALTH"]).await;
    world.told().await;
    desk.withdraw(&short[0]).await;
    desk.kill();
    primary.end("KILL");
    standby.start_again();
    promoted(&standby).await;
    let world = at(folder.path(), &standby, Some(&trail));
    world.refuses(&["the main database is behind the trail: it lacks "]);
    world.restores(&["4 decisions about consent were done again"]);
    let desk = Desk::open(&world.site).await;
    assert!(!desk.school_sees_dawn().await);
    let now = desk.consents().await;
    assert!(consents.iter().all(|consent| now.contains(consent)), "{now:#?}");
    let more: Vec<_> = now.iter().filter(|consent| !consents.contains(consent)).collect();
    assert!(
        more.len() == 1 && !more[0].contains("\"withdrawnAt\":null"),
        "{more:#?}"
    );
    desk.close().await;
    world.verified();
}

/// Waits until all that was written so far is in the archive.
async fn archived(server: &Postgres) {
    server.statement("SELECT pg_switch_wal()").await;
    let waiting = async {
        let pending = "DO $$ BEGIN IF (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready') > 0 THEN RAISE 'pending'; END IF; END $$";
        while !server.succeeds(pending).await {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, waiting)
        .await
        .expect("nothing comes into the archive");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_backup_and_the_archive_are_served_from_to_the_end_and_to_a_point() {
    let Some(primary) = postgres::own() else { return };
    let archive = primary.keep_archive().await;
    let folder = tempfile::tempdir().unwrap();
    let world = at(folder.path(), &primary, None);
    let desk = Desk::open(&world.site).await;
    let (whole, part) = (primary.base_backup(&[]), primary.base_backup(&[]));
    let given = desk.decide("GIVEN", &["IDENTITY"], &["SCHOOL"]).await;
    primary.statement("SELECT pg_create_restore_point('before')").await;
    desk.withdraw(&given[0]).await;
    let consents = desk.consents().await;
    desk.close().await;
    archived(&primary).await;
    primary.end("KILL");
    // The archive is needed, the machine is not.
    whole.recover(&archive, None);
    let whole = whole.start();
    whole.becomes_primary().await;
    let on_whole = at(folder.path(), &whole, None);
    let desk = Desk::open(&on_whole.site).await;
    assert_eq!(desk.consents().await, consents);
    desk.close().await;
    on_whole.verified();
    part.recover(&archive, Some("before"));
    let part = part.start();
    part.becomes_primary().await;
    let on_part = at(folder.path(), &part, None);
    on_part.refuses(&["both databases are behind"]);
    on_part.restores(&["lost: chain "]);
    let desk = Desk::open(&on_part.site).await;
    assert!(desk.school_sees_dawn().await);
    desk.close().await;
    on_part.verified();
}

/// A server that goes on while the one beneath it is another, which lacks what was committed last. `sign`: what it says of that.
async fn is_left(main: &Postgres, trail: Option<&Postgres>, sign: &str) {
    let folder = tempfile::tempdir().unwrap();
    let world = at(folder.path(), main, trail);
    let desk = Desk::open(&world.site).await;
    let given = desk.decide("GIVEN", &["IDENTITY"], &["SCHOOL"]).await;
    let before = main.base_backup(&[]);
    desk.withdraw(&given[0]).await;
    world.told().await;
    main.end("KILL");
    main.put_back(&before);
    main.start_again();
    let waiting = async {
        while !(desk.readiness().await == 503 && desk.log().contains(sign)) {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "no {sign} in:\n{}", desk.log());
    for _ in 0..5 {
        assert!(!desk.is_answered().await, "an older database is not answered from");
    }
    desk.close().await;
    world.refuses(&[]);
    world.restores(&[]);
    let desk = Desk::open(&world.site).await;
    // Only a trail that is elsewhere knows that it was withdrawn.
    assert_eq!(desk.school_sees_dawn().await, trail.is_none());
    desk.close().await;
    world.verified();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_under_which_both_databases_become_older_gives_nothing_more() {
    let Some(server) = postgres::own() else { return };
    is_left(&server, None, "database_behind").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_under_which_the_main_database_becomes_older_gives_nothing_more() {
    let (Some(server), Some(trail)) = (postgres::own(), postgres::own()) else {
        return;
    };
    is_left(&server, Some(&trail), "database_behind").await;
}

/// The trail's chain must end where a process left it: it does not go on beyond what is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_under_which_the_trail_becomes_older_gives_nothing_more() {
    let (Some(server), Some(trail)) = (postgres::own(), postgres::own()) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let world = at(folder.path(), &server, Some(&trail));
    let desk = Desk::open(&world.site).await;
    let before = trail.base_backup(&[]);
    assert!(desk.is_answered().await);
    trail.end("KILL");
    trail.put_back(&before);
    trail.start_again();
    let waiting = async {
        while !desk.log().contains("trail_stopped") {
            assert!(!desk.is_answered().await, "without an entry");
            desk.readiness().await;
            sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "{}", desk.log());
    desk.close().await;
    world.refuses(&["the trail is behind what this data directory has seen of them"]);
    world.restores(&["lost: chain "]);
    Desk::open(&world.site).await.close().await;
    world.verified();
}
