//! Bound tokens on sockets: the proof comes with the upgrade or in `connection_init`, and counts once.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use super::{
    keys::Key,
    world::{Issuers, officer_but, proof},
};
use crate::support::{
    database::{TestDatabase, on_both},
    process::{Serving, Site},
};

/// How an opening ends: the type of the first message, the code of a close, or the status of a refused upgrade.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    Message(String),
    Closed(u16),
    Refused(String),
}

async fn open(serving: &Serving, headers: &str, payload: Value) -> Ended {
    let host = serving.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "GET /graphql HTTP/1.1\r\nhost: {host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    let status = String::from_utf8_lossy(&answer[9..12]).into_owned();
    if status != "101" {
        return Ended::Refused(status);
    }
    let mut frames = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    let init = json!({"type": "connection_init", "payload": payload});
    frames.send(Message::text(init.to_string())).await.unwrap();
    match frames.next().await.unwrap().unwrap() {
        Message::Close(frame) => Ended::Closed(frame.unwrap().code.into()),
        Message::Text(text) => {
            let message: Value = serde_json::from_str(&text).unwrap();
            Ended::Message(message["type"].as_str().unwrap().to_owned())
        }
        other => panic!("{other:?}"),
    }
}

async fn a_socket_needs_a_proof_once(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let issuers = Issuers::new();
    let settings = issuers.settle(folder.path());
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&["--config", settings]);
    let key = Key::ec();
    let claims = officer_but(|claims| claims["cnf"] = json!({"jkt": key.thumbprint()}));
    let token = issuers.ed.token("ed", &claims);
    let url = format!("{}/graphql", serving.url);
    let acknowledged = || Ended::Message("connection_ack".to_owned());
    let authorization = format!("DPoP {token}");

    let said = json!({"authorization": authorization, "dpop": proof(&key, "GET", &url, &token)});
    assert_eq!(open(&serving, "", said.clone()).await, acknowledged());
    assert_eq!(open(&serving, "", said).await, Ended::Closed(4403), "shown before");
    for wrong in [
        json!({"authorization": authorization}),
        json!({"authorization": authorization, "dpop": proof(&key, "POST", &url, &token)}),
        json!({"authorization": authorization, "dpop": proof(&Key::ec(), "GET", &url, &token)}),
        json!({"authorization": format!("Bearer {token}"), "dpop": proof(&key, "GET", &url, &token)}),
    ] {
        assert_eq!(open(&serving, "", wrong.clone()).await, Ended::Closed(4403), "{wrong}");
    }

    let headers = |proof: String| format!("authorization: {authorization}\r\ndpop: {proof}\r\n");
    let once = headers(proof(&key, "GET", &url, &token));
    assert_eq!(open(&serving, &once, json!({})).await, acknowledged());
    let refused = Ended::Refused("401".to_owned());
    assert_eq!(open(&serving, &once, json!({})).await, refused, "shown before");
    let another = headers(proof(&Key::ec(), "GET", &url, &token));
    assert_eq!(open(&serving, &another, json!({})).await, refused);
}
on_both!(a_socket_needs_a_proof_once);
