//! Pages of other origins that may ask from a browser: none, unless they are named. No cookies count anywhere, so credentials are not allowed either.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::request::headers::{PURPOSE, RECEIPT, WITHHELD};
use crate::auth::proof::PROOF_HEADER;

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_mins(10);

/// What tells browsers that pages of these origins may ask.
pub(super) fn layer(origins: Vec<HeaderValue>) -> CorsLayer {
    let sent = [
        header::ACCEPT,
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        PROOF_HEADER,
        PURPOSE,
        WITHHELD,
        RECEIPT,
        HeaderName::from_static("x-requested-with"),
    ];
    let read = [
        header::RETRY_AFTER,
        header::WWW_AUTHENTICATE,
        HeaderName::from_static("x-request-id"),
    ];
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(sent)
        .expose_headers(read)
        .max_age(REMEMBERED)
}
