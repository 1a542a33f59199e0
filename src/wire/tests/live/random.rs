//! Randomised tests: whatever the sequence of messages, the server does only what the protocol allows, and
//! always reacts.

use std::collections::{BTreeMap, BTreeSet};

use rand::{Rng, SeedableRng, rngs::ChaCha12Rng};

use super::*;

/// Number of sequences tried.
const SEQUENCES: u64 = 200;
const IDS: [&str; 3] = ["1", "2", "3"];

fn random_below(random: &mut ChaCha12Rng, bound: u32) -> u32 {
    random.next_u32() % bound
}

/// A random message, mostly well formed, as text or binary.
fn message(random: &mut ChaCha12Rng, at: usize) -> Message {
    let id = IDS[random_below(random, 3) as usize];
    let subscribe = |query: &str| json!({ "type": "subscribe", "id": id, "payload": { "query": query } });
    let value = match random_below(random, 40) {
        0..6 => json!({ "type": "connection_init", "payload": { "authorization": "Bearer good" } }),
        6 => json!({ "type": "connection_init" }),
        7..14 => json!({ "type": "ping", "payload": { "at": at } }),
        14..16 => json!({ "type": "pong" }),
        16..20 => subscribe("subscription { ticks }"),
        20..24 => subscribe("{ a }"),
        24..26 => subscribe("{ invalid }"),
        26..28 => subscribe("subscription { three }"),
        28..37 => json!({ "type": "complete", "id": id }),
        37 => json!({ "type": "next", "id": id, "payload": {} }),
        38 => return Message::text("{\"type\":"),
        _ => return Message::binary(vec![1, 2, 3]),
    };
    Message::text(value.to_string())
}

/// What the protocol allows after the messages sent so far.
#[derive(Default)]
struct Model {
    acknowledged: bool,
    /// Ids of operations, and whether they are certainly still in flight.
    running: BTreeMap<String, bool>,
    subscribed: BTreeMap<String, usize>,
    pongs: Vec<Value>,
    may_close: BTreeSet<u16>,
    must_close: Option<u16>,
}

impl Model {
    fn sent(&mut self, message: &Message) {
        if self.must_close.is_some() {
            return;
        }
        let value: Value = match message {
            Message::Text(text) => serde_json::from_str(text).unwrap_or_default(),
            _ => Value::Null,
        };
        let id = value["id"].as_str().unwrap_or_default().to_owned();
        self.must_close = match value["type"].as_str() {
            Some("connection_init") if self.acknowledged => Some(4429),
            Some("connection_init") if value.get("payload").is_none() => Some(4403),
            Some("connection_init") => {
                self.acknowledged = true;
                None
            }
            Some("ping") => {
                self.pongs.push(value["payload"].clone());
                None
            }
            Some("pong") => None,
            Some("subscribe") if !self.acknowledged => Some(4401),
            Some("subscribe") if self.running.get(&id) == Some(&true) => Some(4409),
            Some("subscribe") => {
                let certain = value["payload"]["query"] == "subscription { ticks }";
                if self.running.insert(id.clone(), certain) == Some(false) {
                    self.may_close.insert(4409);
                }
                *self.subscribed.entry(id).or_default() += 1;
                None
            }
            Some("complete") => {
                self.running.remove(&id);
                None
            }
            _ => Some(4400),
        };
    }

    /// Checks all messages of the server in order, and its close code, if it closed.
    fn check(&self, said: &[Value], closed: Option<u16>) {
        let of_type = |kind: &str| said.iter().filter(|message| message["type"] == kind).count();
        assert!(of_type("connection_ack") <= usize::from(self.acknowledged));
        let pongs: Vec<&Value> = said
            .iter()
            .filter(|message| message["type"] == "pong")
            .map(|message| &message["payload"])
            .collect();
        assert!(pongs.len() <= self.pongs.len());
        assert!(pongs.iter().zip(&self.pongs).all(|(got, wanted)| *got == wanted));
        for message in said {
            let kind = message["type"].as_str().expect("a type");
            assert!(
                ["connection_ack", "pong", "next", "error", "complete"].contains(&kind),
                "{message}"
            );
        }
        for (id, subscribed) in &self.subscribed {
            let ends = said.iter().filter(|message| {
                message["id"] == *id && (message["type"] == "error" || message["type"] == "complete")
            });
            assert!(ends.count() <= *subscribed, "{id} ended too often");
        }
        assert!(said.iter().all(|message| {
            let id = message["id"].as_str();
            id.is_none_or(|id| self.subscribed.contains_key(id))
        }));
        match (closed, self.must_close) {
            (Some(code), Some(wanted)) => {
                assert!(code == wanted || self.may_close.contains(&code), "{code}, not {wanted}");
            }
            (Some(code), None) => assert!(self.may_close.contains(&code), "{code}"),
            (None, wanted) => {
                assert_eq!(wanted, None);
                assert_eq!(pongs.len(), self.pongs.len(), "every ping is answered");
                assert_eq!(of_type("connection_ack"), usize::from(self.acknowledged));
            }
        }
    }
}

#[tokio::test]
async fn random_messages_are_answered_as_the_protocol_allows() {
    let server = Server::plain().await;
    for seed in 0..SEQUENCES {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let mut peer = server.peer("").await;
        let mut model = Model::default();
        let length = random_below(&mut random, 24) as usize;
        // Half of the sequences begin as clients do.
        let first = (random_below(&mut random, 2) == 0)
            .then(|| Message::text(r#"{"type":"connection_init","payload":{"authorization":"Bearer good"}}"#));
        let messages: Vec<Message> = first
            .into_iter()
            .chain((0..length).map(|at| message(&mut random, at)))
            .chain([Message::text(r#"{"type":"ping","payload":{"last":true}}"#)])
            .collect();
        for message in messages {
            model.sent(&message);
            // The server may have closed, and then need not read.
            let _ = peer.frames.send(message).await;
            if random_below(&mut random, 8) == 0 {
                server.engine.feed.ticks.send_modify(|tick| *tick += 1);
            }
        }
        let mut said = Vec::new();
        let closed = loop {
            match peer.next().await {
                Some(Message::Text(text)) => {
                    let message: Value = serde_json::from_str(&text).expect("JSON");
                    let last = message["payload"]["last"] == true;
                    said.push(message);
                    if last {
                        break None;
                    }
                }
                Some(Message::Close(Some(frame))) => break Some(frame.code.into()),
                other => panic!("sequence {seed}: {other:?}"),
            }
        };
        println!("sequence {seed}: {} messages, closed {closed:?}", said.len());
        model.check(&said, closed);
    }
    server.sockets(0).await;
    server.engine.feed.open(0).await;
}

#[tokio::test]
async fn random_bytes_end_in_an_orderly_close() {
    let server = Server::plain().await;
    for seed in 0..SEQUENCES {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let mut stream = server.upgraded("").await;
        let mut bytes = vec![0; random_below(&mut random, 200) as usize];
        random.fill_bytes(&mut bytes);
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let mut rest = Vec::new();
        // A reset is an end, too.
        let _ = timeout(TEST_TIMEOUT, stream.read_to_end(&mut rest))
            .await
            .expect("in time");
    }
    server.sockets(0).await;
}
