//! Sends attacks, and keeps what comes back.

use std::time::{Duration, Instant};

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

/// A byte of a slow connection comes as often as this.
const DRIP: Duration = Duration::from_millis(200);

/// What came of an attack.
pub(super) struct Heard {
    /// What was answered.
    pub(super) text: String,
    /// How long it took until something was.
    pub(super) after: Duration,
}

/// Somebody with a good token who means harm.
#[derive(Clone)]
pub(super) struct Attacker {
    pub(super) address: String,
    pub(super) authorization: String,
}

impl Attacker {
    /// Sends an attack once.
    pub(super) async fn send(&self, attack: &Attack) -> Heard {
        let sending = async {
            match &attack.sent {
                Sent::Request { path, headers, body } => {
                    let headers = format!("{headers}content-length: {}\r\n", body.len());
                    let head = head(&self.authorization, path, &headers);
                    self.bytes(&[head.as_bytes(), body].concat(), false).await
                }
                Sent::Bytes(bytes) => self.bytes(bytes, false).await,
                Sent::Cut(bytes) => self.bytes(bytes, true).await,
                Sent::Half(..) => unreachable!("it has no answer"),
                Sent::Messages(messages) => self.messages(messages, attack.answers).await,
            }
        };
        timeout(PATIENCE, sending)
            .await
            .unwrap_or_else(|_| panic!("{}: no end", attack.name))
    }

    /// Begins what is never ended, and goes on with it for as long as the server lets it.
    pub(super) async fn begin(&self, bytes: &[u8], then: &'static [u8]) -> impl Future<Output = ()> + Send + use<> {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.expect("sent");
        async move {
            for byte in then.iter().cycle() {
                tokio::time::sleep(DRIP).await;
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
            }
            std::future::pending::<()>().await;
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.expect("it listens")
    }

    /// Everything that comes back. A server that refuses by the head alone may close before it has read the rest.
    async fn bytes(&self, bytes: &[u8], ends: bool) -> Heard {
        let (mut reading, mut writing) = self.connect().await.into_split();
        let began = Instant::now();
        let (mut answer, mut after) = (Vec::new(), None);
        let write = async {
            let _ = writing.write_all(bytes).await;
            if ends {
                let _ = writing.shutdown().await;
            }
        };
        let read = async {
            let mut piece = [0; 4096];
            while let Ok(read) = reading.read(&mut piece).await {
                after.get_or_insert_with(|| began.elapsed());
                if read == 0 {
                    break;
                }
                answer.extend_from_slice(&piece[..read]);
            }
        };
        tokio::join!(write, read);
        Heard {
            text: String::from_utf8(answer).expect("text"),
            after: after.unwrap_or_else(|| began.elapsed()),
        }
    }

    /// What comes back on a socket until an expected answer or the end.
    async fn messages(&self, messages: &[Message], answers: &[&str]) -> Heard {
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
        let began = Instant::now();
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
        let answered = async {
            let text = read.await;
            Heard {
                text,
                after: began.elapsed(),
            }
        };
        tokio::join!(write, answered).1
    }
}
