//! Sends attacks, and keeps what comes back.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use super::cases::{Attack, Sent, head, upgrade};

/// Longer than anything takes that is to come.
const PATIENCE: Duration = Duration::from_mins(1);

/// Somebody with a good token who means harm.
#[derive(Clone)]
pub(super) struct Attacker {
    pub(super) address: String,
    pub(super) authorization: String,
}

impl Attacker {
    /// Sends an attack once. Gives what came back, and what is left open.
    pub(super) async fn send(&self, attack: &Attack) -> (String, Option<TcpStream>) {
        let sending = async {
            match &attack.sent {
                Sent::Request { path, headers, body } => {
                    let headers = format!("{headers}content-length: {}\r\n", body.len());
                    let head = head(&self.authorization, path, &headers);
                    (self.bytes(&[head.as_bytes(), body].concat(), false).await, None)
                }
                Sent::Bytes(bytes) => (self.bytes(bytes, false).await, None),
                Sent::Cut(bytes) => (self.bytes(bytes, true).await, None),
                Sent::Half(bytes) => {
                    let mut stream = self.connect().await;
                    stream.write_all(bytes).await.expect("sent");
                    (String::new(), Some(stream))
                }
                Sent::Messages(messages) => (self.messages(messages, attack.answers).await, None),
            }
        };
        timeout(PATIENCE, sending)
            .await
            .unwrap_or_else(|_| panic!("{}: no end", attack.name))
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.expect("it listens")
    }

    /// Everything that comes back. A server that refuses by the head alone may close before it has read the rest.
    async fn bytes(&self, bytes: &[u8], ends: bool) -> String {
        let (mut reading, mut writing) = self.connect().await.into_split();
        let mut answer = Vec::new();
        let write = async {
            let _ = writing.write_all(bytes).await;
            if ends {
                let _ = writing.shutdown().await;
            }
        };
        let read = async {
            let mut piece = [0; 4096];
            while let Ok(read) = reading.read(&mut piece).await {
                if read == 0 {
                    break;
                }
                answer.extend_from_slice(&piece[..read]);
            }
        };
        tokio::join!(write, read);
        String::from_utf8(answer).expect("text")
    }

    /// What comes back on a socket until an expected answer or the end.
    async fn messages(&self, messages: &[Message], answers: &[&str]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(upgrade().as_bytes()).await.expect("sent");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a head"));
        }
        let (mut sink, mut frames) = WebSocketStream::from_raw_socket(stream, Role::Client, None)
            .await
            .split();
        let init = json!({ "type": "connection_init", "payload": { "authorization": self.authorization } });
        sink.send(Message::text(init.to_string())).await.expect("sent");
        assert!(
            matches!(frames.next().await, Some(Ok(Message::Text(_)))),
            "acknowledged"
        );
        let write = async {
            for message in messages {
                // The server may have closed by now.
                if sink.send(message.clone()).await.is_err() {
                    break;
                }
            }
        };
        let read = async {
            loop {
                let told = match frames.next().await {
                    Some(Ok(Message::Text(text))) => text.to_string(),
                    Some(Ok(Message::Close(frame))) => {
                        format!("closed {}", frame.map_or(1005, |frame| u16::from(frame.code)))
                    }
                    Some(Ok(_)) => continue,
                    Some(Err(_)) | None => "lost".to_owned(),
                };
                if told == "lost" || told.starts_with("closed") || answers.iter().any(|answer| told.contains(answer)) {
                    return told;
                }
            }
        };
        let ((), told) = tokio::join!(write, read);
        told
    }
}
