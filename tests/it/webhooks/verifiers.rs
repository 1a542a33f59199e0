//! The reference verifiers of Standard Webhooks take our webhooks, and refuse what is not ours: npm's and that of `PyPI`, `standardwebhooks`.

use std::{io::Write as _, process::Stdio};

use serde_json::{Value, json};

use super::{add, deliverer, later, report_one};
use crate::{
    contacts::{change, mailbox},
    support::{
        app::App,
        database::TestDatabase,
        peers::{self, Peer},
        receiver::{Got, Receiver},
    },
};

const NODE: &str = "
const { Webhook } = require('standardwebhooks');
const asked = JSON.parse(require('fs').readFileSync(0, 'utf8'));
// The tests' clock stands still; the library reads the machine's.
Date.now = () => asked.now * 1000;
for (const { secret, headers, body } of asked.webhooks) {
  try { new Webhook(secret).verify(body, headers); console.log('taken'); } catch (error) { console.log('refused'); }
}";

const PYTHON: &str = "
import datetime, json, sys
import standardwebhooks.webhooks as library
asked = json.load(sys.stdin)
class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(asked['now'], tz)
library.datetime = Clock
for webhook in asked['webhooks']:
    try:
        library.Webhook(webhook['secret']).verify(webhook['body'], webhook['headers'])
        print('taken')
    except Exception:
        print('refused')
";

/// Webhooks as both libraries are given them, and whether they must be taken.
async fn webhooks() -> (Value, Vec<&'static str>) {
    let database = TestDatabase::sqlite().await;
    let app = App::start(&database).await;
    let receiver = Receiver::start().await;
    let mailbox = mailbox(&app);
    let (id, old) = add(&mailbox, &receiver.url).await;
    let deliverer = deliverer(&app);
    report_one(&app).await;
    deliverer.pass().await.expect("it answers");
    let rotated = change(&mailbox, "rotateWebhookSecret", "secret", json!({ "endpointId": id })).await;
    let new = rotated["secret"].as_str().expect("a secret").to_owned();
    report_one(&app).await;
    deliverer.pass().await.expect("it answers");
    let got = receiver.got();
    let case = |secret: &str, webhook: &Got, body: Option<&str>, at: Option<&str>| {
        let body = body.map_or_else(
            || String::from_utf8(webhook.body.clone()).expect("a text"),
            str::to_owned,
        );
        let headers = json!({
            "webhook-id": webhook.header("webhook-id"),
            "webhook-timestamp": at.unwrap_or_else(|| webhook.header("webhook-timestamp")),
            "webhook-signature": webhook.header("webhook-signature"),
        });
        json!({ "secret": secret, "headers": headers, "body": body })
    };
    let before = (app.clock.now().timestamp() - 1).to_string();
    let cases = [
        (case(&old, &got[0], None, None), "taken"),
        (case(&new, &got[0], None, None), "refused"),
        (case(&old, &got[1], None, None), "taken"),
        (case(&new, &got[1], None, None), "taken"),
        (
            case(&old, &got[0], Some("{\"type\":\"contact.reported\"}"), None),
            "refused",
        ),
        (case(&old, &got[0], None, Some(&before)), "refused"),
    ];
    later(&app, chrono::TimeDelta::seconds(1));
    let (webhooks, wanted): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    (
        json!({ "now": app.clock.now().timestamp(), "webhooks": webhooks }),
        wanted,
    )
}

async fn verified_by(peer: Option<Peer>, script: &str) {
    let Some(peer) = peer else { return };
    let (asked, wanted) = webhooks().await;
    let mut child = peer
        .run(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut into = child.stdin.take().expect("piped");
    into.write_all(asked.to_string().as_bytes()).expect("it reads");
    drop(into);
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8(output.stdout).expect("a text");
    assert_eq!(said.lines().collect::<Vec<_>>(), wanted);
}

#[tokio::test]
async fn verified_by_npm_standardwebhooks() {
    verified_by(peers::node("standardwebhooks", "1.1.1"), NODE).await;
}

#[tokio::test]
async fn verified_by_pypi_standardwebhooks() {
    verified_by(peers::python("standardwebhooks", "1.1.0"), PYTHON).await;
}
