//! WebSocket close codes with their fixed reasons.

use crate::{error::ErrorCode, wire::services::Refusal};

/// A close code and its reason of at most 123 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CloseCode {
    pub(super) code: u16,
    pub(super) reason: &'static str,
}

/// The code in the metrics for a socket closed without a close frame: the connection was lost, or the peer
/// did not read.
pub(super) const ABNORMAL: u16 = 1006;

const fn close_code(code: u16, reason: &'static str) -> CloseCode {
    CloseCode { code, reason }
}

/// The peer closed without giving a code.
pub(super) const NORMAL: CloseCode = close_code(1000, "");
/// The server is shutting down.
pub(super) const GOING_AWAY: CloseCode = close_code(1001, "The server stops; connect again");
/// Frames that violate the `WebSocket` protocol.
pub(super) const PROTOCOL_ERROR: CloseCode = close_code(1002, "Protocol error");
/// Text that is not UTF-8.
pub(super) const NOT_UTF8: CloseCode = close_code(1007, "Text must be UTF-8");
/// A message over the size limit.
pub(super) const TOO_BIG: CloseCode = close_code(1009, "The message is too big");
/// Authentication needs something that cannot be reached, or no connection is to be had.
pub(super) const TRY_LATER: CloseCode = close_code(1013, "The server cannot answer now; try again later");
/// The client's quota of connections is used up.
pub(super) const TOO_MANY_CONNECTIONS: CloseCode = close_code(1013, "This client has too many connections open");
/// A message that is not of the sub-protocol.
pub(super) const INVALID: CloseCode = close_code(4400, "Invalid message");
/// A binary message.
pub(super) const BINARY: CloseCode = close_code(4400, "Messages must be text");
/// An operation before `connection_ack`.
pub(super) const UNAUTHORIZED: CloseCode = close_code(4401, "Unauthorized");
/// The token or purpose of `connection_init` is not accepted.
pub(super) const FORBIDDEN: CloseCode = close_code(4403, "Forbidden");
/// The token has expired.
pub(super) const EXPIRED: CloseCode = close_code(4403, "Forbidden: the token has expired");
/// The client did not offer graphql-transport-ws.
pub(super) const SUBPROTOCOL: CloseCode = close_code(4406, "Subprotocol not acceptable");
/// No `connection_init` in time.
pub(super) const INIT_TIMEOUT: CloseCode = close_code(4408, "Connection initialisation timeout");
/// The id of an operation still in flight.
pub(super) const DUPLICATE: CloseCode = close_code(4409, "A subscriber of this id already exists");
/// A second `connection_init`.
pub(super) const INIT_TWICE: CloseCode = close_code(4429, "Too many initialisation requests");

impl From<Refusal> for CloseCode {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthenticated(_) => FORBIDDEN,
            Refusal::Purpose(error) if error.code == ErrorCode::PurposeRequired => {
                close_code(4403, "Forbidden: PURPOSE_REQUIRED")
            }
            Refusal::Purpose(_) => close_code(4403, "Forbidden: the token does not allow this purpose"),
            Refusal::Unavailable => TRY_LATER,
        }
    }
}

#[cfg(test)]
mod tests;
