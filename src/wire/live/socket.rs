//! One socket: graphql-transport-ws over a `WebSocket`, from `connection_init` to the close.
//!
//! One task reads, writes and keeps the timeouts; each operation has a task of its own. While a message is
//! being written nothing is read, and a message not written in time ends the socket: a peer that does not
//! read cannot make memory grow.

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
    close_code::{self, CloseCode},
    connection_quota::ConnectionSlot,
    credentials::SocketCredentials,
    messages::{self, Incoming},
    operation_task::OperationTask,
    output::{Output, OutputQueue, QueuedOutput},
    session::Session,
    shutdown::ShutdownSignal,
    websocket::{EndReason, Frame, WebSocket},
};
use crate::{
    error::{ErrorCode, RequestError},
    wire::{
        observe::LogFields, request::GraphqlRequest, respond::Problem, state::AppState,
        unauthenticated::ConnectionHandle,
    },
};

/// What the upgrade hands over to the socket.
pub(super) struct Connection {
    pub(super) state: Arc<AppState>,
    /// The id of the upgrade request.
    pub(super) id: Uuid,
    /// The credentials in the upgrade request.
    pub(super) credentials: SocketCredentials,
    /// Whether the client offered graphql-transport-ws.
    pub(super) speaks_subprotocol: bool,
    pub(super) shutdown: ShutdownSignal,
    /// The registration as an unauthenticated connection, if it came by TCP and is not authenticated.
    pub(super) handle: Option<ConnectionHandle>,
    /// The quota slot, if the upgrade's headers have authenticated it.
    pub(super) slot: Option<ConnectionSlot>,
}

/// Completes when an unauthenticated socket is evicted.
async fn evicted(handle: Option<&ConnectionHandle>) {
    match handle {
        Some(handle) => handle.evicted().await,
        None => std::future::pending().await,
    }
}

/// Serves the socket until there is a reason to close.
pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin>(io: S, connection: Connection) {
    let started = Instant::now();
    let state = Arc::clone(&connection.state);
    let id = connection.id;
    state.metrics.sockets.inc();
    let open_socket = OpenSocket(Arc::clone(&state));
    let websocket = WebSocket::new(io, &state.edge).await;
    let mut socket = Socket::new(websocket, connection);
    let end_reason = socket.serve().await;
    socket.tasks.abort_all();
    let code = socket.websocket.close(end_reason).await;
    drop(open_socket);
    state.metrics.socket_closed(code);
    tracing::info!(
        request_id = %id,
        code,
        duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        agency = socket.log.agency,
        role = socket.log.role,
        purpose = socket.log.purpose,
        operations = socket.operations,
        "socket"
    );
}

struct OpenSocket(Arc<AppState>);

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.0.metrics.sockets.dec();
    }
}

/// An operation in flight.
struct RunningOperation {
    request_id: Uuid,
    cancel_signal: Arc<Notify>,
}

struct Socket<S> {
    websocket: WebSocket<S>,
    connection: Connection,
    /// The session, once authenticated, and its quota slot.
    session: Option<(Session, ConnectionSlot)>,
    queue: OutputQueue,
    outputs: mpsc::Receiver<QueuedOutput>,
    running: HashMap<Arc<str>, RunningOperation>,
    /// Operations that the client has cancelled and that have not ended yet.
    cancelled: HashSet<Uuid>,
    tasks: JoinSet<Uuid>,
    shutdown: bool,
    operations: u64,
    log: LogFields,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    fn new(websocket: WebSocket<S>, connection: Connection) -> Self {
        let (queue, outputs) = OutputQueue::new();
        Self {
            websocket,
            connection,
            session: None,
            queue,
            outputs,
            running: HashMap::new(),
            cancelled: HashSet::new(),
            tasks: JoinSet::new(),
            shutdown: false,
            operations: 0,
            log: LogFields::default(),
        }
    }

    async fn serve(&mut self) -> EndReason {
        if !self.connection.speaks_subprotocol {
            return close_code::SUBPROTOCOL.into();
        }
        let init_deadline = tokio::time::Instant::now() + self.connection.state.edge.live.init_time;
        loop {
            let idle_deadline = self.websocket.idle_deadline();
            let session = self.session.as_ref().map(|(session, _)| session);
            let (outputs, websocket) = (&mut self.outputs, &mut self.websocket);
            let outcome = tokio::select! {
                biased;
                () = self.connection.shutdown.requested(), if !self.shutdown => {
                    self.shutdown = true;
                    Ok(())
                }
                () = Session::expired_if_any(session) => Err(close_code::EXPIRED.into()),
                () = sleep_until(init_deadline), if session.is_none() => Err(close_code::INIT_TIMEOUT.into()),
                () = evicted(self.connection.handle.as_ref()), if session.is_none() => Err(EndReason::Evicted(close_code::TRY_LATER)),
                ended = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    if let Some(Ok(request_id)) = ended {
                        self.operation_ended(request_id);
                    }
                    Ok(())
                }
                event = async {
                    tokio::select! {
                        Some(output) = outputs.recv() => SocketEvent::Output(output),
                        frame = websocket.next() => SocketEvent::Received(frame),
                    }
                } => match event {
                    SocketEvent::Output(output) => self.write(output).await,
                    SocketEvent::Received(frame) => self.received(frame).await,
                },
                () = sleep_until(idle_deadline) => self.websocket.handle_idle().await,
            };
            if let Err(end_reason) = outcome {
                return end_reason;
            }
            // Queries and mutations in flight may end; subscriptions receive the signal themselves.
            if self.shutdown && self.tasks.is_empty() {
                return close_code::GOING_AWAY.into();
            }
        }
    }

    /// Forgets an operation whose task has ended.
    fn operation_ended(&mut self, request_id: Uuid) {
        self.cancelled.remove(&request_id);
        self.running.retain(|_, running| running.request_id != request_id);
    }

    async fn received(&mut self, frame: Frame) -> Result<(), EndReason> {
        let Some(send_text) = self.websocket.read(frame).await? else {
            return Ok(());
        };
        match messages::parse(&send_text) {
            Some(message) => self.handle(message).await,
            None => Err(close_code::INVALID.into()),
        }
    }

    async fn handle(&mut self, message: Incoming) -> Result<(), EndReason> {
        match message {
            Incoming::Init(_) if self.session.is_some() => Err(close_code::INIT_TWICE.into()),
            Incoming::Init(payload) => {
                let state = &self.connection.state;
                let session = self.connection.credentials.authenticate(state, payload).await?;
                let caller = &session.signed_in.caller;
                let slot = state
                    .connection_quota
                    .transfer(self.connection.slot.take(), caller)
                    .map_err(CloseCode::from)?;
                if let Some(handle) = self.connection.handle.take() {
                    handle.release();
                }
                self.log.caller(caller);
                self.session = Some((session, slot));
                self.websocket.send_text(messages::ack()).await
            }
            Incoming::Ping(payload) => self.websocket.send_text(messages::pong(payload)).await,
            Incoming::Pong => Ok(()),
            Incoming::Subscribe { id, request } => self.subscribe(id, request).await,
            Incoming::Complete { id } => {
                // An unknown one may have ended meanwhile.
                if let Some(running) = self.running.remove(id.as_str()) {
                    running.cancel_signal.notify_one();
                    self.cancelled.insert(running.request_id);
                }
                Ok(())
            }
        }
    }

    async fn subscribe(&mut self, id: String, graphql_request: GraphqlRequest) -> Result<(), EndReason> {
        let Some((session, _)) = &self.session else {
            return Err(close_code::UNAUTHORIZED.into());
        };
        if self.running.contains_key(id.as_str()) {
            return Err(close_code::DUPLICATE.into());
        }
        let state = &self.connection.state;
        let request_id = state.ids.uuid();
        // Cancelled operations count until they have ended.
        if self.running.len() + self.cancelled.len() >= state.edge.live.operations {
            state.metrics.operation("too_many_requests");
            let error = RequestError::new(
                ErrorCode::TooManyRequests,
                "This connection has as many operations under way as it may; complete one first.",
            );
            return self.websocket.send_text(messages::error(&id, &error, request_id)).await;
        }
        if self.shutdown {
            let error = Problem::unavailable().into_error();
            return self.websocket.send_text(messages::error(&id, &error, request_id)).await;
        }
        let id: Arc<str> = Arc::from(id);
        let output = self.queue.sender(Arc::clone(&id), request_id);
        let cancel_signal = output.cancel_signal();
        let task = OperationTask {
            state: Arc::clone(state),
            request_id,
            session: session.clone(),
            shutdown: self.connection.shutdown.clone(),
            output,
        };
        self.tasks.spawn(task.run(graphql_request));
        self.running.insert(
            id,
            RunningOperation {
                request_id,
                cancel_signal,
            },
        );
        self.operations += 1;
        Ok(())
    }

    /// Writes an operation's output, unless the client has cancelled it meanwhile.
    async fn write(&mut self, queued: QueuedOutput) -> Result<(), EndReason> {
        let QueuedOutput {
            id,
            request_id,
            output,
            written,
        } = queued;
        if self
            .running
            .get(&id)
            .is_none_or(|running| running.request_id != request_id)
        {
            return Ok(());
        }
        // The token may have expired since the output was produced.
        if self.session.as_ref().is_none_or(|(session, _)| session.is_expired()) {
            return Err(close_code::EXPIRED.into());
        }
        if !matches!(output, Output::Next(_)) {
            self.running.remove(&id);
        }
        match output {
            Output::Next(response) => {
                let text = messages::next(&id, &String::from_utf8_lossy(&response));
                drop(response);
                self.websocket.send_text(text).await?;
            }
            Output::Complete => self.websocket.send_text(messages::complete(&id)).await?,
            Output::Refused(error) => {
                self.websocket
                    .send_text(messages::error(&id, &error, request_id))
                    .await?;
            }
            // The socket is about to close, which makes the client reconnect.
            Output::EarlyEnd(_) => {}
        }
        // Fails only if the operation no longer waits.
        let _ = written.send(());
        Ok(())
    }
}

enum SocketEvent {
    Output(QueuedOutput),
    Received(Frame),
}
