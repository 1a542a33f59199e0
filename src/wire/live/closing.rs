//! Why a socket is closed, as the peer is told: a code and a fixed reason.

use crate::{error::ErrorCode, wire::services::Refusal};

/// A close code and its reason, which has at most 123 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closing {
    pub(super) code: u16,
    pub(super) reason: &'static str,
}

/// The code under which the counters have a socket that could not be told: it was lost, or its peer did not read.
pub(super) const LOST: u16 = 1006;

const fn closing(code: u16, reason: &'static str) -> Closing {
    Closing { code, reason }
}

/// The peer closed, and said nothing of why.
pub(super) const NORMAL: Closing = closing(1000, "");
/// The server stops.
pub(super) const GOING_AWAY: Closing = closing(1001, "The server stops; connect again");
/// Frames that are not those of the `WebSocket` protocol.
pub(super) const PROTOCOL_ERROR: Closing = closing(1002, "Protocol error");
/// Text that is not UTF-8.
pub(super) const NOT_UTF8: Closing = closing(1007, "Text must be UTF-8");
/// A message beyond the limit.
pub(super) const TOO_BIG: Closing = closing(1009, "The message is too big");
/// Something that is needed to tell who asks cannot be reached.
pub(super) const TRY_LATER: Closing = closing(1013, "The server cannot answer now; try again later");
/// The client has as many connections open as it may.
pub(super) const TOO_MANY: Closing = closing(1013, "This client has too many connections open");
/// A message that is not one of the sub-protocol.
pub(super) const INVALID: Closing = closing(4400, "Invalid message");
/// A binary message.
pub(super) const BINARY: Closing = closing(4400, "Messages must be text");
/// An operation before the connection was acknowledged.
pub(super) const UNAUTHORIZED: Closing = closing(4401, "Unauthorized");
/// The token or the purpose of `connection_init` is not accepted.
pub(super) const FORBIDDEN: Closing = closing(4403, "Forbidden");
/// The token has ended.
pub(super) const EXPIRED: Closing = closing(4403, "Forbidden: the token has expired");
/// Another sub-protocol.
pub(super) const SUBPROTOCOL: Closing = closing(4406, "Subprotocol not acceptable");
/// No `connection_init` in time.
pub(super) const INIT_TIMEOUT: Closing = closing(4408, "Connection initialisation timeout");
/// An id of an operation that is under way.
pub(super) const DUPLICATE: Closing = closing(4409, "A subscriber of this id already exists");
/// A second `connection_init`.
pub(super) const TWICE: Closing = closing(4429, "Too many initialisation requests");

impl From<Refusal> for Closing {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthenticated(_) => FORBIDDEN,
            Refusal::Purpose(error) if error.code == ErrorCode::PurposeRequired => {
                closing(4403, "Forbidden: PURPOSE_REQUIRED")
            }
            Refusal::Purpose(_) => closing(4403, "Forbidden: the token does not allow this purpose"),
            Refusal::Unavailable => TRY_LATER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_fits_into_a_close_frame() {
        let purpose = |code| Closing::from(Refusal::Purpose(crate::error::RequestError::new(code, "")));
        for closing in [
            NORMAL,
            GOING_AWAY,
            PROTOCOL_ERROR,
            NOT_UTF8,
            TOO_BIG,
            TRY_LATER,
            TOO_MANY,
            INVALID,
            BINARY,
            UNAUTHORIZED,
            FORBIDDEN,
            EXPIRED,
            SUBPROTOCOL,
            INIT_TIMEOUT,
            DUPLICATE,
            TWICE,
            purpose(ErrorCode::PurposeRequired),
            purpose(ErrorCode::NotInAgreement),
        ] {
            assert!(closing.reason.len() <= 123, "{closing:?}");
        }
    }
}
