//! From a request for a `WebSocket` to a socket (RFC 6455, section 4.2). Whatever is wrong is told by HTTP, before there is one.

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
    opening::Opening,
    socket::{self, Connection},
    stopping::Stopping,
};
use crate::wire::{
    request::{accept::negotiate, headers::single},
    respond::Problem,
    state::AppState,
    strangers::Standing,
};

/// The only sub-protocol.
const SUBPROTOCOL: &str = "graphql-transport-ws";
/// What RFC 6455 adds to the key, to show that the answer is meant.
const KEY_SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Whether a request asks for a `WebSocket`, rightly or wrongly.
pub(in crate::wire) fn is_asked(request: &Request) -> bool {
    names(request.headers(), &UPGRADE, "websocket")
}

/// Answers with 101 and lets a socket take over, or says what is wrong.
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
    let chosen = names(headers, &SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
    let opening = Opening::of(&state.front, &request);
    let standing = request.extensions_mut().remove::<Standing>();
    let place = match (opening.check(state).await?, &standing) {
        (Some(caller), standing) => {
            let place = state.places.take(&caller)?;
            standing.as_ref().inspect(|standing| standing.moves_on());
            Some(place)
        }
        (None, Some(standing)) => {
            let peer = request.extensions().get();
            if let Some(address) = state.front.client(peer, request.headers()) {
                standing.comes_from(address);
            }
            None
        }
        (None, None) => None,
    };
    let stopping = request.extensions_mut().remove().unwrap_or_else(Stopping::never);
    let connection = Connection {
        state: Arc::clone(state),
        id,
        opening,
        chosen,
        stopping,
        standing,
        place,
    };
    let upgraded = hyper::upgrade::on(&mut request);
    // How the client writes the names of headers is in here: some libraries know the sub-protocol only under the name as they wrote it.
    let as_written = std::mem::take(request.extensions_mut());
    tokio::spawn(async move {
        match upgraded.await {
            Ok(upgraded) => socket::run(TokioIo::new(upgraded), connection).await,
            Err(error) => tracing::debug!(request_id = %id, %error, "a socket did not come to be"),
        }
    });
    let mut response = (StatusCode::SWITCHING_PROTOCOLS, Body::empty()).into_response();
    *response.extensions_mut() = as_written;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    if chosen {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    Ok(response)
}

/// What shows the client that it is understood, if its request is as it must be.
fn accept_key(request: &Request) -> Result<HeaderValue, Problem> {
    let headers = request.headers();
    if request.method() != Method::GET || request.version() != Version::HTTP_11 {
        return Err(Problem::bad_request("A WebSocket is asked for by GET in HTTP/1.1."));
    }
    if !names(headers, &CONNECTION, "upgrade") {
        return Err(Problem::bad_request(
            "A WebSocket needs the header Connection: Upgrade.",
        ));
    }
    if single(headers, &SEC_WEBSOCKET_VERSION) != Ok(Some("13")) {
        return Err(Problem::upgrade_required());
    }
    let key = match single(headers, &SEC_WEBSOCKET_KEY) {
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

/// Whether a header, which may stand several times and be a list, names a word. Names of sub-protocols are exact; the words of the
/// others may be written in any case.
fn names(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let exact = name == SEC_WEBSOCKET_PROTOCOL;
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|named| {
            if exact {
                named == word
            } else {
                named.eq_ignore_ascii_case(word)
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_the_key_is_that_of_the_standard() {
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
