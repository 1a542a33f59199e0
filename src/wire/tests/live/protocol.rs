//! Tests of graphql-transport-ws, message by message.

use super::*;

#[tokio::test]
async fn a_query_is_answered_and_completed() {
    let server = Server::plain().await;
    let mut peer = server.peer("").await;
    peer.init(json!({ "authorization": "Bearer good", "x-withheld": "error" }))
        .await;
    let payload = json!({ "query": "query Q($v: Int) { a(b: $v) }", "operationName": "Q", "variables": { "v": 1 } });
    peer.send(json!({ "type": "subscribe", "id": "é \"1\"", "payload": payload }))
        .await;
    assert_eq!(
        peer.message().await,
        json!({ "type": "next", "id": "é \"1\"", "payload": { "data": { "a": 1 } } })
    );
    assert_eq!(peer.message().await, json!({ "type": "complete", "id": "é \"1\"" }));
    let last = server.engine.last.lock().expect("no panic").take().expect("it was run");
    assert_eq!(last.operation_name.as_deref(), Some("Q"));
    assert_eq!(last.variables, json!({ "v": 1 }));
    assert_eq!(
        (last.withheld, last.allowed),
        (WithheldMode::Error, Allowed::QueriesAndMutations)
    );
    // The same id may be reused, and mutations are supported too.
    peer.subscribe("é \"1\"", "mutation { change }").await;
    assert_eq!(peer.message().await["type"], "next");
}

#[tokio::test]
async fn every_operation_has_its_own_request_id() {
    let server = Server::plain().await;
    let mut peer = server.acknowledged().await;
    let mut ids = Vec::new();
    for id in ["1", "2"] {
        peer.subscribe(id, "{ whoami }").await;
        ids.push(peer.message().await["payload"]["data"]["request"].clone());
        peer.message().await;
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn refused_operations_are_errors_and_keep_the_socket_open() {
    let server = Server::plain().await;
    let mut peer = server.acknowledged().await;
    let flood = format!("{{ a {} }}", "@d ".repeat(10_000));
    for (document, code) in [
        ("{ a", "BAD_USER_INPUT"),
        ("{ ...F } fragment F on Q { ...F }", "BAD_USER_INPUT"),
        (flood.as_str(), "TOO_COMPLEX"),
        ("{ invalid }", "BAD_USER_INPUT"),
        ("{ busy }", "TOO_MANY_REQUESTS"),
        ("{ failing }", "INTERNAL"),
        ("{ panics }", "INTERNAL"),
        ("subscription { unknown }", "BAD_USER_INPUT"),
        ("subscription { busy }", "TOO_MANY_REQUESTS"),
    ] {
        peer.subscribe("1", document).await;
        let error = peer.message().await;
        assert_eq!(
            (&error["type"], &error["id"]),
            (&json!("error"), &json!("1")),
            "{document}"
        );
        assert_eq!(error["payload"].as_array().map(Vec::len), Some(1), "a list of errors");
        assert_eq!(error["payload"][0]["extensions"]["code"], code, "{document}");
        assert!(error.to_string().len() < 4096 && !error.to_string().contains("secret"));
    }
    peer.subscribe("1", "{ a }").await;
    assert_eq!(peer.message().await["type"], "next");
}

#[tokio::test]
async fn events_arrive_in_order_and_then_complete() {
    let server = Server::plain().await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "subscription { three }").await;
    for _ in 0..3 {
        assert_eq!(peer.message().await["type"], "next");
    }
    assert_eq!(peer.message().await, json!({ "type": "complete", "id": "1" }));
    server.engine.feed.open(0).await;

    for (document, code) in [
        ("subscription { ends }", "NOT_IN_AGREEMENT"),
        ("subscription { panics }", "INTERNAL"),
    ] {
        peer.subscribe("1", document).await;
        assert_eq!(peer.message().await["type"], "next");
        let error = peer.message().await;
        assert_eq!(error["type"], "error");
        assert_eq!(error["payload"][0]["extensions"]["code"], code);
        server.engine.feed.open(0).await;
    }
}

#[tokio::test]
async fn the_client_may_complete_a_subscription_and_reuse_its_id() {
    let server = Server::plain().await;
    let mut peer = server.acknowledged().await;
    // An unknown id may have ended meanwhile.
    peer.complete("nobody").await;
    for _ in 0..3 {
        peer.subscribe("1", "subscription { ticks }").await;
        server.engine.feed.open(1).await;
        server.engine.feed.ticks.send_modify(|tick| *tick += 1);
        assert_eq!(peer.message().await["payload"]["data"]["n"], 1);
        peer.complete("1").await;
        server.engine.feed.open(0).await;
    }
    peer.subscribe("1", "{ a }").await;
    assert_eq!(peer.message().await["payload"]["data"]["a"], 1);
}

#[tokio::test]
async fn pings_are_answered_at_any_time() {
    let server = Server::plain().await;
    let mut peer = server.peer("").await;
    for when in ["before", "after"] {
        peer.send(json!({ "type": "ping" })).await;
        assert_eq!(peer.message().await, json!({ "type": "pong" }));
        peer.send(json!({ "type": "ping", "payload": { "when": when } })).await;
        assert_eq!(
            peer.message().await,
            json!({ "type": "pong", "payload": { "when": when } })
        );
        peer.send(json!({ "type": "pong", "payload": { "a": 1 } })).await;
        if when == "before" {
            peer.init(json!({ "authorization": "Bearer good" })).await;
        }
    }
}

#[tokio::test]
async fn protocol_violations_are_closed_with_the_right_code() {
    let init = json!({ "type": "connection_init", "payload": { "authorization": "Bearer good" } });
    let waits = json!({ "type": "subscribe", "id": "1", "payload": { "query": "subscription { ticks }" } });
    let server = Server::plain().await;
    for (messages, code, reason) in [
        (vec![waits.clone()], 4401, "Unauthorized"),
        (
            vec![init.clone(), init.clone()],
            4429,
            "Too many initialisation requests",
        ),
        (
            vec![init.clone(), waits.clone(), waits.clone()],
            4409,
            "A subscriber of this id already exists",
        ),
        (vec![json!({ "type": "unknown" })], 4400, "Invalid message"),
        (vec![json!([])], 4400, "Invalid message"),
        (
            vec![init.clone(), json!({ "type": "connection_ack" })],
            4400,
            "Invalid message",
        ),
        (
            vec![init.clone(), json!({ "type": "subscribe", "id": "1" })],
            4400,
            "Invalid message",
        ),
        (
            vec![init.clone(), json!({ "type": "next", "id": "1", "payload": {} })],
            4400,
            "Invalid message",
        ),
        (vec![json!({ "type": "ping", "payload": 1 })], 4400, "Invalid message"),
    ] {
        let mut peer = server.peer("").await;
        for message in &messages {
            peer.send(message.clone()).await;
        }
        assert_eq!(peer.closed().await, (code, reason.to_owned()), "{messages:?}");
        // The peer has answered the close, so the connection ends.
        assert!(peer.next().await.is_none());
    }
    server.sockets(0).await;
    server.engine.feed.open(0).await;
}

#[tokio::test]
async fn a_socket_without_connection_init_is_closed_4408() {
    let server = Server::with(LiveLimits {
        init_time: Duration::from_millis(30),
        ..LiveLimits::default()
    })
    .await;
    let mut peer = server.peer("").await;
    // A ping does not count as initialisation.
    peer.send(json!({ "type": "ping" })).await;
    assert_eq!(
        peer.closed().await,
        (4408, "Connection initialisation timeout".to_owned())
    );
    let mut peer = server.acknowledged().await;
    tokio::time::sleep(Duration::from_millis(60)).await;
    peer.subscribe("1", "{ a }").await;
    assert_eq!(peer.message().await["type"], "next");
}

#[tokio::test]
async fn metrics_count_sockets_subscriptions_and_close_codes() {
    let server = Server::plain().await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "subscription { ticks }").await;
    server.engine.feed.open(1).await;
    server.engine.feed.ticks.send_modify(|tick| *tick += 1);
    peer.message().await;
    let text = server.metrics.text().expect("text");
    for line in ["thinkfamily_sockets 1", "thinkfamily_subscriptions 1"] {
        assert!(text.contains(line), "{line} in {text}");
    }
    peer.text("nonsense").await;
    assert_eq!(peer.closed().await.0, 4400);
    server.sockets(0).await;
    until(|| server.metrics.subscriptions.get() == 0).await;
    let text = server.metrics.text().expect("text");
    for line in [
        "thinkfamily_events_total 1",
        "thinkfamily_socket_closings_total{code=\"4400\"} 1",
        "thinkfamily_graphql_operations_total{outcome=\"subscribed\"} 1",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[tokio::test]
async fn registered_documents_are_referenced_by_identifier() {
    let id = |text| format!("sha256:{}", crate::graphql::documents::sha256(text));
    let server = Server::plain().await;
    let mut peer = server.peer("").await;
    peer.init(json!({ "authorization": "Bearer client-only-registered" }))
        .await;
    let mut told = Vec::new();
    for payload in [
        json!({ "documentId": id("{ a }") }),
        json!({ "documentId": id("{ b }") }),
        json!({ "query": "{ a }" }),
        json!({ "documentId": id("subscription { three }") }),
    ] {
        peer.send(json!({ "type": "subscribe", "id": "1", "payload": payload }))
            .await;
        loop {
            let message = peer.message().await;
            let kind = message["type"].as_str().unwrap_or_default().to_owned();
            let ended = ["complete", "error"].contains(&kind.as_str());
            told.push(kind);
            if message["type"] == "error" {
                assert_eq!(message["payload"][0]["extensions"]["code"], "DOCUMENT_NOT_REGISTERED");
            }
            if ended {
                break;
            }
        }
    }
    let wanted = ["next", "complete", "error", "error", "next", "next", "next", "complete"];
    assert_eq!(told, wanted);
}
