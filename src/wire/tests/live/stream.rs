//! Tests of `POST /graphql/stream`.

use super::*;

/// The head and body of a stream request.
pub(super) fn stream_request(document: &str, token: &str) -> String {
    let body = json!({ "query": document }).to_string();
    format!(
        "POST /graphql/stream HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         accept: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn request(document: &str) -> Request<Body> {
    let mut request = query(document);
    *request.uri_mut() = "/graphql/stream".parse().expect("an address");
    request
        .headers_mut()
        .insert("accept", "text/event-stream".parse().expect("a header value"));
    request
}

/// The events of a complete stream: names and data.
fn events(text: &str) -> Vec<(String, Value)> {
    let blocks = text.split("\n\n").filter(|block| !block.is_empty() && *block != ":");
    blocks
        .map(|block| {
            let (name, data) = block.split_once('\n').expect("two lines");
            let data = data.strip_prefix("data:").expect("data").trim();
            (
                name.strip_prefix("event: ").expect("a name").to_owned(),
                if data.is_empty() {
                    Value::Null
                } else {
                    serde_json::from_str(data).expect("JSON")
                },
            )
        })
        .collect()
}

#[tokio::test]
async fn a_query_is_one_next_and_complete() {
    let got = send(app(), request("{ a }")).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.header("content-type"), "text/event-stream; charset=utf-8");
    assert_eq!(got.header("x-accel-buffering"), "no");
    assert_eq!(got.header("cache-control"), "no-store");
    assert_eq!(
        got.text,
        "event: next\ndata: {\"data\":{\"a\":1}}\n\nevent: complete\ndata:\n\n"
    );
    assert_eq!(send(app(), request("mutation { change }")).await.status, 200);
}

#[tokio::test]
async fn a_subscription_is_events_and_then_complete() {
    let names = |text: &str| events(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let got = send(app(), request("subscription { three }")).await;
    assert!(got.text.starts_with(":\n\n"));
    assert_eq!(names(&got.text), ["next", "next", "next", "complete"]);
    for (document, code) in [
        ("subscription { ends }", "NOT_IN_AGREEMENT"),
        ("subscription { panics }", "INTERNAL"),
    ] {
        let got = send(app(), request(document)).await;
        assert_eq!(names(&got.text), ["next", "next", "complete"]);
        assert_eq!(events(&got.text)[1].1["errors"][0]["extensions"]["code"], code);
        assert!(!got.text.contains("secret"));
    }
}

#[tokio::test]
async fn document_errors_are_sent_in_the_stream() {
    let flood = format!("{{ a {} }}", "@d ".repeat(10_000));
    for (document, code) in [
        ("{ a", "BAD_USER_INPUT"),
        (flood.as_str(), "TOO_COMPLEX"),
        ("{ invalid }", "BAD_USER_INPUT"),
        ("subscription { unknown }", "BAD_USER_INPUT"),
    ] {
        let got = send(app(), request(document)).await;
        let events = events(&got.text);
        assert_eq!((got.status, events.len()), (200, 2), "{document}");
        assert_eq!(events[0].1["errors"][0]["extensions"]["code"], code);
        assert!(events[0].1.get("data").is_none());
        assert_eq!(events[1], ("complete".to_owned(), Value::Null));
    }
}

#[tokio::test]
async fn other_errors_are_http_statuses() {
    for (name, value, status) in [
        ("authorization", "Bearer bad", 401),
        ("authorization", "Bearer purposes", 400),
        ("authorization", "Bearer offline", 503),
        ("content-type", "text/plain", 415),
        ("content-encoding", "gzip", 415),
        ("content-length", "9999999", 413),
        ("accept", "application/json", 406),
        ("accept", "text/event-stream;q=0", 406),
        ("x-withheld", "all", 400),
    ] {
        let mut request = request("{ a }");
        request
            .headers_mut()
            .insert(name, value.parse().expect("a header value"));
        let got = send(app(), request).await;
        assert_eq!(got.status, status, "{name}: {value}");
        assert!(!got.code().is_empty());
    }
    for (document, status) in [
        ("{ busy }", 429),
        ("subscription { busy }", 429),
        ("{ failing }", 500),
        ("{ panics }", 500),
    ] {
        assert_eq!(send(app(), request(document)).await.status, status, "{document}");
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"] {
        let mut request = request("{ a }");
        *request.method_mut() = method.parse().expect("a method");
        let got = send(app(), request).await;
        assert_eq!((got.status, got.header("allow")), (405, "POST"), "{method}");
    }
    for (body, status) in [("[]", 400), ("{}", 400), ("{", 400)] {
        let mut request = request("");
        *request.body_mut() = Body::from(body);
        request.headers_mut().remove("content-length");
        assert_eq!(send(app(), request).await.status, status, "{body}");
    }
}

#[tokio::test]
async fn post_graphql_does_not_stream_subscriptions() {
    // The engine refuses it; here it only must not be taken for a stream.
    let got = send(app(), query("subscription { three }")).await;
    assert!(!got.header("content-type").contains("event-stream"));
}

/// The text of a stream up to a word.
async fn read_until(stream: &mut TcpStream, word: &str) -> String {
    let mut text = String::new();
    let reading = async {
        while !text.contains(word) {
            let mut bytes = [0; 1024];
            let read = stream.read(&mut bytes).await.expect("read");
            assert!(read > 0, "it ended: {text}");
            text.push_str(str::from_utf8(&bytes[..read]).expect("text"));
        }
    };
    timeout(TEST_TIMEOUT, reading).await.expect("in time");
    text
}

#[tokio::test]
async fn a_stream_outlives_the_request_timeout_and_sends_keep_alives() {
    let server = Server::start(EdgeLimits {
        request_time: Duration::from_millis(40),
        live: LiveLimits {
            keep_alive: Duration::from_millis(30),
            ..LiveLimits::default()
        },
        ..EdgeLimits::default()
    })
    .await;
    let (mut stream, head) = server.ask(&stream_request("subscription { ticks }", "good")).await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let comments = read_until(&mut stream, ":\n\n\r\n3\r\n:\n\n\r\n3\r\n:\n\n").await;
    assert!(!comments.contains("event"), "{comments}");
    for n in 1..3 {
        server.engine.feed.ticks.send_modify(|tick| *tick += 1);
        read_until(&mut stream, &format!("\"n\":{n}")).await;
    }
    // A client that disconnects ends its subscription.
    drop(stream);
    server.engine.feed.open(0).await;
    until(|| server.metrics.subscriptions.get() == 0).await;
}

#[tokio::test]
async fn an_event_that_times_out_ends_the_stream() {
    let server = Server::start(EdgeLimits {
        request_time: Duration::from_millis(40),
        ..EdgeLimits::default()
    })
    .await;
    let (mut stream, _) = server.ask(&stream_request("subscription { hangs }", "good")).await;
    let text = read_until(&mut stream, "event: complete").await;
    assert!(text.contains("UNAVAILABLE"), "{text}");
}

#[tokio::test]
async fn a_stream_reports_token_expiry_and_ends() {
    let server = Server::plain().await;
    let (mut stream, _) = server
        .ask(&stream_request("subscription { ticks }", "milliseconds-150"))
        .await;
    let text = read_until(&mut stream, "event: complete\ndata:\n\n\r\n0\r\n\r\n").await;
    assert!(
        text.contains("event: next") && text.contains("UNAUTHENTICATED"),
        "{text}"
    );
    server.engine.feed.open(0).await;
}

#[tokio::test]
async fn a_stream_reports_shutdown_and_ends() {
    let mut server = Server::plain().await;
    let (mut stream, _) = server.ask(&stream_request("subscription { ticks }", "good")).await;
    server.engine.feed.open(1).await;
    server.stop();
    let text = read_until(&mut stream, "event: complete\ndata:\n\n\r\n0\r\n\r\n").await;
    assert!(text.contains("event: next") && text.contains("UNAVAILABLE"), "{text}");
    timeout(TEST_TIMEOUT, server.ended)
        .await
        .expect("in time")
        .expect("it stopped");
}
