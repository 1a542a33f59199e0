//! Tests of the limits per socket, per client and overall.

use super::*;

#[tokio::test]
async fn operations_per_socket_are_limited() {
    let server = Server::with(LiveLimits {
        operations: 2,
        ..LiveLimits::default()
    })
    .await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "subscription { ticks }").await;
    peer.subscribe("2", "subscription { ticks }").await;
    server.engine.feed.open(2).await;
    peer.subscribe("3", "{ a }").await;
    let error = peer.message().await;
    assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("3")));
    assert_eq!(error["payload"][0]["extensions"]["code"], "TOO_MANY_REQUESTS");
    peer.complete("1").await;
    server.engine.feed.open(1).await;
    peer.query_until_answered("3").await;
}

#[tokio::test]
async fn a_cancelled_query_counts_until_it_ends() {
    let server = Server::with(LiveLimits {
        operations: 1,
        ..LiveLimits::default()
    })
    .await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "{ hangs }").await;
    server.engine.entered.notified().await;
    peer.complete("1").await;
    peer.subscribe("2", "{ a }").await;
    assert_eq!(peer.message().await["type"], "error");
    server.engine.release.notify_one();
    // And nothing more is sent for the first.
    peer.query_until_answered("2").await;
}

#[tokio::test]
async fn output_of_a_cancelled_operation_is_not_sent_under_a_reused_id() {
    let server = Server::plain().await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "{ hangs }").await;
    server.engine.entered.notified().await;
    peer.complete("1").await;
    peer.subscribe("1", "subscription { ticks }").await;
    server.engine.feed.open(1).await;
    server.engine.release.notify_one();
    tokio::time::sleep(Duration::from_millis(20)).await;
    server.engine.feed.ticks.send_modify(|tick| *tick += 1);
    assert_eq!(peer.message().await["payload"]["data"]["n"], 1);
    server.engine.feed.ticks.send_modify(|tick| *tick += 1);
    assert_eq!(peer.message().await["payload"]["data"]["n"], 2);
}

#[tokio::test]
async fn an_operation_holds_its_slot_until_it_ends() {
    let server = Server::with_one_slot().await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "{ hangs }").await;
    server.engine.entered.notified().await;
    // The socket is gone; the operation still runs.
    drop(peer);
    server.sockets(0).await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "{ a }").await;
    assert_eq!(peer.message().await["payload"][0]["extensions"]["code"], "UNAVAILABLE");
    server.engine.release.notify_one();
    peer.query_until_answered("1").await;
}

#[tokio::test]
async fn an_idle_subscription_holds_no_slot_and_an_event_needs_one() {
    let server = Server::with_one_slot().await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "subscription { ticks }").await;
    server.engine.feed.open(1).await;
    // The slot in which it started is released a moment later.
    peer.query_until_answered("2").await;
    assert_eq!(peer.message().await["type"], "complete");
    peer.subscribe("2", "{ hangs }").await;
    server.engine.entered.notified().await;
    server.engine.feed.ticks.send_modify(|tick| *tick += 1);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(server.engine.feed.events_produced(), 0, "the only turn is taken");
    server.engine.release.notify_one();
    let mut ids = vec![peer.message().await["id"].clone(), peer.message().await["id"].clone()];
    ids.push(peer.message().await["id"].clone());
    assert!(ids.contains(&json!("1")) && ids.contains(&json!("2")), "{ids:?}");
}

#[tokio::test]
async fn many_subscriptions_starting_at_once_queue() {
    let server = Server::with_one_slot().await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("hangs", "{ hangs }").await;
    server.engine.entered.notified().await;
    for id in 0..40 {
        peer.subscribe(&id.to_string(), "subscription { three }").await;
    }
    server.engine.release.notify_one();
    let mut ends = 0;
    while ends < 41 {
        let message = peer.message().await;
        assert_ne!(message["type"], "error", "{message}");
        ends += usize::from(message["type"] == "complete");
    }
}

#[tokio::test]
async fn sockets_are_limited_overall() {
    let server = Server::with(LiveLimits {
        sockets: 1,
        ..LiveLimits::default()
    })
    .await;
    let mut peer = server.acknowledged().await;
    // Clients authenticated by headers are told at once, the others after `connection_init`.
    let (_, head) = server.ask(&upgrade_request("authorization: Bearer good\r\n")).await;
    assert!(
        head.starts_with("HTTP/1.1 503 ") && head.contains("retry-after"),
        "{head}"
    );
    let mut other = server.peer("").await;
    other
        .send(json!({ "type": "connection_init", "payload": { "authorization": "Bearer good" } }))
        .await;
    assert_eq!(other.closed().await.0, 1013);
    peer.frames.close(None).await.expect("closed");
    server.sockets(0).await;
    // The slot is released when the socket has ended, a moment after it is no longer counted.
    let credentials = async {
        while !server
            .ask(&upgrade_request("authorization: Bearer good\r\n"))
            .await
            .1
            .starts_with("HTTP/1.1 101 ")
        {
            tokio::task::yield_now().await;
        }
    };
    timeout(TEST_TIMEOUT, credentials).await.expect("in time");
}

#[tokio::test]
async fn a_socket_authenticated_by_headers_keeps_its_slot() {
    let server = Server::with(LiveLimits {
        sockets: 1,
        sockets_per_client: 1,
        ..LiveLimits::default()
    })
    .await;
    let mut peer = server.peer("authorization: Bearer good\r\n").await;
    let (_, head) = server.ask(&upgrade_request("authorization: Bearer client-b\r\n")).await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    peer.init(json!({})).await;
    // If it turns out to be another client's, it counts for that client.
    peer.frames.close(None).await.expect("closed");
    server.sockets(0).await;
    let mut peer = loop {
        let (stream, head) = server.ask(&upgrade_request("authorization: Bearer good\r\n")).await;
        if head.starts_with("HTTP/1.1 101 ") {
            break Peer::new(stream).await;
        }
    };
    peer.init(json!({ "authorization": "Bearer client-b" })).await;
    peer.subscribe("1", "{ whoami }").await;
    assert_eq!(peer.message().await["payload"]["data"]["client"], "b");
}

#[tokio::test]
async fn sockets_and_streams_of_one_client_share_a_quota() {
    let server = Server::with(LiveLimits {
        sockets_per_client: 1,
        ..LiveLimits::default()
    })
    .await;
    let first = server.acknowledged().await;
    let mut second = server.peer("").await;
    second
        .send(json!({ "type": "connection_init", "payload": { "authorization": "Bearer good" } }))
        .await;
    let (code, reason) = second.closed().await;
    assert_eq!(
        (code, reason.as_str()),
        (1013, "This client has too many connections open")
    );
    let (_, head) = server
        .ask(&stream::stream_request("subscription { ticks }", "good"))
        .await;
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    let text = server.metrics.text().expect("text");
    assert!(
        text.contains("thinkfamily_graphql_operations_total{outcome=\"too_many_requests\"} 1"),
        "{text}"
    );
    // Other clients are not affected, nor are operations that end on their own.
    let mut other = server.peer("").await;
    other.init(json!({ "authorization": "Bearer client-b" })).await;
    let (_, head) = server.ask(&stream::stream_request("{ a }", "good")).await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    drop(first);
    server.sockets(1).await;
    server.acknowledged().await;
}
