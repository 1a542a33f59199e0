//! Tests of load shedding: every transport rejects with a retry time.

use super::*;

/// A refusal on each transport: the status (0 if there is none), the header, and the error.
async fn refused(server: &Server, transport: &str, client: &str) -> (u16, String, Value) {
    if transport == "socket" {
        let mut peer = server.peer("").await;
        let authorization = format!("Bearer client-{client}");
        peer.init(json!({ "authorization": authorization })).await;
        peer.subscribe("1", "{ a }").await;
        let message = peer.message().await;
        assert_eq!(message["type"], "error", "{message}");
        return (0, String::new(), message["payload"][0].clone());
    }
    let asked = stream::stream_request("{ a }", &format!("client-{client}"));
    let asked = match transport {
        "stream" => asked,
        _ => asked
            .replace("/graphql/stream", "/graphql")
            .replace("text/event-stream", GRAPHQL_RESPONSE),
    };
    let (mut stream, head) = server.ask(&asked).await;
    let length: usize = header(&head, "content-length").parse().expect("a length");
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.expect("a body");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert!(body.get("data").is_none(), "{body}");
    let status = head[9..12].parse().expect("a status");
    (
        status,
        header(&head, "retry-after").to_owned(),
        body["errors"][0].clone(),
    )
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut values = lines.filter_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value));
    values.next().unwrap_or_default()
}

async fn start_hanging_query(server: &Server, client: &str) -> Peer {
    let mut peer = server.peer("").await;
    let authorization = format!("Bearer client-{client}");
    peer.init(json!({ "authorization": authorization })).await;
    peer.subscribe("1", "{ hangs }").await;
    server.engine.entered.notified().await;
    peer
}

fn assert_refused(transport: &str, refused: &(u16, String, Value), status: u16, code: &str) {
    let (got, after, error) = refused;
    let (status, header) = if transport == "socket" { (0, "") } else { (status, "5") };
    assert_eq!((*got, after.as_str()), (status, header), "by {transport}: {error}");
    assert_eq!(error["extensions"]["code"], code, "by {transport}");
    assert_eq!(error["extensions"]["retryAfter"], 5, "by {transport}");
}

#[tokio::test]
async fn a_full_queue_rejects() {
    let server = Server::with_one_slot().await;
    let _hanging = start_hanging_query(&server, "one").await;
    for transport in ["post", "stream", "socket"] {
        assert_refused(
            transport,
            &refused(&server, transport, "other").await,
            503,
            "UNAVAILABLE",
        );
    }
}

#[tokio::test]
async fn one_client_cannot_use_the_whole_quota() {
    let server = Server::start(EdgeLimits {
        running: 8,
        waiting: 0,
        requests_per_client: 1,
        ..EdgeLimits::default()
    })
    .await;
    let mut hanging = start_hanging_query(&server, "one").await;
    for transport in ["post", "stream", "socket"] {
        assert_refused(
            transport,
            &refused(&server, transport, "one").await,
            429,
            "TOO_MANY_REQUESTS",
        );
    }
    // Other clients have their own quota, and this client's is released in the end.
    let (_, head) = server.ask(&stream::stream_request("{ a }", "client-other")).await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    server.engine.release.notify_one();
    assert_eq!(hanging.message().await["type"], "next");
    assert_eq!(hanging.message().await["type"], "complete");
    hanging.query_until_answered("2").await;
}
