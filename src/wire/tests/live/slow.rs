//! Peers that do not read, or are not there.

use super::*;

/// The most that loopback connections keep between two programs here, in events of the endless subscription, with room to spare.
const KEPT_BY_THE_SYSTEM: usize = 16 * 1024 * 1024 / LARGE;

#[tokio::test]
async fn a_peer_that_does_not_read_makes_nothing_grow_and_is_dropped() {
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
    let made = server.engine.feed.made();
    assert!((2..KEPT_BY_THE_SYSTEM).contains(&made), "{made} events were made");
    drop(peer);
}

#[tokio::test]
async fn a_stream_that_nobody_reads_makes_nothing_grow_and_is_dropped() {
    let server = Server::start(EdgeLimits {
        write_time: Duration::from_millis(200),
        ..EdgeLimits::default()
    })
    .await;
    let (stream, _) = server.ask(&stream::asking("subscription { endless }", "good")).await;
    until(|| server.engine.feed.made() > 2).await;
    server.engine.feed.open(0).await;
    let made = server.engine.feed.made();
    assert!(made < KEPT_BY_THE_SYSTEM, "{made} events were made");
    drop(stream);
}

#[tokio::test]
async fn a_slow_reader_gets_everything_in_order() {
    let server = Server::plain().await;
    let mut peer = server.peer("").await;
    peer.init(json!({ "authorization": "Bearer good" })).await;
    peer.subscribe("1", "subscription { endless }").await;
    for n in 1..=20 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert_eq!(peer.message().await["payload"]["data"]["n"], n);
    }
    // What is said meanwhile is heard, although there is always something to send.
    peer.complete("1").await;
    let open = &server.engine.feed.open;
    while open.load(Ordering::SeqCst) > 0 {
        let _ = timeout(Duration::from_millis(20), peer.frames.next()).await;
    }
}

/// However much a peer says, it is told of events meanwhile: what comes and what goes take turns.
#[tokio::test]
async fn a_peer_that_talks_without_end_is_told_meanwhile() {
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
        // The rest of the test may be over before all is said.
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
async fn a_peer_that_is_not_there_is_noticed() {
    let server = Server::with(LiveLimits {
        keep_alive: Duration::from_millis(50),
        ..LiveLimits::default()
    })
    .await;
    // One that reads answers pings, and stays.
    let mut there = server.acknowledged().await;
    let reading = tokio::spawn(async move {
        there.subscribe("1", "subscription { ticks }").await;
        there.message().await
    });
    // One that is silent is given up: nothing is read, so nothing is answered.
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
