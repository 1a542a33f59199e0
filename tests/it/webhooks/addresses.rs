//! No webhook goes into the network that the server stands in: by number, by name, or by a name that leads elsewhere than it did.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use futures_util::future::BoxFuture;
use serde_json::json;
use thinkfamily::webhook::{Deliverer, Guard, Settings};

use super::{add, deliveries, later, report_one};
use crate::{
    contacts::{change_past_the_server, mailbox},
    support::{
        app::{App, CONNECT_TIME},
        database::{TestDatabase, on_both},
        receiver::Receiver,
    },
};

type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// A deliverer for which every name leads to that address.
fn deliverer_with_names(
    app: &App,
    guard: Guard,
    leads_to: impl Fn() -> Vec<SocketAddr> + Send + Sync + 'static,
) -> Deliverer {
    deliverer_with(
        app,
        guard,
        Arc::new(move |_name: String| Box::pin(std::future::ready(Ok(leads_to())))),
    )
}

/// A deliverer that looks names up in this way.
fn deliverer_with(app: &App, guard: Guard, lookup: Lookup) -> Deliverer {
    let services = app.engine.services();
    let settings = Settings {
        guard,
        connect: CONNECT_TIME,
        ..Settings::default()
    };
    let sealer = Arc::clone(&services.webhooks.sealer);
    let public_id = Arc::new(|_, _, _| "id".to_owned());
    Deliverer::with_lookup(
        app.store.clone(),
        app.trail.clone(),
        sealer,
        public_id,
        settings,
        lookup,
    )
    .expect("a client")
}

const SHUT: Guard = Guard {
    private_addresses: false,
};
const OPEN: Guard = Guard {
    private_addresses: true,
};

/// How names can lead nowhere, as far as an endpoint's owner may know: each of these is told in one word.
fn nowhere() -> [(&'static str, Lookup); 5] {
    let to = |addresses: &'static [&'static str]| -> Lookup {
        let addresses: Vec<SocketAddr> = addresses
            .iter()
            .map(|address| address.parse().expect("an address"))
            .collect();
        Arc::new(move |_| {
            let found = Ok(addresses.clone());
            Box::pin(std::future::ready(found))
        })
    };
    let unknown: Lookup = Arc::new(|_| {
        let error = io::Error::other("the name is not known");
        Box::pin(std::future::ready(Err(error)))
    });
    [
        ("unknown", unknown),
        ("without an address", to(&[])),
        ("inside", to(&["127.0.0.1:0"])),
        ("inside and outside", to(&["8.8.8.8:0", "10.0.0.1:0"])),
        ("never found", Arc::new(|_| Box::pin(std::future::pending()))),
    ]
}

async fn a_name_that_leads_inside_is_refused_like_one_that_leads_nowhere(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    let port = receiver.url.rsplit_once(':').expect("a port").1;
    // With TLS it would fail anyway; what is looked at is what is told, and that nothing arrives.
    add(&mailbox(&app), &format!("https://hooks.example.org:{port}")).await;
    let mut told = Vec::new();
    for (what, lookup) in nowhere() {
        app.clock.set(app.clock.now() + chrono::TimeDelta::days(30));
        report_one(&app).await;
        let mut attempts = Vec::new();
        loop {
            let began = Instant::now();
            deliverer_with(&app, SHUT, Arc::clone(&lookup))
                .pass()
                .await
                .expect("it answers");
            assert!(
                began.elapsed() >= CONNECT_TIME,
                "{what}: it is told after as long as a connection may take"
            );
            // Tokens do not last that long.
            let stands = deliveries(&mailbox(&app)).await.swap_remove(0);
            attempts.push((
                stands["attempts"].clone(),
                stands["state"].clone(),
                stands["lastFailure"].clone(),
                stands["lastStatus"].clone(),
            ));
            if stands["state"] == "DEAD" {
                break;
            }
            later(&app, chrono::TimeDelta::hours(27));
        }
        assert_eq!(attempts.len(), 10, "{what}");
        assert_eq!(attempts[0].2, "CONNECTION", "{what}");
        told.push((what, attempts));
    }
    for (what, attempts) in &told {
        assert_eq!(attempts, &told[0].1, "{what}");
    }
    // Where it is allowed the same name is connected to.
    report_one(&app).await;
    let inside = || vec!["127.0.0.1:0".parse().expect("an address")];
    deliverer_with_names(&app, OPEN, inside)
        .pass()
        .await
        .expect("it answers");
    assert_eq!(
        deliveries(&mailbox(&app)).await[0]["lastFailure"],
        "CONNECTION",
        "no TLS there"
    );
    assert!(receiver.got().is_empty());
}
on_both!(a_name_that_leads_inside_is_refused_like_one_that_leads_nowhere);

/// What was allowed when it was added and is not any more; and a name that changes where it leads.
async fn it_is_looked_at_again_each_time(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    let mailbox = mailbox(&app);
    add(&mailbox, &receiver.url).await;
    report_one(&app).await;
    let shut = deliverer_with_names(&app, SHUT, Vec::new);
    shut.pass().await.expect("it answers");
    assert_eq!(deliveries(&mailbox).await[0]["lastFailure"], "ADDRESS");
    assert!(receiver.got().is_empty());
    let named = receiver.url.replace("127.0.0.1", "hooks.example.org");
    let sql = "UPDATE webhook_endpoint SET url = $1 WHERE authority_id = 1";
    change_past_the_server(&app, sql, vec![named.clone().into()]).await;
    let turned = Arc::new(AtomicBool::new(false));
    let leads_to = {
        let turned = Arc::clone(&turned);
        move || {
            let address = if turned.load(Ordering::Relaxed) {
                "169.254.169.254:0"
            } else {
                "127.0.0.1:0"
            };
            vec![address.parse().expect("an address")]
        }
    };
    later(&app, chrono::TimeDelta::seconds(6));
    deliverer_with_names(&app, OPEN, leads_to.clone())
        .pass()
        .await
        .expect("it answers");
    assert_eq!(receiver.got().len(), 1, "the name leads to the receiver");
    assert_eq!(
        receiver.got()[0].header("host"),
        named.split('/').nth(2).expect("a host")
    );
    turned.store(true, Ordering::Relaxed);
    report_one(&app).await;
    deliverer_with_names(&app, SHUT, leads_to)
        .pass()
        .await
        .expect("it answers");
    let failed = deliveries(&mailbox)
        .await
        .into_iter()
        .find(|stands| stands["state"] != "DELIVERED");
    assert_eq!(failed.expect("the second")["lastFailure"], json!("ADDRESS"), "by http");
    assert_eq!(receiver.got().len(), 1);
}
on_both!(it_is_looked_at_again_each_time);
