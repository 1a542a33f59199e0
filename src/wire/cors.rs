//! CORS: which origins' pages may send requests from a browser. None, unless configured. Cookies are never
//! read, so credentials are not allowed either.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::request::headers::{PURPOSE, RECEIPT, WITHHELD};
use crate::auth::proof::PROOF_HEADER;

/// How long a browser may cache the answer to a preflight request.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_mins(10);

/// The CORS layer for these origins.
pub(super) fn layer(origins: Vec<HeaderValue>) -> CorsLayer {
    let allowed_headers = [
        header::ACCEPT,
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        PROOF_HEADER,
        PURPOSE,
        WITHHELD,
        RECEIPT,
        HeaderName::from_static("x-requested-with"),
    ];
    let exposed_headers = [
        header::RETRY_AFTER,
        header::WWW_AUTHENTICATE,
        HeaderName::from_static("x-request-id"),
    ];
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(allowed_headers)
        .expose_headers(exposed_headers)
        .max_age(PREFLIGHT_MAX_AGE)
}
