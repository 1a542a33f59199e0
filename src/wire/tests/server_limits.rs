//! Tests of limits and timeouts with real connections.

use super::*;

#[tokio::test]
async fn overload_is_rejected_with_retry_after() {
    let engine = Arc::new(FakeEngine::default());
    let edge = EdgeLimits {
        running: 1,
        waiting: 0,
        ..EdgeLimits::default()
    };
    let app = router(state(&engine, edge));
    let first = tokio::spawn(send(app.clone(), query("{ hangs }")));
    engine.entered.notified().await;
    let got = send(app.clone(), query("{ a }")).await;
    assert_eq!((got.status, got.code().as_str()), (503, "UNAVAILABLE"));
    assert!(!got.header("retry-after").is_empty());
    engine.release.notify_one();
    assert_eq!(first.await.expect("no panic").status, 200);
    assert_eq!(send(app, query("{ a }")).await.status, 200);
}

#[tokio::test]
async fn a_slow_request_times_out() {
    let edge = EdgeLimits {
        request_time: Duration::from_millis(20),
        ..EdgeLimits::default()
    };
    let got = send(router(state(&Arc::default(), edge)), query("{ hangs }")).await;
    assert_eq!((got.status, got.code().as_str()), (503, "UNAVAILABLE"));
}

#[tokio::test]
async fn a_slow_body_times_out() {
    let edge = EdgeLimits {
        body_time: Duration::from_millis(20),
        ..EdgeLimits::default()
    };
    let body = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = post().body(body).expect("a request");
    assert_eq!(
        send(router(state(&Arc::default(), edge)), request).await.status,
        StatusCode::REQUEST_TIMEOUT.as_u16()
    );
}

/// Starts a server on a free port; the sender stops it, the handle ends when it has stopped.
async fn start_server(
    engine: &Arc<FakeEngine>,
    edge: EdgeLimits,
) -> (TcpStream, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let state = state(engine, edge.clone());
    let metrics = state.metrics.clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let handle = tokio::spawn(async move {
        let stop = async {
            let _ = stopped.await;
        };
        server::serve(listener, router(state), &edge, &metrics, stop).await;
    });
    (TcpStream::connect(address).await.expect("it listens"), stop, handle)
}

fn raw_request(document: &str) -> String {
    let body = serde_json::json!({ "query": document }).to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer good\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn shutdown_completes_requests_in_flight() {
    let engine = Arc::new(FakeEngine::default());
    let (mut client, stop, handle) = start_server(&engine, EdgeLimits::default()).await;
    client
        .write_all(raw_request("{ hangs }").as_bytes())
        .await
        .expect("sent");
    engine.entered.notified().await;
    stop.send(()).expect("it runs");
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!handle.is_finished());
    engine.release.notify_one();
    let mut answer = String::new();
    client
        .read_to_string(&mut answer)
        .await
        .expect("an answer, then the end");
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("{\"data\":{\"hangs\":true}}"),
        "{answer}"
    );
    handle.await.expect("it stopped");
}

#[tokio::test]
async fn a_draining_server_serves_reports_not_ready_and_closes_connections() {
    let engine = Arc::new(FakeEngine::default());
    let edge = EdgeLimits {
        drain_time: Duration::from_mins(10),
        ..EdgeLimits::default()
    };
    let (mut before, stop, handle) = start_server(&engine, edge).await;
    let address = before.peer_addr().expect("connected");
    before
        .write_all(raw_request("{ hangs }").as_bytes())
        .await
        .expect("sent");
    engine.entered.notified().await;
    let ready = "GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n";
    let ask = async |text: &str| {
        let mut client = TcpStream::connect(address).await.expect("it listens");
        client.write_all(text.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        client
            .read_to_string(&mut answer)
            .await
            .expect("an answer, then the end");
        answer
    };
    stop.send(()).expect("it runs");
    let refused = ask(ready).await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    let served = ask(&raw_request("{ a }")).await;
    assert!(
        served.starts_with("HTTP/1.1 200") && served.contains("connection: close"),
        "{served}"
    );
    // Requests in flight are answered, and their connections closed as well.
    engine.release.notify_one();
    let mut answer = String::new();
    before
        .read_to_string(&mut answer)
        .await
        .expect("an answer, then the end");
    assert!(answer.ends_with("{\"data\":{\"hangs\":true}}"), "{answer}");
    assert!(!handle.is_finished());
    handle.abort();
}

#[tokio::test]
async fn shutdown_times_out() {
    let engine = Arc::new(FakeEngine::default());
    let edge = EdgeLimits {
        shutdown_time: Duration::from_millis(30),
        ..EdgeLimits::default()
    };
    let (mut client, stop, handle) = start_server(&engine, edge).await;
    client
        .write_all(raw_request("{ hangs }").as_bytes())
        .await
        .expect("sent");
    engine.entered.notified().await;
    stop.send(()).expect("it runs");
    tokio::time::timeout(Duration::from_secs(5), handle)
        .await
        .expect("in time")
        .expect("it stopped");
}

#[tokio::test]
async fn slow_and_large_headers_are_refused() {
    let edge = EdgeLimits {
        header_time: Duration::from_millis(50),
        header_bytes: 8 * 1024,
        headers: 20,
        ..EdgeLimits::default()
    };
    let (mut client, _stop, _handle) = start_server(&Arc::default(), edge.clone()).await;
    client.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.expect("sent");
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(5), client.read_to_end(&mut answer))
        .await
        .expect("closed")
        .expect("closed");

    for large in [format!("x-a: {}\r\n", "a".repeat(16 * 1024)), "x-a: b\r\n".repeat(20)] {
        let (mut client, _stop, _handle) = start_server(&Arc::default(), edge.clone()).await;
        let head = format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{large}\r\n");
        client.write_all(head.as_bytes()).await.expect("sent");
        let mut answer = [0; 12];
        client.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 431");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let edge = EdgeLimits {
        write_time: Duration::from_millis(50),
        ..EdgeLimits::default()
    };
    let (mut client, stop, handle) = start_server(&Arc::default(), edge).await;
    client
        .write_all(raw_request("{ large }").as_bytes())
        .await
        .expect("sent");
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.send(()).expect("it runs");
    tokio::time::timeout(Duration::from_secs(5), handle)
        .await
        .expect("no connection is left")
        .expect("it stopped");
    drop(client);
}
