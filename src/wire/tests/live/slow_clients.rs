//! Tests of peers that do not read, or have gone.

use super::*;

/// The most that loopback connections buffer between two programs, in events of the endless subscription,
/// with room to spare.
const BUFFERED_BY_THE_SYSTEM: usize = 16 * 1024 * 1024 / LARGE_EVENT_BYTES;

#[tokio::test]
async fn a_socket_that_is_not_read_is_bounded_and_closed() {
    let server = Server::start(EdgeLimits {
        write_time: Duration::from_millis(200),
        ..EdgeLimits::default()
    })
    .await;
    let mut peer = server.peer("").await;
    peer.init(json!({ "authorization": "Bearer good" })).await;
    for id in 0..10 {
        peer.subscribe(&id.to_string(), "subscription { endless }").await;
    }
    server.engine.feed.open(10).await;
    server.sockets(0).await;
    server.engine.feed.open(0).await;
    let events_produced = server.engine.feed.events_produced();
    assert!(
        (2..BUFFERED_BY_THE_SYSTEM).contains(&events_produced),
        "{events_produced} events were made"
    );
    drop(peer);
}

#[tokio::test]
async fn a_stream_that_is_not_read_is_bounded_and_closed() {
    let server = Server::start(EdgeLimits {
        write_time: Duration::from_millis(200),
        ..EdgeLimits::default()
    })
    .await;
    let (stream, _) = server
        .ask(&stream::stream_request("subscription { endless }", "good"))
        .await;
    until(|| server.engine.feed.events_produced() > 2).await;
    server.engine.feed.open(0).await;
    let events_produced = server.engine.feed.events_produced();
    assert!(
        events_produced < BUFFERED_BY_THE_SYSTEM,
        "{events_produced} events were made"
    );
    drop(stream);
}

#[tokio::test]
async fn a_slow_reader_receives_everything_in_order() {
    let server = Server::plain().await;
    let mut peer = server.peer("").await;
    peer.init(json!({ "authorization": "Bearer good" })).await;
    peer.subscribe("1", "subscription { endless }").await;
    for n in 1..=20 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert_eq!(peer.message().await["payload"]["data"]["n"], n);
    }
    // Messages sent meanwhile are read, although there is always something to write.
    peer.complete("1").await;
    let open = &server.engine.feed.open;
    while open.load(Ordering::SeqCst) > 0 {
        let _ = timeout(Duration::from_millis(20), peer.frames.next()).await;
    }
}

/// However much a peer sends, it receives events meanwhile: reads and writes alternate.
#[tokio::test]
async fn a_peer_that_never_stops_sending_still_receives_events() {
    const MESSAGES: usize = 20_000;
    let server = Server::plain().await;
    let stream = server.upgraded("authorization: Bearer good\r\n").await;
    let stream = stream.into_std().expect("a connection");
    stream.set_nonblocking(false).expect("it waits");
    let mut writer = stream.try_clone().expect("two ends");
    let (begun, waits) = oneshot::channel();
    // In threads of their own, so that the server always has something to read.
    std::thread::spawn(move || {
        use std::io::Write as _;
        let ping = frames::text(r#"{"type":"ping"}"#);
        let subscribe = r#"{"type":"subscribe","id":"1","payload":{"query":"subscription { ticks }"}}"#;
        let first = [frames::text(r#"{"type":"connection_init"}"#), frames::text(subscribe)].concat();
        writer.write_all(&first).expect("sent");
        let _ = begun.send(());
        // The rest of the test may end before all is sent.
        let _ = writer.write_all(&ping.repeat(MESSAGES));
    });
    let reader = std::thread::spawn(move || {
        use std::io::Read as _;
        let mut stream = std::io::BufReader::new(stream);
        for before in 0..=MESSAGES {
            let mut head = [0; 2];
            stream.read_exact(&mut head).expect("a frame");
            let mut text = vec![0; usize::from(head[1])];
            stream.read_exact(&mut text).expect("a short text");
            if text.windows(6).any(|part| part == b"\"next\"") {
                return before;
            }
        }
        panic!("it was never told");
    });
    waits.await.expect("it begins");
    server.engine.feed.open(1).await;
    server.engine.feed.ticks.send_modify(|tick| *tick += 1);
    let before = tokio::task::spawn_blocking(move || reader.join())
        .await
        .expect("no panic");
    let before = before.expect("it was told");
    assert!(before < MESSAGES / 8, "told after {before} of {MESSAGES} answers");
}

#[tokio::test]
async fn a_dead_peer_is_detected_by_keep_alive() {
    let server = Server::with(LiveLimits {
        keep_alive: Duration::from_millis(50),
        ..LiveLimits::default()
    })
    .await;
    // A peer that reads answers pings, and stays.
    let mut there = server.acknowledged().await;
    let reading = tokio::spawn(async move {
        there.subscribe("1", "subscription { ticks }").await;
        there.message().await
    });
    // A silent peer is disconnected: it does not read, so it does not answer.
    let mut silent = server.acknowledged().await;
    silent.subscribe("1", "subscription { ticks }").await;
    server.engine.feed.open(2).await;
    server.engine.feed.open(1).await;
    server.sockets(1).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    server.engine.feed.ticks.send_modify(|tick| *tick += 1);
    assert_eq!(reading.await.expect("no panic")["type"], "next");
    assert!(
        server
            .metrics
            .text()
            .expect("text")
            .contains("thinkfamily_socket_closings_total{code=\"1006\"} 1")
    );
    drop(silent);
}
