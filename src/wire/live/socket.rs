//! One socket: graphql-transport-ws over a `WebSocket`, from its opening to its close.
//!
//! One task reads, writes and keeps the times; each operation has a task of its own. While a message is being written nothing is
//! read, and a message that is not written in time ends the socket: a peer who does not read cannot make anything grow.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    sync::{Notify, mpsc},
    task::JoinSet,
    time::{sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Bytes, Error, Message,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};
use uuid::Uuid;

use super::{
    closing::{self, Closing},
    lease::Lease,
    messages::{self, Incoming},
    opening::Opening,
    outbox::{Given, Outgoing, Post},
    places::ClientPlace,
    stopping::Stopping,
    work,
};
use crate::{
    error::{ErrorCode, RequestError},
    wire::{observe::Notes, request::Parts, respond::Problem, state::AppState},
};

/// How much is read from the connection at once.
const READ_BUFFER: usize = 4 * 1024;
/// How long the peer may take to answer a close.
const CLOSE_TIME: Duration = Duration::from_secs(1);

/// A socket that is about to be.
pub(super) struct Connection {
    pub(super) state: Arc<AppState>,
    /// The id of the request that asked for it.
    pub(super) id: Uuid,
    /// What the request said of who asks.
    pub(super) opening: Opening,
    /// Whether the client speaks the sub-protocol.
    pub(super) chosen: bool,
    pub(super) stopping: Stopping,
}

/// Speaks the protocol until there is a reason to close.
pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin>(io: S, connection: Connection) {
    let started = Instant::now();
    let state = Arc::clone(&connection.state);
    let id = connection.id;
    state.metrics.sockets.inc();
    let counted = Counted(Arc::clone(&state));
    let limits = &state.edge.live;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(limits.message_bytes))
        .max_frame_size(Some(limits.message_bytes));
    let frames = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    let mut socket = Socket::new(frames, connection);
    let ended = socket.serve().await;
    let code = socket.end(ended).await;
    drop(counted);
    state.metrics.closed(code);
    tracing::info!(
        request_id = %id,
        code,
        duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        agency = socket.notes.agency,
        role = socket.notes.role,
        purpose = socket.notes.purpose,
        operations = socket.count,
        "socket"
    );
}

struct Counted(Arc<AppState>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.metrics.sockets.dec();
    }
}

/// Why a socket ends.
#[derive(Debug)]
enum Ended {
    /// We close it.
    Close(Closing),
    /// We close it, and what the peer sends from now on cannot be read as frames.
    Broken(Closing),
    /// The peer closed it, with this code.
    Closed(u16),
    /// It is gone, or its peer does not read.
    Lost,
}

impl From<Closing> for Ended {
    fn from(closing: Closing) -> Self {
        Self::Close(closing)
    }
}

/// An operation under way.
struct Running {
    request: Uuid,
    given_up: Arc<Notify>,
}

struct Socket<S> {
    frames: WebSocketStream<S>,
    connection: Connection,
    /// Who asks, once that is known.
    lease: Option<(Lease, ClientPlace)>,
    post: Post,
    outgoing: mpsc::Receiver<Outgoing>,
    running: HashMap<Arc<str>, Running>,
    /// Operations that the client wants no more and that have not ended yet.
    unwanted: HashSet<Uuid>,
    tasks: JoinSet<Uuid>,
    heard: tokio::time::Instant,
    asked_whether_there: bool,
    stopping: bool,
    count: u64,
    notes: Notes,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    fn new(frames: WebSocketStream<S>, connection: Connection) -> Self {
        let (post, outgoing) = Post::new();
        Self {
            frames,
            connection,
            lease: None,
            post,
            outgoing,
            running: HashMap::new(),
            unwanted: HashSet::new(),
            tasks: JoinSet::new(),
            heard: tokio::time::Instant::now(),
            asked_whether_there: false,
            stopping: false,
            count: 0,
            notes: Notes::default(),
        }
    }

    async fn serve(&mut self) -> Ended {
        if !self.connection.chosen {
            return closing::SUBPROTOCOL.into();
        }
        let init_until = self.heard + self.connection.state.edge.live.init_time;
        loop {
            let keep_alive = self.connection.state.edge.live.keep_alive;
            let quiet_until = self.heard
                + if self.asked_whether_there {
                    keep_alive * 2
                } else {
                    keep_alive
                };
            let lease = self.lease.as_ref().map(|(lease, _)| lease);
            let (outgoing, frames) = (&mut self.outgoing, &mut self.frames);
            let told = tokio::select! {
                biased;
                () = self.connection.stopping.told(), if !self.stopping => {
                    self.stopping = true;
                    Ok(())
                }
                () = Lease::over_if_any(lease) => Err(closing::EXPIRED.into()),
                () = sleep_until(init_until), if lease.is_none() => Err(closing::INIT_TIMEOUT.into()),
                ended = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    if let Some(Ok(request)) = ended {
                        self.reap(request);
                    }
                    Ok(())
                }
                happened = async {
                    tokio::select! {
                        Some(outgoing) = outgoing.recv() => Happened::Given(outgoing),
                        frame = frames.next() => Happened::Received(frame),
                    }
                } => match happened {
                    Happened::Given(outgoing) => self.write(outgoing).await,
                    Happened::Received(frame) => self.received(frame).await,
                },
                () = sleep_until(quiet_until) => self.quiet().await,
            };
            if let Err(ended) = told {
                return ended;
            }
            // Operations under way may end; subscriptions hear of it themselves.
            if self.stopping && self.tasks.is_empty() {
                return closing::GOING_AWAY.into();
            }
        }
    }

    /// An operation's task has ended.
    fn reap(&mut self, request: Uuid) {
        self.unwanted.remove(&request);
        self.running.retain(|_, running| running.request != request);
    }

    /// The peer has said nothing for a while.
    async fn quiet(&mut self) -> Result<(), Ended> {
        if self.asked_whether_there {
            return Err(Ended::Lost);
        }
        self.asked_whether_there = true;
        self.send(Message::Ping(Bytes::new())).await
    }

    async fn received(&mut self, frame: Option<Result<Message, Error>>) -> Result<(), Ended> {
        self.heard = tokio::time::Instant::now();
        self.asked_whether_there = false;
        match frame {
            Some(Ok(Message::Text(text))) => match messages::parse(&text) {
                Some(message) => self.handle(message).await,
                None => Err(closing::INVALID.into()),
            },
            Some(Ok(Message::Binary(_))) => Err(closing::BINARY.into()),
            // The library answers pings when it next writes or reads; this does so at once.
            Some(Ok(Message::Ping(_))) => self.flush().await,
            Some(Ok(Message::Pong(_) | Message::Frame(_))) => Ok(()),
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map_or(closing::NORMAL.code, |frame| frame.code.into());
                Err(Ended::Closed(code))
            }
            Some(Err(Error::Capacity(_))) => Err(Ended::Broken(closing::TOO_BIG)),
            Some(Err(Error::Utf8(_))) => Err(Ended::Broken(closing::NOT_UTF8)),
            Some(Err(Error::Protocol(error))) if !is_the_end(&error) => Err(Ended::Broken(closing::PROTOCOL_ERROR)),
            Some(Err(_)) | None => Err(Ended::Lost),
        }
    }

    async fn handle(&mut self, message: Incoming) -> Result<(), Ended> {
        match message {
            Incoming::Init(_) if self.lease.is_some() => Err(closing::TWICE.into()),
            Incoming::Init(payload) => {
                let state = &self.connection.state;
                let lease = self.connection.opening.sign_in(state, payload).await?;
                let caller = &lease.signed_in.caller;
                let place = state.places.take_for(caller).ok_or(closing::TOO_MANY)?;
                self.notes.caller(caller);
                self.lease = Some((lease, place));
                self.text(messages::ack()).await
            }
            Incoming::Ping(payload) => self.text(messages::pong(payload)).await,
            Incoming::Pong => Ok(()),
            Incoming::Subscribe { id, parts } => self.subscribe(id, parts).await,
            Incoming::Complete { id } => {
                // One that is not known may have ended meanwhile.
                if let Some(running) = self.running.remove(id.as_str()) {
                    running.given_up.notify_one();
                    self.unwanted.insert(running.request);
                }
                Ok(())
            }
        }
    }

    async fn subscribe(&mut self, id: String, parts: Parts) -> Result<(), Ended> {
        let Some((lease, _)) = &self.lease else {
            return Err(closing::UNAUTHORIZED.into());
        };
        if self.running.contains_key(id.as_str()) {
            return Err(closing::DUPLICATE.into());
        }
        let state = &self.connection.state;
        let request = state.ids.uuid();
        // Operations that the client wants no more count until they have ended.
        if self.running.len() + self.unwanted.len() >= state.edge.live.operations {
            state.metrics.operation("too_many_requests");
            let error = RequestError::new(
                ErrorCode::TooManyRequests,
                "This connection has as many operations under way as it may; complete one first.",
            );
            return self.text(messages::error(&id, &error, request)).await;
        }
        if self.stopping {
            let error = Problem::unavailable().into_error();
            return self.text(messages::error(&id, &error, request)).await;
        }
        let id: Arc<str> = Arc::from(id);
        let outbox = self.post.outbox(Arc::clone(&id), request);
        let given_up = outbox.given_up();
        let work = work::Work {
            state: Arc::clone(state),
            request,
            lease: lease.clone(),
            stopping: self.connection.stopping.clone(),
            outbox,
        };
        self.tasks.spawn(work.run(parts));
        self.running.insert(id, Running { request, given_up });
        self.count += 1;
        Ok(())
    }

    /// Writes what an operation gives, unless the client wanted no more of it meanwhile.
    async fn write(&mut self, outgoing: Outgoing) -> Result<(), Ended> {
        let Outgoing {
            id,
            request,
            given,
            written,
        } = outgoing;
        if self.running.get(&id).is_none_or(|running| running.request != request) {
            return Ok(());
        }
        // Between its being made and now the token may have ended.
        if self.lease.as_ref().is_none_or(|(lease, _)| lease.is_over()) {
            return Err(closing::EXPIRED.into());
        }
        if !matches!(given, Given::Next(_)) {
            self.running.remove(&id);
        }
        match given {
            Given::Next(response) => {
                let text = messages::next(&id, &String::from_utf8_lossy(&response));
                drop(response);
                self.text(text).await?;
            }
            Given::Complete => self.text(messages::complete(&id)).await?,
            Given::Refused(error) => self.text(messages::error(&id, &error, request)).await?,
            // The socket is going to be closed, which tells the client to come back.
            Given::Cut(_) => {}
        }
        // An operation that does not wait any more need not know.
        let _ = written.send(());
        Ok(())
    }

    async fn text(&mut self, text: String) -> Result<(), Ended> {
        self.send(Message::text(text)).await
    }

    /// Sends a message, within the time that a write may take.
    async fn send(&mut self, message: Message) -> Result<(), Ended> {
        let patience = self.connection.state.edge.write_time;
        match timeout(patience, self.frames.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Lost),
        }
    }

    async fn flush(&mut self) -> Result<(), Ended> {
        let patience = self.connection.state.edge.write_time;
        match timeout(patience, self.frames.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Lost),
        }
    }

    /// Closes, and gives the peer a moment to answer, so that it reads why. Returns the code for the counters.
    async fn end(&mut self, ended: Ended) -> u16 {
        self.tasks.abort_all();
        let (closing, readable) = match ended {
            Ended::Lost => return closing::LOST,
            Ended::Closed(code) => {
                // The library has the answer ready.
                let _ = timeout(CLOSE_TIME, async { while self.frames.next().await.is_some() {} }).await;
                // What peers send is not for the counters, but for what the standards know.
                return if (1000..=1015).contains(&code) {
                    code
                } else {
                    closing::NORMAL.code
                };
            }
            Ended::Close(closing) => (closing, true),
            Ended::Broken(closing) => (closing, false),
        };
        let frame = CloseFrame {
            code: closing.code.into(),
            reason: closing.reason.into(),
        };
        if self.send(Message::Close(Some(frame))).await.is_err() {
            return closing::LOST;
        }
        let _ = timeout(CLOSE_TIME, async {
            if readable {
                while let Some(Ok(_)) = self.frames.next().await {}
            } else {
                let mut rest = [0; READ_BUFFER];
                while self.frames.get_mut().read(&mut rest).await.is_ok_and(|read| read > 0) {}
            }
        })
        .await;
        closing.code
    }
}

enum Happened {
    Given(Outgoing),
    Received(Option<Result<Message, Error>>),
}

/// Whether the library calls it an error of the protocol that the connection has ended without a close.
fn is_the_end(error: &tokio_tungstenite::tungstenite::error::ProtocolError) -> bool {
    use tokio_tungstenite::tungstenite::error::ProtocolError;
    matches!(error, ProtocolError::ResetWithoutClosingHandshake)
}
