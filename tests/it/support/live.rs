//! Clients of operations that stay, over the wire: one operation on a WebSocket or in an event stream of its own.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use super::app::Partner;

/// Longer than anything takes that is to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for what must not come to have come.
const SHORT: Duration = Duration::from_millis(300);

/// An operation that is under way.
pub(crate) enum Live {
    /// On a WebSocket.
    Socket(Box<WebSocketStream<TcpStream>>),
    /// In an event stream, with what was read of its next event.
    Stream(reqwest::Response, String),
}

/// By which of them.
pub(crate) const BOTH: [&str; 2] = ["socket", "stream"];

impl Live {
    /// Begins an operation by one of [`BOTH`].
    pub(crate) async fn begin(by: &str, partner: &Partner, query: &str, variables: &Value) -> Self {
        let body = json!({ "query": query, "variables": variables });
        if by == "socket" {
            Self::socket(partner, &body).await
        } else {
            Self::stream(partner, &body).await
        }
    }

    async fn socket(partner: &Partner, payload: &Value) -> Self {
        let address = partner.url.strip_prefix("http://").expect("http");
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let head = format!(
            "GET /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("a head"));
        }
        assert!(answer.starts_with(b"HTTP/1.1 101 "));
        let mut frames = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
        let authorization = format!("Bearer {}", partner.token);
        for message in [
            json!({ "type": "connection_init", "payload": { "authorization": authorization } }),
            json!({ "type": "subscribe", "id": "1", "payload": payload }),
        ] {
            frames.send(Message::text(message.to_string())).await.expect("sent");
        }
        Self::Socket(Box::new(frames))
    }

    async fn stream(partner: &Partner, body: &Value) -> Self {
        let sent = reqwest::Client::new()
            .post(format!("{}/graphql/stream", partner.url))
            .bearer_auth(&partner.token)
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .body(body.to_string())
            .send();
        let response = sent.await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200);
        Self::Stream(response, String::new())
    }

    /// The next event; none when the operation has ended. It must come in time. A refusal is an event with `errors`.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        timeout(PATIENCE, self.event()).await.expect("something comes")
    }

    /// Waits until the server ends it, however long that takes, and gives how: the code with which it closes a socket, or the code of the last error
    /// of a stream that it completes.
    pub(crate) async fn ending(&mut self) -> String {
        if let Self::Socket(frames) = self {
            while let Some(Ok(message)) = frames.next().await {
                if let Message::Close(Some(frame)) = message {
                    return u16::from(frame.code).to_string();
                }
            }
            return "lost".to_owned();
        }
        let mut last = Value::Null;
        while let Some(event) = self.event().await {
            last = event;
        }
        let code = last["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or("none").to_owned()
    }

    /// Waits until it ends with an error, and gives the code of that.
    pub(crate) async fn refusal(&mut self) -> String {
        while let Some(event) = self.event().await {
            if let Some(code) = event["errors"][0]["extensions"]["code"].as_str() {
                return code.to_owned();
            }
        }
        "none".to_owned()
    }

    /// That nothing comes for a while.
    pub(crate) async fn nothing(&mut self) {
        // What is read of an event stays where it was read to, so a call that is given up loses nothing.
        if let Ok(event) = timeout(SHORT, self.event()).await {
            panic!("it came: {event:#?}");
        }
    }

    async fn event(&mut self) -> Option<Value> {
        match self {
            Self::Socket(frames) => loop {
                let Some(Ok(message)) = frames.next().await else {
                    panic!("the socket was closed");
                };
                let Message::Text(text) = message else { continue };
                let message: Value = serde_json::from_str(&text).expect("JSON");
                match message["type"].as_str() {
                    Some("connection_ack") => {}
                    Some("next") => return Some(message["payload"].clone()),
                    Some("error") => return Some(json!({ "errors": message["payload"] })),
                    Some("complete") => return None,
                    _ => panic!("not expected: {message:#}"),
                }
            },
            Self::Stream(response, read) => loop {
                while let Some((event, _)) = read.split_once("\n\n") {
                    let event = event.to_owned();
                    read.drain(..event.len() + 2);
                    match event.split_once('\n') {
                        Some(("event: next", data)) => {
                            let data = data.strip_prefix("data: ").expect("data");
                            return Some(serde_json::from_str(data).expect("JSON"));
                        }
                        Some(("event: complete", _)) => return None,
                        _ => assert_eq!(event, ":"),
                    }
                }
                let chunk = response
                    .chunk()
                    .await
                    .expect("the stream goes on")
                    .expect("an end that is said");
                read.push_str(std::str::from_utf8(&chunk).expect("text"));
            },
        }
    }
}
