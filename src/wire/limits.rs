//! The limits on a request, its document and a connection, checked before any work is spent on them. Plain
//! numbers, filled from the configuration.

use std::time::Duration;

/// Limits on one document. All are checked in linear time, before a library's parser or validation sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Length of the document, in bytes.
    pub document_bytes: usize,
    /// Lexical tokens.
    pub tokens: usize,
    /// Nesting depth of brackets of any kind.
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
    /// Root fields of an operation, counted by response key.
    pub root_fields: usize,
    /// Repeats of one response key in one selection set, fragments included.
    pub key_repeats: usize,
    /// Selections in the document with every fragment spread expanded.
    pub selections: u64,
    /// Nesting depth of fields, fragments included (the standard introspection query needs 16).
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

/// Limits on one request and one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeLimits {
    /// Size of a request's body, in bytes.
    pub body_bytes: usize,
    /// Size of the request line and all headers together, in bytes.
    pub header_bytes: usize,
    /// Number of headers of a request.
    pub headers: usize,
    /// Time for the headers of a request to arrive; also the idle time of a keep-alive connection.
    pub header_time: Duration,
    /// Time for the body of a request to arrive.
    pub body_time: Duration,
    /// Time the server works on one request before it answers 503.
    pub request_time: Duration,
    /// Time a client may leave the server's bytes unread before its connection is closed.
    pub write_time: Duration,
    /// Operations running at once.
    pub running: usize,
    /// Operations waiting for a slot; one more is rejected at once.
    pub waiting: usize,
    /// Time an operation waits for a slot.
    pub waiting_time: Duration,
    /// Operations running and waiting of one client of an agency.
    pub requests_per_client: usize,
    /// Authenticated connections open at once.
    pub connections: usize,
    /// Unauthenticated connections and sockets open at once.
    pub unauthenticated_connections: usize,
    /// Of these, per address.
    pub unauthenticated_per_address: usize,
    /// Time for the first request's headers to arrive on a connection, the TLS handshake included.
    pub first_request_time: Duration,
    /// Drain time: how long a server told to stop goes on serving, reporting not ready.
    pub drain_time: Duration,
    /// Time for requests in flight to end after that.
    pub shutdown_time: Duration,
    /// Limits on long-lived connections.
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
            unauthenticated_connections: 1_024,
            unauthenticated_per_address: 256,
            first_request_time: Duration::from_secs(5),
            drain_time: Duration::ZERO,
            shutdown_time: Duration::from_secs(20),
            live: LiveLimits::default(),
        }
    }
}

/// Limits on `WebSocket` connections and event streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveLimits {
    /// Sockets and event streams open at once.
    pub sockets: usize,
    /// Of these, per client of an agency.
    pub sockets_per_client: usize,
    /// Operations in flight on one socket.
    pub operations: usize,
    /// Size of one message from a client, in bytes.
    pub message_bytes: usize,
    /// Time from the opening of a socket to `connection_init`.
    pub init_time: Duration,
    /// Keep-alive interval: a peer silent for this long is sent a ping; after twice as long it is
    /// disconnected.
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
