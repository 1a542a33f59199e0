//! What cannot be recorded does not happen; and sign-in that fails is recorded.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use serde_json::json;
use thinkfamily::{
    audit::{Kind, verify::verify},
    store::connect::Databases,
};

use crate::support::{
    app::App,
    client::Client,
    database::{TestDatabase, on_both},
    process::{Site, someone},
    trail,
};

async fn run(databases: &Databases, sql: &str) {
    databases.trail().execute_unprepared(sql).await.unwrap();
}

async fn what_cannot_be_recorded_is_not_disclosed(database: &TestDatabase) {
    let app = App::start(database).await;
    let databases = app.store.databases();
    let lead = app.lead_professional();
    let client = Client::new(&app.url, &lead.token);
    let query = "{ family(reference: \"TF-10001\") { reference members { givenName } } }";
    let fail = |query: &str| json!({ "query": query }).to_string();
    for table in ["trail_record", "trail_head"] {
        run(databases, &format!("ALTER TABLE {table} RENAME TO away")).await;
        let answer = client.post(query, json!({})).await.unwrap();
        assert_eq!(answer.status, 503, "{table}: {}", answer.text());
        let body = answer.json();
        assert_eq!(body["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{table}");
        assert!(body.get("data").is_none(), "{table}: {body}");
        for value in ["TF-10001", "Dawn", "Tyler"] {
            assert!(!answer.text().contains(value), "{table}: {value}");
        }
        // A refusal that cannot be recorded tells nothing of itself either, and what is about nobody goes on.
        let police = Client::new(
            &app.url,
            &app.partner("cambs-police", "practitioner", "safeguarding").token,
        );
        let refused = police
            .send(&[("x-withheld", "fail")], fail("{ consents { nodes { category } } }"))
            .await
            .unwrap();
        assert_eq!(refused.status, 503, "{table}: {}", refused.text());
        let nobody = police.post("{ viewer { role } }", json!({})).await.unwrap();
        assert_eq!(
            nobody.json()["data"]["viewer"]["role"],
            "PRACTITIONER",
            "{table}: {}",
            nobody.text()
        );

        run(databases, &format!("ALTER TABLE away RENAME TO {table}")).await;
        let answer = client.post(query, json!({})).await.unwrap();
        assert_eq!(
            answer.json()["data"]["family"]["reference"],
            "TF-10001",
            "{table}: it recovers: {}",
            answer.text()
        );
        let entries = trail::entries(databases).await;
        assert!(
            entries
                .iter()
                .any(|(entry, _)| entry.request_id == Some(answer.request_id)),
            "{table}"
        );
    }
    let report = verify(app.trail.store(), &[app.trail.public_key()], &[]).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.chains, report.entries), (1, 3));
}
on_both!(what_cannot_be_recorded_is_not_disclosed);

async fn a_token_that_is_not_accepted_is_in_the_trail(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&[]);
    let good = site.token(&someone("cambs-police", "practitioner", "safeguarding", "someone"));
    let (head, signature) = good.rsplit_once('.').unwrap();
    let other = site.token(&someone("tff-team", "coordinator", "programme_management", "someone"));
    let forged = format!("{head}.{}", other.rsplit_once('.').unwrap().1);
    let unknown_agency = site.token(&someone("no-such-agency", "practitioner", "safeguarding", "someone"));
    let query = json!({ "query": "{ viewer { role } }" }).to_string();
    for token in ["not-a-token", &forged, &unknown_agency] {
        let answer = Client::new(&serving.url, token).send(&[], query.clone()).await.unwrap();
        assert_eq!(answer.status, 401, "{}", answer.text());
    }
    // A purpose that the token does not allow is refused too; no token at all is nobody's failure.
    let other = Client::new(&serving.url, &good)
        .send(&[("x-purpose-of-use", "audit")], query.clone())
        .await
        .unwrap();
    assert_eq!(other.status, 403, "{}", other.text());
    assert_eq!(
        Client::new(&serving.url, "").send(&[], query).await.unwrap().status,
        401
    );

    let databases = database.open().await;
    let failed: Vec<_> = (trail::entries(&databases).await.into_iter())
        .filter(|(entry, _)| entry.kind == Kind::SignInFailed)
        .collect();
    let reasons: BTreeSet<_> = failed
        .iter()
        .map(|(entry, _)| entry.reason.as_ref().unwrap().as_str())
        .collect();
    assert_eq!((failed.len(), reasons.len()), (4, 4), "{reasons:?}");
    for (_, body) in &failed {
        assert!(
            !body.contains("not-a-token") && !body.contains(signature) && !body.contains("someone"),
            "{body}"
        );
    }
    databases.close().await.unwrap();
    drop(serving);
    assert!(site.run(&["audit", "verify"]).status.success());
}
on_both!(a_token_that_is_not_accepted_is_in_the_trail);
