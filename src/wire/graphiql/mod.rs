//! The query page: GraphiQL from files in the program, without any outside address, behind a strict policy.
//!
//! It holds no rights: whoever opens it brings a token, or takes that of a demonstration role while the development issuer
//! is on.

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
    pages::{typed, with_policy},
    respond::Problem,
    state::AppState,
};

/// Scripts, styles and requests go to this server only, nothing stands inline, and no other page may frame this one. (The
/// browser's console tells of one style that a dialog would insert to stop the page behind it from scrolling; it does
/// without.)
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/graphiql`
pub(super) async fn page() -> Response {
    with_policy(
        typed("text/html; charset=utf-8", include_str!("assets/index.html")),
        POLICY,
    )
}

/// `/graphiql/{file}`
pub(super) async fn asset(Extension(RequestId(id)): Extension<RequestId>, Path(file): Path<String>) -> Response {
    match file.as_str() {
        "app.js" => typed(
            "text/javascript; charset=utf-8",
            include_bytes!("assets/app.js").as_slice(),
        ),
        "app.css" => typed("text/css; charset=utf-8", include_bytes!("assets/app.css").as_slice()),
        "THIRD-PARTY.txt" => typed(
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
    if !by_loopback_name(&headers) {
        return Problem::not_this_host().respond(None, id);
    }
    match serde_json::to_vec(&make()) {
        Ok(bytes) => typed("application/json", bytes),
        Err(_) => Problem::internal().respond(None, id),
    }
}

/// Whether the browser believes to speak to this very machine. A name of another site that resolves to loopback is not enough.
pub(super) fn by_loopback_name(headers: &HeaderMap) -> bool {
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
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_get_tokens() {
        let by = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().expect("a header value"));
            by_loopback_name(&headers)
        };
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "127.9.9.9",
        ] {
            assert!(by(host), "{host}");
        }
        for host in [
            "example.org",
            "localhost.example.org:8080",
            "192.0.2.1",
            "127.0.0.1.example.org",
            "a@localhost@b",
            "",
        ] {
            assert!(!by(host), "{host}");
        }
        assert!(!by_loopback_name(&HeaderMap::new()));
    }

    #[test]
    fn the_page_names_no_outside_address_and_no_inline_script() {
        let page = include_str!("assets/index.html");
        assert!(!page.contains("//"));
        assert_eq!(
            page.matches("<script").count(),
            page.matches("<script type=\"module\" src=\"/graphiql/app.js\"").count()
        );
        let sheet = include_str!("assets/app.css");
        assert!(!sheet.contains("@import"));
        assert!(!sheet.contains("url(http") && !sheet.contains("url(\"http") && !sheet.contains("url(//"));
    }
}
