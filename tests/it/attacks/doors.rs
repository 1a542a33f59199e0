//! Attacks that need no token: whoever holds all the connections and sockets that they can is in nobody's way, from another address and from the same one.
//! And one that has a token: so many changes of one family.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use super::cases::upgrade;
use crate::support::{
    client::Client,
    database::{TestDatabase, on_both},
    process::{COUNTERS, Serving, Site, someone},
};

/// Longer than anything takes that is to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// Fewer places than the attacker has connections.
const FEW: [&str; 4] = [
    "--sockets=30",
    "--connections=60",
    "--strangers=128",
    "--strangers-per-address=64",
];
/// So many connections of each kind the attacker holds, and begins anew when they are taken from it.
const EACH: usize = 150;

/// A connection from an address of this machine.
async fn connect(from: &str, to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(format!("{from}:0").parse().ok()?).ok()?;
    socket.connect(to).await.ok()
}

/// Holds connections that begin with these bytes until it is dropped.
struct Held(Vec<JoinHandle<()>>);

impl Held {
    fn by(from: &'static str, to: SocketAddr, begin: &str) -> Self {
        let hold = || {
            let begin = begin.to_owned();
            tokio::spawn(async move {
                loop {
                    if let Some(mut stream) = connect(from, to).await {
                        let _ = stream.write_all(begin.as_bytes()).await;
                        let mut rest = [0; 512];
                        while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
                    }
                    // As fast as this is far faster than anybody means well by.
                    sleep(Duration::from_millis(250)).await;
                }
            })
        };
        Self((0..EACH).map(|_| hold()).collect())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// What somebody honest does anew each time: a question, a subscription by a socket, and one by an event stream.
async fn is_served(token: &str, serving: &Serving, to: SocketAddr) {
    let client = Client::new(&serving.url, token);
    let question = "{ family(reference: \"TF-10001\") { reference } }";
    let answer = client.post(question, json!({})).await.expect("an answer");
    assert_eq!(answer.json()["data"]["family"]["reference"], "TF-10001");
    let stream = client.stream("{ viewer { role } }").await.expect("an event stream");
    assert!(stream.text().contains("MARKER_LOOKUP"), "{}", stream.text());
    assert_eq!(
        by_socket(token, to).await["payload"]["data"]["viewer"]["role"],
        "MARKER_LOOKUP"
    );
}

async fn by_socket(token: &str, to: SocketAddr) -> Value {
    let mut stream = connect("127.0.0.1", to).await.expect("it listens");
    stream.write_all(upgrade().as_bytes()).await.expect("sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    let mut frames = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    for message in [
        json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ viewer { role } }" } }),
    ] {
        frames.send(Message::text(message.to_string())).await.expect("sent");
    }
    loop {
        match frames.next().await {
            Some(Ok(Message::Text(text))) => {
                let message: Value = serde_json::from_str(&text).expect("JSON");
                if message["type"] != "connection_ack" {
                    return message;
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            other => panic!("not a message: {other:?}"),
        }
    }
}

async fn nobody_is_shut_out_by_whoever_has_no_token(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&[FEW.as_slice(), COUNTERS.as_slice(), &["--log-level", "error"]].concat());
    let to: SocketAddr = serving.url.trim_start_matches("http://").parse().unwrap();
    let token = site.token(&someone("cambs-police", "marker_lookup", "safeguarding", "honest"));
    let bad = upgrade().replacen("host: a", "host: a\r\nx-forwarded-for: 127.0.0.1", 1);
    for from in ["127.0.0.2", "127.0.0.1"] {
        for (what, begin) in [
            ("sockets without connection_init", upgrade()),
            ("sockets that say they come from elsewhere", bad.clone()),
            ("connections that say nothing", String::new()),
            ("half a head", "POST /graphql HTTP/1.1\r\nhost: a\r\n".to_owned()),
            (
                "requests without a token",
                "GET /graphql HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
            ),
        ] {
            let _held = Held::by(from, to, &begin);
            sleep(Duration::from_millis(300)).await;
            for _ in 0..3 {
                let served = timeout(PATIENCE, is_served(&token, &serving, to)).await;
                served.unwrap_or_else(|_| panic!("{what} from {from}: nobody is served"));
            }
        }
    }
    // All of it was, or is, held by strangers, and by as few as there may be.
    let figures = serving.counters().await;
    let figure = |name: &str| {
        let line = figures.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse::<u64>().ok())
            .unwrap_or_default()
    };
    assert!(figure("thinkfamily_strangers ") <= 128, "{figures}");
    assert!(figure("thinkfamily_strangers_dismissed_total ") > 0, "{figures}");
}
on_both!(nobody_is_shut_out_by_whoever_has_no_token);

/// Whoever has signed in is not asked to leave, whatever comes after.
async fn whoever_is_there_stays(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&[FEW.as_slice(), &["--log-level", "error"]].concat());
    let to: SocketAddr = serving.url.trim_start_matches("http://").parse().unwrap();
    let token = site.token(&someone("cambs-police", "marker_lookup", "safeguarding", "honest"));
    let mut kept = connect("127.0.0.1", to).await.unwrap();
    let body = json!({ "query": "{ viewer { role } }" }).to_string();
    let ask = format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut asked = async || {
        kept.write_all(ask.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(PATIENCE, kept.read_u8()).await.unwrap().unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        kept.read_exact(&mut vec![0; length.unwrap().parse().unwrap()])
            .await
            .unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    };
    asked().await;
    let _silent = Held::by("127.0.0.1", to, "");
    let _sockets = Held::by("127.0.0.1", to, &upgrade());
    sleep(Duration::from_secs(1)).await;
    asked().await;
}
on_both!(whoever_is_there_stays);

/// A token that reports contacts with one family as fast as it can.
async fn one_family_is_not_drowned_in_contacts(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&["--log-level", "error"]);
    let police = site.client(
        &serving,
        &someone("cambs-police", "marker_lookup", "safeguarding", "police"),
    );
    let found = police.post("{ markerChanges(first: 1) { nodes { markerId } } }", json!({}));
    let found = found.await.unwrap().json();
    let marker = found["data"]["markerChanges"]["nodes"][0]["markerId"].clone();
    assert!(marker.is_string(), "{found}");
    let report = "mutation ($marker: ID!) { recordContact(input: { markerId: $marker, kind: INCIDENT, urgency: IMMEDIATE, \
                  occurredAt: \"2026-01-02T03:04:05Z\" }) { errors { code } } }";
    let (mut made, mut refused) = (0, 0);
    for _ in 0..150 {
        let answer = police.post(report, json!({ "marker": marker })).await.unwrap();
        match answer.status {
            200 => {
                assert_eq!(
                    answer.json()["data"]["recordContact"]["errors"],
                    json!([]),
                    "{}",
                    answer.text()
                );
                made += 1;
            }
            429 => {
                assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "TOO_MANY_REQUESTS");
                assert!(answer.retry_after.is_some() && answer.bytes.len() < super::FEW);
                refused += 1;
            }
            status => panic!("{status}: {}", answer.text()),
        }
    }
    assert_eq!((made, refused), (60, 90));
}
on_both!(one_family_is_not_drowned_in_contacts);
