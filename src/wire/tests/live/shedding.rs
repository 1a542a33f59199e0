//! What is turned away, is turned away on every transport, with when to come back.

use super::*;

/// A refusal as each transport tells it: the status, or 0 where there is none, the header, and the error.
async fn refused(server: &Server, by: &str, client: &str) -> (u16, String, Value) {
    if by == "socket" {
        let mut peer = server.peer("").await;
        let authorization = format!("Bearer client-{client}");
        peer.init(json!({ "authorization": authorization })).await;
        peer.subscribe("1", "{ a }").await;
        let message = peer.message().await;
        assert_eq!(message["type"], "error", "{message}");
        return (0, String::new(), message["payload"][0].clone());
    }
    let asked = stream::asking("{ a }", &format!("client-{client}"));
    let asked = match by {
        "stream" => asked,
        _ => asked
            .replace("/graphql/stream", "/graphql")
            .replace("text/event-stream", NEWER),
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

async fn hanging(server: &Server, client: &str) -> Peer {
    let mut peer = server.peer("").await;
    let authorization = format!("Bearer client-{client}");
    peer.init(json!({ "authorization": authorization })).await;
    peer.subscribe("1", "{ hangs }").await;
    server.engine.entered.notified().await;
    peer
}

fn told(by: &str, refused: &(u16, String, Value), status: u16, code: &str) {
    let (got, after, error) = refused;
    let (status, header) = if by == "socket" { (0, "") } else { (status, "5") };
    assert_eq!((*got, after.as_str()), (status, header), "by {by}: {error}");
    assert_eq!(error["extensions"]["code"], code, "by {by}");
    assert_eq!(error["extensions"]["retryAfter"], 5, "by {by}");
}

#[tokio::test]
async fn a_full_queue_sheds() {
    let server = Server::with_one_turn().await;
    let _hanging = hanging(&server, "one").await;
    for by in ["post", "stream", "socket"] {
        told(by, &refused(&server, by, "other").await, 503, "UNAVAILABLE");
    }
}

#[tokio::test]
async fn one_client_cannot_have_everything() {
    let server = Server::start(EdgeLimits {
        running: 8,
        waiting: 0,
        requests_per_client: 1,
        ..EdgeLimits::default()
    })
    .await;
    let mut hanging = hanging(&server, "one").await;
    for by in ["post", "stream", "socket"] {
        told(by, &refused(&server, by, "one").await, 429, "TOO_MANY_REQUESTS");
    }
    // Others have places of their own, and the client's is free again in the end.
    let (_, head) = server.ask(&stream::asking("{ a }", "client-other")).await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    server.engine.release.notify_one();
    assert_eq!(hanging.message().await["type"], "next");
    assert_eq!(hanging.message().await["type"], "complete");
    hanging.answered("2").await;
}
