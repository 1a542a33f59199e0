//! Tests of token expiry and server shutdown.

use super::*;

#[tokio::test]
async fn a_socket_closes_when_its_token_expires() {
    let server = Server::plain().await;
    let mut peer = server.peer("").await;
    peer.init(json!({ "authorization": "Bearer milliseconds-150" })).await;
    peer.subscribe("1", "subscription { ticks }").await;
    peer.subscribe("2", "{ hangs }").await;
    let (code, reason) = peer.closed().await;
    assert_eq!((code, reason.as_str()), (4403, "Forbidden: the token has expired"));
    server.engine.feed.open(0).await;
    // Also a socket without operations.
    let mut idle = server.peer("").await;
    idle.init(json!({ "authorization": "Bearer milliseconds-150" })).await;
    assert_eq!(idle.closed().await.0, 4403);
    server.sockets(0).await;
}

/// The socket sleeps until its token expires; when the clock is changed meanwhile it does not notice, so it
/// checks again before each write.
#[tokio::test]
async fn an_event_produced_before_expiry_is_not_written_after_it() {
    let clock = Clock::fixed(Clock::system().now());
    let server = Server::with_clock(EdgeLimits::default(), clock.clone()).await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "{ hangs }").await;
    server.engine.entered.notified().await;
    // A while after the socket has gone to sleep.
    peer.send(json!({ "type": "ping" })).await;
    assert_eq!(peer.message().await["type"], "pong");
    clock.set(clock.now() + chrono::TimeDelta::hours(2));
    server.engine.release.notify_one();
    let mut texts = Vec::new();
    let code = loop {
        match peer.next().await {
            Some(Message::Text(text)) => texts.push(text.to_string()),
            Some(Message::Close(Some(frame))) => break u16::from(frame.code),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((code, texts), (4403, Vec::new()));
}

/// A peer that has more to send during the close can finish, and reads the reason: its connection is not
/// reset.
#[tokio::test]
async fn a_peer_may_still_write_during_the_close() {
    let server = Server::plain().await;
    for (bad, readable) in [("not a message", true), ("\u{1}", true), ("", false)] {
        let mut stream = server.upgraded("").await;
        let bad = if readable {
            frames::text(bad)
        } else {
            frames::unmasked(bad)
        };
        stream.write_all(&bad).await.expect("sent");
        let mut answer = vec![0; 2];
        timeout(TEST_TIMEOUT, stream.read_exact(&mut answer))
            .await
            .expect("in time")
            .expect("a frame");
        assert_eq!(answer[0], 0x88, "a close");
        let mut rest = vec![0; usize::from(answer[1])];
        stream.read_exact(&mut rest).await.expect("its code and reason");
        // If the connection were gone, the first of these would be answered by a reset, and a later one would
        // fail.
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            stream
                .write_all(&frames::text(&" ".repeat(4096)))
                .await
                .expect("it is still read");
        }
        stream.shutdown().await.expect("said");
        let end = timeout(TEST_TIMEOUT, stream.read(&mut rest)).await.expect("in time");
        assert_eq!(end.expect("no reset"), 0);
    }
    server.sockets(0).await;
}

#[tokio::test]
async fn an_expired_token_gives_nothing() {
    let server = Server::plain().await;
    let mut peer = server.peer("authorization: Bearer milliseconds-0\r\n").await;
    peer.send(json!({ "type": "connection_init" })).await;
    peer.subscribe("1", "{ a }").await;
    let mut before = Vec::new();
    loop {
        match peer.next().await {
            Some(Message::Text(text)) => before.push(text.to_string()),
            Some(Message::Close(Some(frame))) => {
                assert_eq!(u16::from(frame.code), 4403);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(before.iter().all(|text| !text.contains("data")), "{before:?}");
}

#[tokio::test]
async fn shutdown_lets_queries_end_and_then_closes_1001() {
    let mut server = Server::plain().await;
    let mut peer = server.acknowledged().await;
    let mut idle = server.acknowledged().await;
    peer.subscribe("1", "{ hangs }").await;
    peer.subscribe("2", "subscription { ticks }").await;
    server.engine.entered.notified().await;
    server.engine.feed.open(1).await;
    server.stop();
    assert_eq!(idle.closed().await.0, 1001);
    server.engine.feed.open(0).await;
    assert!(!server.ended.is_finished());
    peer.subscribe("3", "{ a }").await;
    let error = peer.message().await;
    assert_eq!((&error["id"], &error["type"]), (&json!("3"), &json!("error")));
    server.engine.release.notify_one();
    assert_eq!(peer.message().await["payload"]["data"]["hangs"], true);
    assert_eq!(peer.message().await, json!({ "type": "complete", "id": "1" }));
    assert_eq!(peer.closed().await.0, 1001);
    timeout(TEST_TIMEOUT, server.ended)
        .await
        .expect("in time")
        .expect("it stopped");
}

#[tokio::test]
async fn shutdown_times_out() {
    let mut server = Server::start(EdgeLimits {
        shutdown_time: Duration::from_millis(50),
        ..EdgeLimits::default()
    })
    .await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "{ hangs }").await;
    server.engine.entered.notified().await;
    server.stop();
    timeout(TEST_TIMEOUT, server.ended)
        .await
        .expect("in time")
        .expect("it stopped");
}
