//! Keys of an issuer that change at their address while the server serves.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, routing::get};
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use thinkfamily::config::{IssuerSettings, KeyLocation, TokenAlgorithm, TokenBinding};
use tokio::net::TcpListener;

use super::{
    keys::Key,
    world::{AUDIENCE, POLICE, officer_at},
};
use crate::support::{
    app::{App, HERE, Partner, today},
    database::{TestDatabase, on_both},
};

/// An address that gives whatever keys it is told to, and counts.
#[derive(Clone)]
struct Address {
    url: String,
    keys: Arc<Mutex<Value>>,
    asked: Arc<AtomicUsize>,
}

impl Address {
    async fn open() -> Self {
        let keys = Arc::new(Mutex::new(Value::Null));
        let asked = Arc::new(AtomicUsize::new(0));
        let (told, count) = (keys.clone(), asked.clone());
        let answer = move || {
            count.fetch_add(1, Ordering::SeqCst);
            std::future::ready(told.lock().unwrap().to_string())
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/keys", get(answer))).await });
        Self { url, keys, asked }
    }

    fn tell(&self, keys: &[(&str, &Key)]) {
        let keys: Vec<Value> = keys.iter().map(|(kid, key)| key.jwk(kid)).collect();
        *self.keys.lock().unwrap() = json!({ "keys": keys });
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// A server that trusts it.
    async fn trusted_by(&self, database: &TestDatabase) -> App {
        let issuer = IssuerSettings {
            issuer: POLICE.to_owned(),
            audience: AUDIENCE.to_owned(),
            algorithms: BTreeSet::from([TokenAlgorithm::Es256, TokenAlgorithm::EdDsa]),
            keys: KeyLocation::Address(self.url.clone()),
            agencies: BTreeSet::from(["cambridgeshire/cambs-police".parse().unwrap()]),
            portals: BTreeSet::new(),
            leeway: Duration::from_secs(5),
            max_lifetime: Duration::from_hours(24),
            refresh: Duration::from_mins(10),
            binding: TokenBinding::Optional,
        };
        App::start_trusting(database, HERE, &[issuer]).await
    }
}

async fn status(app: &App, token: String) -> u16 {
    let reply = Partner::at(&app.url, token).ask("{ viewer { role } }").await;
    if reply.status == 200 {
        assert_eq!(reply.data()["viewer"]["role"], "MARKER_LOOKUP");
    }
    reply.status
}

async fn keys_change_while_it_serves(database: &TestDatabase) {
    let (old, new) = (Key::ed(), Key::ec());
    let address = Address::open().await;
    address.tell(&[("old", &old)]);
    let app = address.trusted_by(database).await;
    let claims = officer_at(today().timestamp());
    let by_old = || status(&app, old.token("old", &claims));
    let by_new = || status(&app, new.token("new", &claims));
    assert_eq!((by_old().await, by_new().await), (200, 401));
    assert_eq!(address.asked(), 1);

    address.tell(&[("old", &old), ("new", &new)]);
    assert_eq!(by_new().await, 401, "the address was asked a moment ago");
    app.clock.set(today() + TimeDelta::seconds(30));
    assert_eq!((by_new().await, by_old().await), (200, 200));
    assert_eq!(address.asked(), 2);

    address.tell(&[("new", &new)]);
    assert_eq!(by_old().await, 200, "nobody has asked again");
    app.clock.set(today() + TimeDelta::seconds(30 + 600));
    // The reading happens beside requests.
    let withdrawn = async {
        while by_old().await != 401 {
            assert_eq!(by_new().await, 200);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), withdrawn).await.unwrap();
    assert_eq!((by_new().await, address.asked()), (200, 3));

    // The name of a key is not the key: whoever has the old one cannot go on under the new one's name.
    let renamed = old.token_of(
        json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "new"}).to_string(),
        claims.to_string(),
    );
    assert_eq!(status(&app, renamed).await, 401);
}
on_both!(keys_change_while_it_serves);

async fn a_storm_of_unknown_keys_does_not_reach_their_address(database: &TestDatabase) {
    let key = Key::ed();
    let address = Address::open().await;
    address.tell(&[("one", &key)]);
    let app = address.trusted_by(database).await;
    let claims = officer_at(today().timestamp());
    for (storm, seconds) in [(1, 0), (2, 30), (3, 60)] {
        app.clock.set(today() + TimeDelta::seconds(seconds));
        let all = (0..200).map(|number| status(&app, key.token(&format!("{storm}-{number}"), &claims)));
        assert!(join_all(all).await.iter().all(|status| *status == 401));
        assert_eq!(address.asked(), storm, "once in 30 seconds, whoever asks");
        assert_eq!(status(&app, key.token("one", &claims)).await, 200);
    }
}
on_both!(a_storm_of_unknown_keys_does_not_reach_their_address);
