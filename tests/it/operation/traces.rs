//! What a collector of traces is told: the parts of each request under the caller's own trace, and nothing of anybody.

use serde_json::json;

use crate::{
    live::police,
    support::{
        app::Partner,
        database::{TestDatabase, on_both},
        live::{BOTH, Live},
        process::{Site, someone},
        receiver::{Got, Receiver},
    },
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
/// Values of the demonstration, of the requests below and of their headers that nobody may be told.
const CANARIES: [&str; 18] = [
    "TF-10001",
    "Dawn",
    "Tyler",
    "07700 900101",
    "Hardman",
    "Leigh",
    "Sadler",
    "ZQ4 7HA",
    "PR-104477",
    "Ruth Ellis",
    "somebody-who-asks",
    "DomesticAbuseInMillRoad",
    "kept-by-a-vendor",
    "carried-along",
    "a-users-own-browser",
    "Bearer",
    "eyJhbGci",
    "SELECT",
];

fn holds(bodies: &[Got], bytes: &[u8]) -> bool {
    bodies
        .iter()
        .any(|got| got.body.windows(bytes.len()).any(|window| window == bytes))
}

/// A trace's identifier as it stands in what the collector gets.
fn identifier() -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&TRACE[at..at + 2], 16).unwrap();
    (0..TRACE.len()).step_by(2).map(digits).collect()
}

async fn a_collector_is_told_how_long_and_of_nobody(database: &TestDatabase) {
    let collector = Receiver::start().await;
    let folder = tempfile::tempdir().unwrap();
    let base = collector.url.trim_end_matches("/hooks").to_owned();
    let site = Site::new(folder.path(), Some(database.text())).with_environment(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &base),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ]);
    let mut serving = site.serve(&["--log-format=json"]);
    let lead = someone(
        "cambs-early-help",
        "lead_professional",
        "family_support",
        thinkfamily::demo::LEAD_SUBJECT,
    );
    let client = site.client(&serving, &lead);
    let body = json!({
        "query": "query DomesticAbuseInMillRoad($r: String!) { family(reference: $r) { leadProfessional { name } members { givenName phone } } }",
        "variables": { "r": "TF-10001" },
    });
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let headers = [
        ("traceparent", parent.as_str()),
        ("tracestate", "vendor=kept-by-a-vendor"),
        ("baggage", "name=carried-along"),
        ("user-agent", "a-users-own-browser"),
    ];
    let answer = client.send(&headers, body.to_string()).await.expect("an answer");
    assert!(answer.text().contains("Dawn"), "{}", answer.text());
    let asker = someone("cambs-police", "marker_lookup", "safeguarding", "somebody-who-asks");
    let look_up = "{ markerLookup(input: { givenName: \"Leigh\", familyName: \"Sadler\", postcode: \"ZQ4 7HA\", identifiers: \
                   [{ system: POLICE_REFERENCE, value: \"PR-104477\" }] }) { status marker { leadProfessional { name } } } }";
    let found = site
        .client(&serving, &asker)
        .post(look_up, json!({}))
        .await
        .expect("an answer");
    assert!(found.text().contains("MATCHED"), "{}", found.text());
    // What fails is told no more of.
    let refused = site
        .client(&serving, &asker)
        .post("{ Hardman }", json!({}))
        .await
        .expect("an answer");
    assert_ne!(refused.status, 200);
    for by in BOTH {
        let partner = Partner::at(&serving.url, site.token(&police()));
        let mut live = Live::begin(
            by,
            &partner,
            "subscription { markerChanged { kind markerId } }",
            &json!({}),
        )
        .await;
        assert!(live.next().await.is_some());
    }
    serving.tell_to_stop();
    assert_eq!(serving.end().await, Some(0));

    let told = collector.got();
    assert!(!told.is_empty() && told.iter().all(|got| got.path == "/v1/traces"));
    assert!(holds(&told, &identifier()), "the caller's trace goes on");
    for span in [
        "request",
        "sign-in",
        "plan",
        "session",
        "statements",
        "execute",
        "trail",
        "answer",
        "event",
        "operation",
    ] {
        assert!(holds(&told, span.as_bytes()), "no span {span}");
    }
    assert!(holds(&told, b"thinkfamily"), "the service is named");
    for canary in CANARIES {
        assert!(!holds(&told, canary.as_bytes()), "the collector was told {canary}");
    }
    let (_, log) = serving.ended();
    assert!(log.contains(&format!("\"trace_id\":\"{TRACE}\"")), "{log}");
}
on_both!(a_collector_is_told_how_long_and_of_nobody);

#[tokio::test]
async fn without_a_collector_nothing_is_traced_and_one_that_is_gone_stops_nobody() {
    let database = TestDatabase::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let quiet = Site::new(folder.path(), Some(database.text()));
    let serving = quiet.serve(&["--log-format=json"]);
    let ask = async |site: &Site, url: &crate::support::process::Serving| {
        let answer = site.client(url, &police()).post("{ viewer { role } }", json!({})).await;
        assert_eq!(answer.expect("an answer").status, 200);
    };
    ask(&quiet, &serving).await;
    let (_, log) = serving.ended();
    assert!(log.contains("\"request_id\"") && !log.contains("trace_id"), "{log}");

    // Nobody listens there.
    let gone = quiet.with_environment(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
        ("OTEL_BSP_SCHEDULE_DELAY", "20"),
    ]);
    let mut serving = gone.serve(&["--log-format=json"]);
    ask(&gone, &serving).await;
    serving.tell_to_stop();
    assert_eq!(serving.end().await, Some(0));
    let (_, log) = serving.ended();
    assert!(log.contains("traces were not sent"), "{log}");
}
