//! The trail has each event before it is given.

use sea_orm::ConnectionTrait;
use serde_json::json;
use thinkfamily::{audit::Kind, error::ErrorCode, graphql::operation::Event};

use super::reader::{LIVE, Reader, caller, change, engine, family, operation, servers, touch};
use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
    trail::entries,
};

/// The entries that say that something of a family was disclosed.
async fn disclosed(app: &App, reference: &str) -> usize {
    let family = family(&app.store, reference).await;
    let all = entries(app.store.databases()).await;
    let of_family = all
        .iter()
        .filter(|(entry, _)| entry.kind == Kind::Disclosed && entry.families.contains(&family));
    of_family.count()
}

async fn each_event_is_in_the_trail(database: &TestDatabase) {
    let (apps, families) = servers(database, 1, 2).await;
    let app = &apps[0];
    let mut police = Reader::new(app.partner("cambs-police", "marker_lookup", "safeguarding"));
    police.read().await;
    assert_eq!((disclosed(app, "R-0").await, disclosed(app, "R-1").await), (1, 1));
    police.read().await;
    assert_eq!(disclosed(app, "R-0").await, 1, "an empty page discloses nothing");
    let close = "UPDATE family SET closed_on = attached_on WHERE authority_id = 1 AND id = $1";
    change(&app.store, close, vec![families[0].0.into()]).await;
    touch(&app.store, "R-0").await;
    assert_eq!(
        disclosed(app, "R-0").await,
        1,
        "looking after a feed tells nobody anything"
    );
    assert_eq!(police.kinds().await.len(), 1);
    assert_eq!(
        (disclosed(app, "R-0").await, disclosed(app, "R-1").await),
        (2, 1),
        "that it is there no longer is told as well"
    );
    let all = entries(app.store.databases()).await;
    let taken_back = all
        .iter()
        .filter(|(entry, _)| entry.families.contains(&families[0].0) && entry.clauses.is_empty());
    let taken_back: Vec<_> = taken_back.filter(|(entry, _)| entry.kind == Kind::Disclosed).collect();
    assert_eq!(taken_back.len(), 1, "no clause permits what takes back");
    assert_eq!(
        taken_back[0]
            .0
            .categories
            .iter()
            .map(thinkfamily::audit::Code::as_str)
            .collect::<Vec<_>>(),
        ["MARKER"]
    );
    assert_eq!(
        taken_back[0]
            .0
            .operation
            .as_ref()
            .and_then(|operation| operation.name()),
        Some("Feed")
    );

    let engine = engine(app);
    let caller = caller(&app.store, "cambs-police", "marker_lookup", "safeguarding").await;
    let mut live = engine.subscribe(operation(&caller, LIVE, &json!({}))).await.unwrap();
    let before = entries(app.store.databases()).await.len();
    assert!(matches!(live.next().await, Event::Next(_)));
    assert_eq!(
        entries(app.store.databases()).await.len(),
        before + 1,
        "of what is not asked for nothing is recorded"
    );
}
on_both!(each_event_is_in_the_trail);

async fn what_cannot_be_recorded_is_not_given(database: &TestDatabase) {
    let (apps, _) = servers(database, 1, 2).await;
    let app = &apps[0];
    let engine = engine(app);
    let caller = caller(&app.store, "cambs-police", "marker_lookup", "safeguarding").await;
    let mut live = engine.subscribe(operation(&caller, LIVE, &json!({}))).await.unwrap();
    let Event::Next(first) = live.next().await else {
        panic!("an event");
    };
    let first: serde_json::Value = serde_json::from_slice(&first).unwrap();
    let trail = app.store.databases().trail();
    trail
        .execute_unprepared("ALTER TABLE trail_record RENAME TO away")
        .await
        .unwrap();
    let refused = live.next().await;
    assert!(
        matches!(&refused, Event::Refused(error) if error.code == ErrorCode::Unavailable),
        "{refused:?}"
    );
    assert!(matches!(live.next().await, Event::Complete));
    let mut police = Reader::new(app.partner("cambs-police", "marker_lookup", "safeguarding"));
    let reply = police.partner.ask("{ markerChanges { nodes { markerId } } }").await;
    assert_eq!((reply.status, reply.code()), (503, "UNAVAILABLE"));
    assert!(reply.body.get("data").is_none());
    trail
        .execute_unprepared("ALTER TABLE away RENAME TO trail_record")
        .await
        .unwrap();
    // It goes on from where it was, and nothing is missing.
    let after = &first["data"]["markerChanged"]["cursor"];
    let mut again = engine
        .subscribe(operation(&caller, LIVE, &json!({ "after": after })))
        .await
        .unwrap();
    let Event::Next(second) = again.next().await else {
        panic!("an event");
    };
    let second: serde_json::Value = serde_json::from_slice(&second).unwrap();
    let all = police.read().await;
    assert_eq!(second["data"]["markerChanged"]["markerId"], json!(all[1].id));
}
on_both!(what_cannot_be_recorded_is_not_given);
