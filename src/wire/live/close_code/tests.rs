//! Tests of `close_code`.

use super::*;

#[test]
fn every_reason_fits_into_a_close_frame() {
    let purpose = |code| CloseCode::from(Refusal::Purpose(crate::error::RequestError::new(code, "")));
    for close_code in [
        NORMAL,
        GOING_AWAY,
        PROTOCOL_ERROR,
        NOT_UTF8,
        TOO_BIG,
        TRY_LATER,
        TOO_MANY_CONNECTIONS,
        INVALID,
        BINARY,
        UNAUTHORIZED,
        FORBIDDEN,
        EXPIRED,
        SUBPROTOCOL,
        INIT_TIMEOUT,
        DUPLICATE,
        INIT_TWICE,
        purpose(ErrorCode::PurposeRequired),
        purpose(ErrorCode::NotInAgreement),
    ] {
        assert!(close_code.reason.len() <= 123, "{close_code:?}");
    }
}
