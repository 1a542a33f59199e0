//! Tests of long-lived connections against a fake engine: over real sockets, with a client library and with
//! hand-made frames.

mod frames;
mod limits;
mod load_shedding;
mod protocol;
mod random;
mod shutdown;
mod slow_clients;
mod stream;
mod upgrade;

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use super::{super::limits::LiveLimits, *};
use crate::graphql::operation::Event;

/// Longer than any step of these tests takes.
const TEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Size of an event of the endless subscription.
const LARGE_EVENT_BYTES: usize = 64 * 1024;

/// The fake engine's subscriptions, selected by the document.
#[derive(Clone)]
pub(super) struct FakeSubscriptions {
    events_produced: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    ticks: watch::Sender<u64>,
}

impl Default for FakeSubscriptions {
    fn default() -> Self {
        Self {
            events_produced: Arc::default(),
            open: Arc::default(),
            ticks: watch::Sender::new(0),
        }
    }
}

impl FakeSubscriptions {
    pub(super) fn subscribe(&self, request: &OperationRequest) -> Result<Box<dyn Events>, RequestError> {
        let kind = match request.query.as_str() {
            "subscription { three }" => Kind::Three,
            "subscription { ticks }" => Kind::Ticks,
            "subscription { endless }" => Kind::Endless,
            "subscription { ends }" => Kind::Ends,
            "subscription { panics }" => Kind::Panics,
            "subscription { hangs }" => Kind::Hangs,
            "subscription { busy }" => return Err(RequestError::new(ErrorCode::TooManyRequests, "Too many.")),
            _ => return Err(RequestError::new(ErrorCode::BadUserInput, "No such field.").at(1, 16)),
        };
        self.open.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(FakeEvents {
            feed: self.clone(),
            ticks: self.ticks.subscribe(),
            kind,
            produced: 0,
        }))
    }

    /// Waits until this many subscriptions are open.
    async fn open(&self, wanted: usize) {
        let now = || self.open.load(Ordering::SeqCst);
        until(|| now() == wanted).await;
    }

    fn events_produced(&self) -> usize {
        self.events_produced.load(Ordering::SeqCst)
    }
}

enum Kind {
    /// Three events, with nothing to give between them.
    Three,
    /// An event for each tick.
    Ticks,
    /// Large events without end.
    Endless,
    /// One event, then the right to more has ended.
    Ends,
    /// One event, then a panic.
    Panics,
    /// An event that is never produced.
    Hangs,
}

struct FakeEvents {
    feed: FakeSubscriptions,
    ticks: watch::Receiver<u64>,
    kind: Kind,
    produced: usize,
}

impl FakeEvents {
    fn event(&mut self, filling: &str) -> Event {
        self.feed.events_produced.fetch_add(1, Ordering::SeqCst);
        self.produced += 1;
        let event = json!({ "data": { "n": self.produced, "filling": filling } });
        Event::Next(event.to_string().into_bytes())
    }
}

impl Events for FakeEvents {
    fn ready(&mut self) -> BoxFuture<'_, ()> {
        async move {
            if matches!(self.kind, Kind::Ticks) {
                self.ticks.changed().await.expect("the feed is there");
            }
        }
        .boxed()
    }

    fn next(&mut self) -> BoxFuture<'_, Option<Event>> {
        async move {
            match self.kind {
                Kind::Three if self.produced >= 6 => Some(Event::Complete),
                Kind::Three if self.produced.is_multiple_of(2) => {
                    self.produced += 1;
                    None
                }
                Kind::Endless => Some(self.event(&"f".repeat(LARGE_EVENT_BYTES))),
                Kind::Ends if self.produced > 0 => Some(Event::Refused(RequestError::new(
                    ErrorCode::NotInAgreement,
                    "No agreement gives this any more.",
                ))),
                Kind::Panics if self.produced > 0 => panic!("secret cause"),
                Kind::Three | Kind::Ticks | Kind::Ends | Kind::Panics => Some(self.event("")),
                Kind::Hangs => std::future::pending().await,
            }
        }
        .boxed()
    }
}

impl Drop for FakeEvents {
    fn drop(&mut self) {
        self.feed.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Waits until a condition holds.
async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(TEST_TIMEOUT, waiting).await.expect("in time");
}

/// A server on a free port.
struct Server {
    address: std::net::SocketAddr,
    engine: Arc<FakeEngine>,
    metrics: Metrics,
    stop: Option<oneshot::Sender<()>>,
    ended: JoinHandle<()>,
}

impl Server {
    async fn start(edge: EdgeLimits) -> Self {
        Self::with_clock(edge, Clock::system()).await
    }

    /// A server whose clock the test sets.
    async fn with_clock(edge: EdgeLimits, clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let engine = Arc::<FakeEngine>::default();
        let state = state(&engine, edge.clone()).with_clock(clock);
        let metrics = state.metrics.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let server_metrics = metrics.clone();
        let ended = tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            server::serve(listener, router(state), &edge, &server_metrics, stop).await;
        });
        Self {
            address,
            engine,
            metrics,
            stop: Some(stop),
            ended,
        }
    }

    async fn with(live: LiveLimits) -> Self {
        Self::start(EdgeLimits {
            live,
            ..EdgeLimits::default()
        })
        .await
    }

    async fn plain() -> Self {
        Self::start(EdgeLimits::default()).await
    }

    /// A server with one slot for operations, and no queue.
    async fn with_one_slot() -> Self {
        Self::start(EdgeLimits {
            running: 1,
            waiting: 0,
            ..EdgeLimits::default()
        })
        .await
    }

    fn stop(&mut self) {
        self.stop.take().expect("once").send(()).expect("it runs");
    }

    async fn sockets(&self, wanted: i64) {
        until(|| self.metrics.sockets.get() == wanted).await;
    }

    /// Connects, sends a request's head and reads the answer's head.
    async fn ask(&self, head: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        stream.write_all(head.as_bytes()).await.expect("sent");
        let answer = read_head(&mut stream).await;
        (stream, answer)
    }

    /// A connection upgraded to a `WebSocket`.
    async fn upgraded(&self, headers: &str) -> TcpStream {
        let (stream, head) = self.ask(&upgrade_request(headers)).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        stream
    }

    async fn peer(&self, headers: &str) -> Peer {
        Peer::new(self.upgraded(headers).await).await
    }

    /// A peer after `connection_ack`.
    async fn acknowledged(&self) -> Peer {
        let mut peer = self.peer("").await;
        peer.init(json!({ "authorization": "Bearer good" })).await;
        peer
    }
}

/// The head of an upgrade request, with more headers.
fn upgrade_request(headers: &str) -> String {
    format!(
        "GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n{headers}\r\n"
    )
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let reading = async {
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a head"));
        }
    };
    timeout(TEST_TIMEOUT, reading).await.expect("in time");
    String::from_utf8(head).expect("text")
}

/// The client's end of a socket.
struct Peer {
    frames: WebSocketStream<TcpStream>,
}

impl Peer {
    async fn new(stream: TcpStream) -> Self {
        Self {
            frames: WebSocketStream::from_raw_socket(stream, Role::Client, None).await,
        }
    }

    async fn text(&mut self, text: &str) {
        self.frames.send(Message::text(text)).await.expect("sent");
    }

    async fn send(&mut self, message: Value) {
        self.text(&message.to_string()).await;
    }

    async fn init(&mut self, payload: Value) {
        self.send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(self.message().await, json!({ "type": "connection_ack" }));
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(json!({ "type": "subscribe", "id": id, "payload": { "query": query } }))
            .await;
    }

    /// Repeats a query until it is answered: the slot of an earlier operation is released when that has
    /// ended, which the socket learns a moment later. All messages meanwhile are of this id.
    async fn query_until_answered(&mut self, id: &str) {
        let upgrade_request = async {
            loop {
                self.subscribe(id, "{ a }").await;
                let message = self.message().await;
                assert_eq!(message["id"], id, "{message}");
                if message["type"] == "next" {
                    return;
                }
            }
        };
        timeout(TEST_TIMEOUT, upgrade_request).await.expect("in time");
    }

    async fn complete(&mut self, id: &str) {
        self.send(json!({ "type": "complete", "id": id })).await;
    }

    /// The next message that is not a `WebSocket` ping or pong.
    async fn next(&mut self) -> Option<Message> {
        loop {
            let next = timeout(TEST_TIMEOUT, self.frames.next()).await.expect("in time");
            match next {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }

    async fn message(&mut self) -> Value {
        match self.next().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).expect("JSON"),
            other => panic!("not a message: {other:?}"),
        }
    }

    /// The code with which the server closes; earlier messages are skipped.
    async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Some(Message::Close(Some(frame))) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Message::Close(None)) => return (1005, String::new()),
                Some(_) => {}
                None => return (1006, String::new()),
            }
        }
    }
}
