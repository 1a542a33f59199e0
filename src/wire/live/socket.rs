//! One socket: graphql-transport-ws over a `WebSocket`, from its opening to its close.
//!
//! One task reads, writes and keeps the times; each operation has a task of its own. While a message is being written nothing is
//! read, and a message that is not written in time ends the socket: a peer who does not read cannot make anything grow.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Instant,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{Notify, mpsc},
    task::JoinSet,
    time::sleep_until,
};
use uuid::Uuid;

use super::{
    closing::{self, Closing},
    lease::Lease,
    link::{Ended, Frame, Link},
    messages::{self, Incoming},
    opening::Opening,
    outbox::{Given, Outgoing, Post},
    places::Place,
    stopping::Stopping,
    work,
};
use crate::{
    error::{ErrorCode, RequestError},
    wire::{observe::Notes, request::Parts, respond::Problem, state::AppState, strangers::Standing},
};

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
    /// How it stands, if it came by a connection.
    pub(super) standing: Option<Standing>,
    /// The place that it has if the headers have said who asks.
    pub(super) place: Option<Place>,
}

/// Ends when a socket on which nobody has signed in has to leave.
async fn dismissed(standing: Option<&Standing>) {
    match standing {
        Some(standing) => standing.dismissed().await,
        None => std::future::pending().await,
    }
}

/// Speaks the protocol until there is a reason to close.
pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin>(io: S, connection: Connection) {
    let started = Instant::now();
    let state = Arc::clone(&connection.state);
    let id = connection.id;
    state.metrics.sockets.inc();
    let counted = Counted(Arc::clone(&state));
    let link = Link::over(io, &state.edge).await;
    let mut socket = Socket::new(link, connection);
    let ended = socket.serve().await;
    socket.tasks.abort_all();
    let code = socket.link.end(ended).await;
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

/// An operation under way.
struct Running {
    request: Uuid,
    given_up: Arc<Notify>,
}

struct Socket<S> {
    link: Link<S>,
    connection: Connection,
    /// Who asks, once that is known.
    lease: Option<(Lease, Place)>,
    post: Post,
    outgoing: mpsc::Receiver<Outgoing>,
    running: HashMap<Arc<str>, Running>,
    /// Operations that the client wants no more and that have not ended yet.
    unwanted: HashSet<Uuid>,
    tasks: JoinSet<Uuid>,
    stopping: bool,
    count: u64,
    notes: Notes,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    fn new(link: Link<S>, connection: Connection) -> Self {
        let (post, outgoing) = Post::new();
        Self {
            link,
            connection,
            lease: None,
            post,
            outgoing,
            running: HashMap::new(),
            unwanted: HashSet::new(),
            tasks: JoinSet::new(),
            stopping: false,
            count: 0,
            notes: Notes::default(),
        }
    }

    async fn serve(&mut self) -> Ended {
        if !self.connection.chosen {
            return closing::SUBPROTOCOL.into();
        }
        let init_until = tokio::time::Instant::now() + self.connection.state.edge.live.init_time;
        loop {
            let quiet_until = self.link.quiet_until();
            let lease = self.lease.as_ref().map(|(lease, _)| lease);
            let (outgoing, link) = (&mut self.outgoing, &mut self.link);
            let told = tokio::select! {
                biased;
                () = self.connection.stopping.told(), if !self.stopping => {
                    self.stopping = true;
                    Ok(())
                }
                () = Lease::over_if_any(lease) => Err(closing::EXPIRED.into()),
                () = sleep_until(init_until), if lease.is_none() => Err(closing::INIT_TIMEOUT.into()),
                () = dismissed(self.connection.standing.as_ref()), if lease.is_none() => Err(Ended::Dismissed(closing::TRY_LATER)),
                ended = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    if let Some(Ok(request)) = ended {
                        self.reap(request);
                    }
                    Ok(())
                }
                happened = async {
                    tokio::select! {
                        Some(outgoing) = outgoing.recv() => Happened::Given(outgoing),
                        frame = link.next() => Happened::Received(frame),
                    }
                } => match happened {
                    Happened::Given(outgoing) => self.write(outgoing).await,
                    Happened::Received(frame) => self.received(frame).await,
                },
                () = sleep_until(quiet_until) => self.link.quiet().await,
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

    async fn received(&mut self, frame: Frame) -> Result<(), Ended> {
        let Some(text) = self.link.read(frame).await? else {
            return Ok(());
        };
        match messages::parse(&text) {
            Some(message) => self.handle(message).await,
            None => Err(closing::INVALID.into()),
        }
    }

    async fn handle(&mut self, message: Incoming) -> Result<(), Ended> {
        match message {
            Incoming::Init(_) if self.lease.is_some() => Err(closing::TWICE.into()),
            Incoming::Init(payload) => {
                let state = &self.connection.state;
                let lease = self.connection.opening.sign_in(state, payload).await?;
                let caller = &lease.signed_in.caller;
                let place = state
                    .places
                    .take_over(self.connection.place.take(), caller)
                    .map_err(Closing::from)?;
                if let Some(standing) = self.connection.standing.take() {
                    standing.moves_on();
                }
                self.notes.caller(caller);
                self.lease = Some((lease, place));
                self.link.text(messages::ack()).await
            }
            Incoming::Ping(payload) => self.link.text(messages::pong(payload)).await,
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
            return self.link.text(messages::error(&id, &error, request)).await;
        }
        if self.stopping {
            let error = Problem::unavailable().into_error();
            return self.link.text(messages::error(&id, &error, request)).await;
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
                self.link.text(text).await?;
            }
            Given::Complete => self.link.text(messages::complete(&id)).await?,
            Given::Refused(error) => self.link.text(messages::error(&id, &error, request)).await?,
            // The socket is going to be closed, which tells the client to come back.
            Given::Cut(_) => {}
        }
        // An operation that does not wait any more need not know.
        let _ = written.send(());
        Ok(())
    }
}

enum Happened {
    Given(Outgoing),
    Received(Frame),
}
