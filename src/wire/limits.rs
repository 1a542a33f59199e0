//! How large a request and its document may be, before anything is spent on them. Plain numbers; configuration fills them.

use std::time::Duration;

/// What one document may hold. Everything is checked in linear time, before a library's parser or validation sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the document.
    pub document_bytes: usize,
    /// Lexical tokens.
    pub tokens: usize,
    /// Brackets of any kind that are open at once.
    pub bracket_depth: usize,
    /// Operations in the document.
    pub operations: usize,
    /// Fragment definitions in the document.
    pub fragments: usize,
    /// Variables of one operation.
    pub variables: usize,
    /// Aliases in the document.
    pub aliases: usize,
    /// Directives in the document.
    pub directives: usize,
    /// Fields at the root of an operation, told apart by their response keys.
    pub root_fields: usize,
    /// How often one response key may stand in one selection set, fragments counted in.
    pub key_repeats: usize,
    /// Selections of the document with every fragment spread written out.
    pub selections: u64,
    /// Fields inside fields, through fragments (the standard introspection query needs 16).
    pub field_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 32 * 1024,
            tokens: 2_000,
            bracket_depth: 60,
            operations: 10,
            fragments: 50,
            variables: 50,
            aliases: 100,
            directives: 20,
            root_fields: 20,
            key_repeats: 10,
            selections: 5_000,
            field_depth: 24,
        }
    }
}

/// What one request and one connection may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeLimits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of the request line and all headers together.
    pub header_bytes: usize,
    /// Headers of a request.
    pub headers: usize,
    /// How long the headers of a request may take to arrive; also how long a connection may stay idle.
    pub header_time: Duration,
    /// How long the body of a request may take to arrive.
    pub body_time: Duration,
    /// How long the server works on one request before it answers that it is unavailable.
    pub request_time: Duration,
    /// How long a client may leave the server's bytes unread before its connection is closed.
    pub write_time: Duration,
    /// Operations that run at once.
    pub running: usize,
    /// Operations that may wait for a turn; one more is refused at once.
    pub waiting: usize,
    /// How long an operation waits for its turn.
    pub waiting_time: Duration,
    /// Of those that run and wait, the most of one client of an agency.
    pub requests_per_client: usize,
    /// Connections open at once on which somebody has signed in.
    pub connections: usize,
    /// Connections and sockets open at once on which nobody has.
    pub strangers: usize,
    /// Of these, the most of one address.
    pub strangers_per_address: usize,
    /// How long the first head of a connection may take to arrive, a handshake of TLS counted in.
    pub stranger_time: Duration,
    /// How long a server that was told to stop goes on serving, while it says that it is not ready.
    pub leave_time: Duration,
    /// How long requests under way may take to end after that.
    pub shutdown_time: Duration,
    /// What connections that stay may take.
    pub live: LiveLimits,
}

impl Default for EdgeLimits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            header_bytes: 32 * 1024,
            headers: 64,
            header_time: Duration::from_secs(15),
            body_time: Duration::from_secs(15),
            request_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            running: 64,
            waiting: 256,
            waiting_time: Duration::from_secs(5),
            requests_per_client: 200,
            connections: 2_048,
            strangers: 1_024,
            strangers_per_address: 256,
            stranger_time: Duration::from_secs(5),
            leave_time: Duration::ZERO,
            shutdown_time: Duration::from_secs(20),
            live: LiveLimits::default(),
        }
    }
}

/// What `WebSocket` connections and event streams may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveLimits {
    /// Sockets and event streams open at once.
    pub sockets: usize,
    /// Of these, the most of one client of an agency.
    pub sockets_per_client: usize,
    /// Operations under way on one socket.
    pub operations: usize,
    /// Bytes of one message from a client.
    pub message_bytes: usize,
    /// How long a socket may stay without `connection_init`.
    pub init_time: Duration,
    /// After this long a peer that says nothing is asked whether it is there; after twice as long it is given up.
    pub keep_alive: Duration,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            sockets: 1_024,
            sockets_per_client: 128,
            operations: 50,
            message_bytes: 256 * 1024,
            init_time: Duration::from_secs(3),
            keep_alive: Duration::from_secs(15),
        }
    }
}
