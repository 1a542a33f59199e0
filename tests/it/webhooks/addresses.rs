//! No webhook goes into the network that the server stands in: by number, by name, or by a name that leads elsewhere than it did.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;
use thinkfamily::webhook::{Deliverer, Guard, Settings};

use super::{add, deliveries, later, report_one};
use crate::{
    contacts::{change_past_the_server, mailbox},
    support::{
        app::App,
        database::{TestDatabase, on_both},
        receiver::Receiver,
    },
};

/// A deliverer for which every name leads to that address.
fn deliverer_with_names(
    app: &App,
    guard: Guard,
    leads_to: impl Fn() -> Vec<SocketAddr> + Send + Sync + 'static,
) -> Deliverer {
    let services = app.engine.services();
    let lookup = Arc::new(move |_name: String| {
        let found = leads_to();
        Box::pin(async move { Ok(found) }) as futures_util::future::BoxFuture<'static, _>
    });
    let settings = Settings {
        guard,
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

async fn a_name_that_leads_inside_is_refused(database: &TestDatabase) {
    let app = App::start(database).await;
    let receiver = Receiver::start().await;
    let mailbox = mailbox(&app);
    let port = receiver.url.rsplit_once(':').expect("a port").1;
    // With TLS it would fail anyway; what is looked at is why, and that nothing arrives.
    add(&mailbox, &format!("https://hooks.example.org:{port}")).await;
    report_one(&app).await;
    let inside = || vec!["127.0.0.1:0".parse().expect("an address")];
    let both = || {
        let addresses = ["8.8.8.8:0", "10.0.0.1:0"];
        addresses.map(|address| address.parse().expect("an address")).to_vec()
    };
    deliverer_with_names(&app, SHUT, inside)
        .pass()
        .await
        .expect("it answers");
    assert_eq!(deliveries(&mailbox).await[0]["lastFailure"], "ADDRESS");
    later(&app, chrono::TimeDelta::seconds(6));
    deliverer_with_names(&app, SHUT, both).pass().await.expect("it answers");
    assert_eq!(
        deliveries(&mailbox).await[0]["lastFailure"],
        "ADDRESS",
        "one that is inside is one too many"
    );
    // Where it is allowed the same name is connected to.
    later(&app, chrono::TimeDelta::minutes(6));
    deliverer_with_names(&app, OPEN, inside)
        .pass()
        .await
        .expect("it answers");
    assert_eq!(
        deliveries(&mailbox).await[0]["lastFailure"],
        "CONNECTION",
        "no TLS there"
    );
    assert!(receiver.got().is_empty());
}
on_both!(a_name_that_leads_inside_is_refused);

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
    assert_eq!(failed.expect("the second")["lastFailure"], json!("ADDRESS"));
    assert_eq!(receiver.got().len(), 1);
}
on_both!(it_is_looked_at_again_each_time);
