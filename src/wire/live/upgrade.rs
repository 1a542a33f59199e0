//! The `WebSocket` upgrade (RFC 6455, section 4.2). Errors are answered by HTTP, before the upgrade.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version,
    header::{
        CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
    },
};
use hyper_util::rt::TokioIo;
use uuid::Uuid;

use super::{
    credentials::SocketCredentials,
    shutdown::ShutdownSignal,
    socket::{self, Connection},
};
use crate::wire::{
    request::{accept::negotiate, headers::single_value},
    respond::Problem,
    state::AppState,
    unauthenticated::ConnectionHandle,
};

/// The only sub-protocol supported.
const SUBPROTOCOL: &str = "graphql-transport-ws";
/// The GUID that RFC 6455 appends to the key.
const KEY_SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Whether a request asks for a `WebSocket`, validly or not.
pub(in crate::wire) fn is_requested(request: &Request) -> bool {
    header_lists(request.headers(), &UPGRADE, "websocket")
}

/// Answers 101 and starts the socket, or answers with an error.
pub(in crate::wire) async fn handle(state: &Arc<AppState>, id: Uuid, request: Request) -> Response {
    let media = negotiate(request.headers());
    match upgrade(state, id, request).await {
        Ok(response) => response,
        Err(problem) => problem.respond(media, id),
    }
}

async fn upgrade(state: &Arc<AppState>, id: Uuid, mut request: Request) -> Result<Response, Problem> {
    let accept = accept_key(&request)?;
    let headers = request.headers();
    let speaks_subprotocol = header_lists(headers, &SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
    let credentials = SocketCredentials::from_upgrade(&state.ingress, &request);
    let handle = request.extensions_mut().remove::<ConnectionHandle>();
    let slot = match (credentials.authenticate_upgrade(state).await?, &handle) {
        (Some(caller), handle) => {
            let slot = state.connection_quota.try_acquire(&caller)?;
            handle.as_ref().inspect(|handle| handle.release());
            Some(slot)
        }
        (None, Some(handle)) => {
            let peer = request.extensions().get();
            if let Some(address) = state.ingress.client(peer, request.headers()) {
                handle.set_client_address(address);
            }
            None
        }
        (None, None) => None,
    };
    let shutdown = request.extensions_mut().remove().unwrap_or_else(ShutdownSignal::never);
    let connection = Connection {
        state: Arc::clone(state),
        id,
        credentials,
        speaks_subprotocol,
        shutdown,
        handle,
        slot,
    };
    let upgraded = hyper::upgrade::on(&mut request);
    // The extensions keep the client's spelling of header names: some libraries recognise the sub-protocol's
    // header only in their own spelling.
    let extensions = std::mem::take(request.extensions_mut());
    tokio::spawn(async move {
        match upgraded.await {
            Ok(upgraded) => socket::run(TokioIo::new(upgraded), connection).await,
            Err(error) => tracing::debug!(request_id = %id, %error, "a socket did not come to be"),
        }
    });
    let mut response = (StatusCode::SWITCHING_PROTOCOLS, Body::empty()).into_response();
    *response.extensions_mut() = extensions;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    if speaks_subprotocol {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    Ok(response)
}

/// The value of `Sec-WebSocket-Accept`, if the request is valid.
fn accept_key(request: &Request) -> Result<HeaderValue, Problem> {
    let headers = request.headers();
    if request.method() != Method::GET || request.version() != Version::HTTP_11 {
        return Err(Problem::bad_request("A WebSocket is asked for by GET in HTTP/1.1."));
    }
    if !header_lists(headers, &CONNECTION, "upgrade") {
        return Err(Problem::bad_request(
            "A WebSocket needs the header Connection: Upgrade.",
        ));
    }
    if single_value(headers, &SEC_WEBSOCKET_VERSION) != Ok(Some("13")) {
        return Err(Problem::upgrade_required());
    }
    let key = match single_value(headers, &SEC_WEBSOCKET_KEY) {
        Ok(Some(key)) if STANDARD.decode(key).is_ok_and(|key| key.len() == 16) => key,
        _ => {
            return Err(Problem::bad_request(
                "Sec-WebSocket-Key must be 16 bytes in base64, once.",
            ));
        }
    };
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{key}{KEY_SUFFIX}").as_bytes());
    HeaderValue::try_from(STANDARD.encode(digest)).map_err(|_| Problem::internal())
}

/// Whether a header, which may be repeated and hold lists, contains a token. Names of sub-protocols are
/// case-sensitive; the other tokens are not.
fn header_lists(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let exact = name == SEC_WEBSOCKET_PROTOCOL;
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|listed| {
            if exact {
                listed == token
            } else {
                listed.eq_ignore_ascii_case(token)
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accept_key_matches_the_rfc_example() {
        let request = Request::get("/graphql")
            .header("connection", "keep-alive, Upgrade")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .body(Body::empty())
            .expect("a request");
        let accept = accept_key(&request).expect("as it must be");
        assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
