//! What is sent to harm, and what is to come of it.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

/// An attack: sent many times at once.
pub(super) struct Attack {
    pub(super) name: &'static str,
    pub(super) sent: Sent,
    /// What each answer holds, one of these; empty where none need come.
    pub(super) answers: &'static [&'static str],
}

/// What goes over the connection.
pub(super) enum Sent {
    /// A request of HTTP: more headers, and the body.
    Request {
        path: &'static str,
        headers: String,
        body: Vec<u8>,
    },
    /// Bytes as they are.
    Bytes(Vec<u8>),
    /// Bytes after which the client says that there is no more.
    Cut(Vec<u8>),
    /// Bytes after which nothing comes, or these again and again, a byte at a time; the connection stays.
    Half(Vec<u8>, &'static [u8]),
    /// Messages on a socket that was acknowledged.
    Messages(Vec<Message>),
}

impl Sent {
    /// How it goes there.
    pub(super) fn by(&self) -> &'static str {
        match self {
            Self::Request { path: "/graphql", .. } => "POST",
            Self::Request { .. } => "event stream",
            Self::Bytes(_) | Self::Cut(_) | Self::Half(..) => "connection",
            Self::Messages(_) => "WebSocket",
        }
    }
}

const SCHEMA: &str = include_str!("../../../src/wire/precheck/introspection.graphql");
const BAD: &[&str] = &["BAD_USER_INPUT"];
const COMPLEX: &[&str] = &["TOO_COMPLEX"];
/// What a socket is closed with, after whatever the protocol calls for.
const INVALID: &[&str] = &["closed 4400"];

/// All of them.
pub(super) fn all(authorization: &str) -> Vec<Attack> {
    let mut attacks = documents();
    attacks.extend(bodies(authorization));
    attacks.extend(sockets());
    // Last, since what a client left open counts as its own until the server has noticed.
    attacks.extend(half_open(authorization));
    attacks
}

/// Documents and variables, on every transport.
fn documents() -> Vec<Attack> {
    let nested = |open: &str, close: &str, times| format!("{}{}", open.repeat(times), close.repeat(times));
    let variables =
        |value: &str| format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{value}}}}}").into_bytes();
    let doubling = numbered(40, |at| {
        let next = at + 1;
        format!("fragment F{at} on Query {{ ...F{next} ...F{next} }} ")
    });
    let doubling = format!("{{ ...F0 }} {doubling} fragment F40 on Query {{ __typename }}");
    let aliases = numbered(2_000, |at| format!(" a{at}: __typename"));
    let pages = "families(first: 100) { nodes { members { criteriaMatches { criterion } } } }";
    let costly = numbered(10, |at| format!(" a{at}: {pages}"));
    let mut all = Vec::new();
    for (name, body, answers) in [
        (
            "a million tokens",
            query(&"a ".repeat(1_000_000)),
            &["TOO_COMPLEX", "closed 1009"][..],
        ),
        (
            "tokens as many as fit",
            query(&format!("{{{}}}", " a".repeat(15_000))),
            COMPLEX,
        ),
        (
            "ten thousand directives",
            query(&format!("{{ __typename {} }}", "@a ".repeat(10_000))),
            COMPLEX,
        ),
        ("two thousand aliases", query(&format!("{{{aliases} }}")), COMPLEX),
        ("fragments that double", query(&doubling), COMPLEX),
        (
            "fragments in a circle",
            query("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
            BAD,
        ),
        ("three thousand levels", query(&nested("{ a ", "}", 3_000)), COMPLEX),
        (
            "lists in lists",
            query(&format!("{{ a(b: {}) }}", nested("[", "]", 3_000))),
            COMPLEX,
        ),
        (
            "a string without an end",
            query(&format!("{{ a(b: \"\"\"{}", "a".repeat(30_000))),
            BAD,
        ),
        ("pages of pages", query(&format!("{{{costly} }}")), COMPLEX),
        (
            "variables in variables",
            variables(&nested("[", "]", 50_000)),
            &["BAD_USER_INPUT", "closed 4400"][..],
        ),
        (
            "a number without an end",
            variables(&"9".repeat(100_000)),
            &["BAD_USER_INPUT", "closed 4400"][..],
        ),
        ("NUL in the document", query("{ __type\0name }"), BAD),
    ] {
        all.push(Attack {
            name,
            sent: request("/graphql", "", body.clone()),
            answers,
        });
        all.push(Attack {
            name,
            sent: request("/graphql/stream", "", body.clone()),
            answers,
        });
        let payload = String::from_utf8(body).expect("text");
        let message = format!("{{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{payload}}}");
        all.push(Attack {
            name,
            sent: Sent::Messages(vec![Message::text(message)]),
            answers,
        });
    }
    all
}

/// Bodies that are not what they should be.
fn bodies(authorization: &str) -> Vec<Attack> {
    let large = vec![b' '; 20 * 1024 * 1024];
    let mut invalid = query("{ __typename }");
    invalid.extend([0xff, 0xfe, 0xc0, 0x80]);
    let mut all = Vec::new();
    for path in ["/graphql", "/graphql/stream"] {
        let chunked = [
            head(authorization, path, "transfer-encoding: chunked\r\n").into_bytes(),
            format!("{:x}\r\n", large.len()).into_bytes(),
            large.clone(),
            b"\r\n0\r\n\r\n".to_vec(),
        ];
        let cut = head(authorization, path, "content-length: 5000\r\n") + "{\"query\":\"{ a";
        all.extend([
            Attack {
                name: "20 MB",
                sent: request(path, "", large.clone()),
                answers: COMPLEX,
            },
            Attack {
                name: "20 MB in pieces",
                sent: Sent::Bytes(chunked.concat()),
                answers: COMPLEX,
            },
            Attack {
                name: "a body that unfolds",
                sent: request(path, "content-encoding: gzip\r\n", vec![0x1f, 0x8b, 8, 0]),
                answers: BAD,
            },
            Attack {
                name: "a body cut off",
                sent: Sent::Cut(cut.into_bytes()),
                answers: &["", "BAD_USER_INPUT"],
            },
            Attack {
                name: "no UTF-8",
                sent: request(path, "", invalid.clone()),
                answers: BAD,
            },
            Attack {
                name: "NUL",
                sent: request(path, "", vec![0; 1000]),
                answers: BAD,
            },
            Attack {
                name: "a thousand headers",
                sent: request(path, &"x-a: b\r\n".repeat(1_000), query("{ __typename }")),
                answers: &["HTTP/1.1 431 "],
            },
            Attack {
                name: "a header of 1 MB",
                sent: request(
                    path,
                    &format!("x-a: {}\r\n", "b".repeat(1024 * 1024)),
                    query("{ __typename }"),
                ),
                answers: &["", "HTTP/1.1 431 "],
            },
        ]);
    }
    all
}

/// Connections that are begun and left.
fn half_open(authorization: &str) -> Vec<Attack> {
    let upgrade = upgrade();
    let with_body = |path, document| {
        let body = String::from_utf8(query(document)).expect("text");
        head(authorization, path, &format!("content-length: {}\r\n", body.len())) + &body
    };
    let schema = with_body("/graphql", SCHEMA).replace("connection: close\r\n", "");
    let unread = schema.repeat(20);
    let stream = with_body("/graphql/stream", "subscription { markerChanged { kind } }");
    let slow = |name, bytes: &str, then| Attack {
        name,
        sent: Sent::Half(bytes.as_bytes().to_vec(), then),
        answers: &[],
    };
    let half = |name, bytes: &str| slow(name, bytes, b"");
    let body = head(authorization, "/graphql", "content-length: 900000\r\n") + "{\"query\":\"";
    vec![
        half("connections that say nothing", ""),
        half("half a head", "POST /graphql HTTP/1.1\r\nhost:"),
        half(
            "half a body",
            &(head(authorization, "/graphql", "content-length: 50\r\n") + "{\"query\""),
        ),
        slow(
            "a head a byte at a time",
            "POST /graphql HTTP/1.1\r\nhost: a\r\n",
            b"x-a: b\r\n",
        ),
        slow("a body a byte at a time", &body, b" "),
        half("sockets without connection_init", &upgrade),
        // Of a masked text that is to have 65,535 bytes.
        slow("a message a byte at a time", &upgrade, b"\x81\xfe\xff\xff\0\0\0\0  "),
        half("answers that nobody reads", &unread),
        half("event streams", &stream),
    ]
}

/// Messages that are not of the protocol, or too many.
fn sockets() -> Vec<Attack> {
    let subscribe = |at: usize| json!({ "type": "subscribe", "id": at.to_string(), "payload": { "query": "subscription { markerChanged { kind } }" } });
    let text = |value: &Value| Message::text(value.to_string());
    let frame = |bytes: Vec<u8>| Message::Frame(Frame::message(bytes, OpCode::Data(Data::Text), true));
    let attack = |name, messages, answers| Attack {
        name,
        sent: Sent::Messages(messages),
        answers,
    };
    vec![
        attack(
            "300 KB in a message",
            vec![Message::text("a".repeat(300 * 1024))],
            &["closed 1009"],
        ),
        attack("no UTF-8 in a message", vec![frame(vec![0xff, 0xfe])], &["closed 1007"]),
        attack(
            "a binary message",
            vec![Message::binary(vec![0; 1000])],
            &["closed 4400", "closed 1003"],
        ),
        attack("a message of no kind", vec![Message::text("{\"type\":\"a\"}")], INVALID),
        attack(
            "a thousand subscriptions",
            (0..1_000).map(|at| text(&subscribe(at))).collect(),
            &["TOO_MANY_REQUESTS"],
        ),
    ]
}

fn numbered(end: usize, part: impl Fn(usize) -> String) -> String {
    let parts: Vec<String> = (0..end).map(part).collect();
    parts.concat()
}

fn query(document: &str) -> Vec<u8> {
    json!({ "query": document }).to_string().into_bytes()
}

fn request(path: &'static str, headers: &str, body: Vec<u8>) -> Sent {
    Sent::Request {
        path,
        headers: headers.to_owned(),
        body,
    }
}

/// The head of a request, to which headers may be added.
pub(super) fn head(authorization: &str, path: &str, headers: &str) -> String {
    let accept = match path {
        "/graphql" => "application/graphql-response+json",
        _ => "text/event-stream",
    };
    format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: {authorization}\r\n\
         content-type: application/json\r\naccept: {accept}\r\n{headers}\r\n"
    )
}

/// The head of a request for a socket.
pub(super) fn upgrade() -> String {
    "GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
     sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        .to_owned()
}
