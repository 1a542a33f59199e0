//! The GraphiQL page, served from files in the binary, with no external address, under a strict content
//! security policy.
//!
//! The page itself grants no access: its user supplies a token, or picks one of a demonstration role while
//! the development issuer is enabled.

mod roles;

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, header::HOST};

use self::roles::Roles;
pub use self::roles::{Example, Graphiql, MakeRoles, Role};
use super::{
    observe::RequestId,
    pages::{with_content_security_policy, with_content_type},
    respond::Problem,
    state::AppState,
};

/// Scripts, styles and requests go to this server only, nothing is inline, and no other page may frame this
/// one. (The browser's console reports one blocked style, which a dialog would insert to stop the page behind
/// it from scrolling; the dialog works without it.)
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/graphiql`
pub(super) async fn page() -> Response {
    with_content_security_policy(
        with_content_type("text/html; charset=utf-8", include_str!("assets/index.html")),
        POLICY,
    )
}

/// `/graphiql/{file}`
pub(super) async fn asset(Extension(RequestId(id)): Extension<RequestId>, Path(file): Path<String>) -> Response {
    match file.as_str() {
        "app.js" => with_content_type(
            "text/javascript; charset=utf-8",
            include_bytes!("assets/app.js").as_slice(),
        ),
        "app.css" => with_content_type("text/css; charset=utf-8", include_bytes!("assets/app.css").as_slice()),
        "THIRD-PARTY.txt" => with_content_type(
            "text/plain; charset=utf-8",
            include_bytes!("assets/THIRD-PARTY.txt").as_slice(),
        ),
        _ => Problem::not_found().respond(None, id),
    }
}

/// `/graphiql/roles.json`
pub(super) async fn roles(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    let Some(Roles(make)) = state.graphiql.as_ref().and_then(|graphiql| graphiql.roles.as_ref()) else {
        return Problem::not_found().respond(None, id);
    };
    if !is_loopback_host(&headers) {
        return Problem::not_loopback_host().respond(None, id);
    }
    match serde_json::to_vec(&make()) {
        Ok(bytes) => with_content_type("application/json", bytes),
        Err(_) => Problem::internal().respond(None, id),
    }
}

/// Whether the `Host` header is `localhost` or a loopback address. Another site's name that resolves to
/// loopback is not enough.
pub(super) fn is_loopback_host(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let Ok(authority) = host.parse::<http::uri::Authority>() else {
        return false;
    };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests;
