//! Subscriptions, at the engine: history, then what comes, decided when it is given.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use serde_json::{Value, json};
use thinkfamily::{
    error::ErrorCode,
    graphql::{
        engine::{Engine, Subscription},
        operation::{Event, WithheldMode},
    },
    sharing::caller::Caller,
    store::session::{Mode, Session},
};
use tokio::time::timeout;

use super::reader::{
    LIVE, Reader, Told, caller, change, engine, family, marker_id, operation, servers, take_in, touch,
};
use crate::{
    partners::changes,
    support::{
        app::App,
        database::{TestDatabase, on_both},
    },
};

/// Longer than anything takes that is to come.
const LONG: Duration = Duration::from_secs(20);
/// Long enough for what must not come to have come, and for the next of what is there already on a busy machine.
const SHORT: Duration = Duration::from_secs(1);

async fn police(app: &App) -> Caller {
    caller(&app.store, "cambs-police", "marker_lookup", "safeguarding").await
}

async fn begin(engine: &Engine, caller: &Caller, after: Option<&str>) -> Subscription {
    let begun = engine
        .subscribe(operation(caller, LIVE, &json!({ "after": after })))
        .await;
    begun.unwrap_or_else(|error| panic!("{error:?}"))
}

#[track_caller]
fn told(event: Event) -> Told {
    let Event::Next(bytes) = event else {
        panic!("not an event: {event:?}");
    };
    let body: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert!(body.get("errors").is_none(), "{body:#}");
    Told::of(&body["data"]["markerChanged"])
}

/// All that comes until nothing more does.
async fn drain(subscription: &mut Subscription) -> Vec<Told> {
    let mut all = Vec::new();
    while let Ok(event) = timeout(SHORT, subscription.next()).await {
        all.push(told(event));
    }
    all
}

async fn next(subscription: &mut Subscription) -> Told {
    told(timeout(LONG, subscription.next()).await.expect("something comes"))
}

async fn history_then_what_comes(database: &TestDatabase) {
    let (apps, families) = servers(database, 1, 4).await;
    let (app, engine, police) = (&apps[0], engine(&apps[0]), police(&apps[0]).await);
    let mut reader = Reader::new(app.partner("cambs-police", "marker_lookup", "safeguarding"));
    let history = reader.read().await;
    let mut live = begin(&engine, &police, None).await;
    let same = drain(&mut live).await;
    let of = |told: &[Told]| {
        told.iter()
            .map(|told| (told.kind.clone(), told.id.clone(), told.cursor.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(&same),
        of(&history),
        "history is what the query gives, cursors and all"
    );

    let close = "UPDATE family SET closed_on = attached_on WHERE authority_id = 1 AND id = $1";
    change(&app.store, close, vec![families[0].0.into()]).await;
    // Whoever waits is woken.
    let (came, ()) = tokio::join!(next(&mut live), touch(&app.store, "R-0"));
    assert_eq!(
        (came.kind.as_str(), &came.id),
        ("REMOVED", &marker_id(&app.store, "R-0").await)
    );
    // A reader of pages goes on from an event's cursor, and a subscriber from a page's.
    reader.after = Some(came.cursor.clone());
    reader.nothing().await;
    let mut again = begin(&engine, &police, reader.after.as_deref()).await;
    assert_eq!(drain(&mut again).await, []);
    let mut earlier = begin(&engine, &police, Some(&history[1].cursor)).await;
    let since: Vec<_> = drain(&mut earlier).await.into_iter().map(|told| told.id).collect();
    let removed = marker_id(&app.store, "R-0").await;
    let mut expected: Vec<_> = history[2..]
        .iter()
        .map(|told| told.id.clone())
        .filter(|id| *id != removed)
        .collect();
    expected.push(removed);
    assert_eq!(since, expected);
    // The same of the ones that wait: each gets it.
    let reopen = "UPDATE family SET closed_on = NULL WHERE authority_id = 1 AND id = $1";
    change(&app.store, reopen, vec![families[0].0.into()]).await;
    touch(&app.store, "R-0").await;
    for waiting in [&mut live, &mut again, &mut earlier] {
        let came = next(waiting).await;
        assert_eq!(came.kind, "SET");
    }
}
on_both!(history_then_what_comes);

/// What is looked up ahead is decided when it is given: it may have been taken back, or say something else.
async fn each_event_is_decided_when_it_is_given(database: &TestDatabase) {
    let (apps, families) = servers(database, 1, 4).await;
    let (app, engine, police) = (&apps[0], engine(&apps[0]), police(&apps[0]).await);
    let mut known = BTreeMap::new();
    let mut live = begin(&engine, &police, None).await;
    // One is taken, so that the others are known; then the adults of all the others withdraw.
    let first = next(&mut live).await;
    take_in(&mut known, std::slice::from_ref(&first));
    let refuse = "UPDATE consent SET withdrawn_at = recorded_at WHERE authority_id = 1 AND agency_kind = 'police'";
    change(&app.store, refuse, vec![]).await;
    let session = Session::begin(&app.store, 1, Mode::Write).await.unwrap();
    for (family, _) in &families {
        session.write_as_operator().touch(*family);
    }
    session.write_as_operator().touch(family(&app.store, "TF-10001").await);
    session.commit().await.unwrap();
    let rest = drain(&mut live).await;
    assert!(
        rest.iter().all(|told| told.kind == "REMOVED"),
        "nothing of them is told any more: {rest:#?}"
    );
    take_in(&mut known, &rest);
    assert!(known.is_empty(), "{known:#?}");
}
on_both!(each_event_is_decided_when_it_is_given);

async fn when_the_right_ends_so_does_the_subscription(database: &TestDatabase) {
    let (apps, _) = servers(database, 1, 2).await;
    let (app, engine, police) = (&apps[0], engine(&apps[0]), police(&apps[0]).await);
    let mut live = begin(&engine, &police, None).await;
    let mut known = BTreeMap::new();
    take_in(&mut known, &drain(&mut live).await);
    let social_care = caller(&app.store, "cambs-social-care", "marker_lookup", "safeguarding").await;
    let mut other = begin(&engine, &social_care, None).await;
    let all = drain(&mut other).await.len();
    changes::leave(app, "cambs-police", app.clock.today() + TimeDelta::days(1)).await;
    app.clock.set(app.clock.now() + TimeDelta::days(1));
    // The day has turned, and whoever looks next sees it.
    touch(&app.store, "TF-10001").await;
    for _ in 0..known.clone().len() {
        let came = next(&mut live).await;
        assert_eq!(came.kind, "REMOVED");
        take_in(&mut known, &[came]);
    }
    assert!(known.is_empty());
    let ended = timeout(LONG, live.next()).await.unwrap();
    assert!(
        matches!(&ended, Event::Refused(error) if error.code == ErrorCode::NotInAgreement),
        "{ended:?}"
    );
    assert!(matches!(timeout(LONG, live.next()).await.unwrap(), Event::Complete));
    assert_eq!(drain(&mut other).await, [], "whoever else signed is not concerned");
    assert!(all > 0);
    // What is owed is told once more to whoever asks; then it ends, too.
    let mut again = begin(&engine, &police, None).await;
    let ended = timeout(LONG, again.next()).await.unwrap();
    assert!(
        matches!(&ended, Event::Refused(error) if error.code == ErrorCode::NotInAgreement),
        "{ended:?}"
    );
    // Whoever was never told anything is refused at once.
    for (agency, role, purpose) in [
        ("ely-academy", "practitioner", "education_support"),
        ("cambs-police", "practitioner", "prevention_of_crime"),
    ] {
        let never = caller(&app.store, agency, role, purpose).await;
        let refused = engine.subscribe(operation(&never, LIVE, &json!({}))).await;
        assert_eq!(refused.expect_err("no right").code, ErrorCode::NotInAgreement);
    }
}
on_both!(when_the_right_ends_so_does_the_subscription);

async fn what_is_no_subscription_is_refused(database: &TestDatabase) {
    let (apps, _) = servers(database, 1, 1).await;
    let (engine, police) = (engine(&apps[0]), police(&apps[0]).await);
    for bad in [
        "{ viewer { role } }",
        "subscription { __typename }",
        "subscription { nosuch { kind } }",
        "subscription { markerChanged { nosuch } }",
        "subscription { markerChanged }",
        "subscription { markerChanged(after: 5) { kind } }",
        "subscription { markerChanged(after: \"x\") { kind } }",
        "subscription { markerChanged { kind } __schema { queryType { name } } }",
        "subscription { a: markerChanged { kind } b: markerChanged { kind } }",
        "subscription { markerChanged @skip(if: true) { kind } }",
    ] {
        let refused = engine.subscribe(operation(&police, bad, &json!({}))).await;
        assert_eq!(refused.expect_err(bad).code, ErrorCode::BadUserInput, "{bad}");
    }
    let good = "subscription { ...f } fragment f on Subscription { told: markerChanged { ...g } } fragment g on MarkerChange { kind }";
    let mut live = engine.subscribe(operation(&police, good, &json!({}))).await.unwrap();
    let Event::Next(bytes) = timeout(LONG, live.next()).await.unwrap() else {
        panic!("an event");
    };
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(body["data"], json!({ "told": { "kind": "SET" } }));
    // What goes beyond the agreement is told with each event, or refused as a whole.
    let beyond = "subscription { markerChanged { marker { family { members { givenName } } } } }";
    let mut asked = operation(&police, beyond, &json!({}));
    let mut live = engine.subscribe(operation(&police, beyond, &json!({}))).await.unwrap();
    let Event::Next(bytes) = timeout(LONG, live.next()).await.unwrap() else {
        panic!("an event");
    };
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        body["extensions"]["disclosure"]["withheld"][0]["reason"], "NOT_IN_AGREEMENT",
        "{body:#}"
    );
    asked.withheld = WithheldMode::Fail;
    assert_eq!(
        engine.subscribe(asked).await.expect_err("beyond").code,
        ErrorCode::NotInAgreement
    );
    // Over HTTP it is refused in words.
    let partner = apps[0].partner("cambs-police", "marker_lookup", "safeguarding");
    let reply = partner.ask("subscription { markerChanged { kind } }").await;
    assert_eq!(reply.code(), "BAD_USER_INPUT");
    assert!(reply.body.get("data").is_none());
}
on_both!(what_is_no_subscription_is_refused);

/// Whoever gives up waiting loses nothing and gets nothing twice.
async fn to_stop_waiting_loses_nothing(database: &TestDatabase) {
    let (apps, _) = servers(database, 1, 30).await;
    let (app, engine, police) = (&apps[0], engine(&apps[0]), police(&apps[0]).await);
    let mut reader = Reader::new(app.partner("cambs-police", "marker_lookup", "safeguarding"));
    let history = reader.read().await;
    let mut whole = begin(&engine, &police, None).await;
    let mut all = Vec::new();
    for _ in &history {
        all.push(next(&mut whole).await.cursor);
    }
    let mut live = begin(&engine, &police, None).await;
    let mut came = Vec::new();
    let mut patience = 0;
    while came.len() < all.len() {
        patience = (patience + 1) % 7;
        if let Ok(event) = timeout(Duration::from_micros(200 * patience), live.next()).await {
            came.push(told(event).cursor);
        }
    }
    assert_eq!(came, all);
    assert!(timeout(SHORT, live.next()).await.is_err());
    touch(&app.store, "R-3").await;
    assert!(
        timeout(SHORT, live.next()).await.is_err(),
        "nothing that the marker says has changed"
    );
}
on_both!(to_stop_waiting_loses_nothing);
