//! The metrics listener: `/metrics` on an address of its own. Metrics are for whoever operates the server,
//! not for its clients.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use axum::{Extension, Router, extract::State, middleware, response::Response, routing::get};
use http::{HeaderMap, header::AUTHORIZATION};

use super::{
    graphiql::is_loopback_host,
    observe::{RequestId, observe},
    pages::with_content_type,
    request::headers::single_value,
    respond::Problem,
    routes::{method_not_allowed, not_found},
    services::Challenge,
    state::AppState,
};

/// Minimum length of a token, in characters: a shorter one could be guessed.
const MIN_TOKEN_LENGTH: usize = 16;
/// Maximum length of a token, in characters.
const MAX_TOKEN_LENGTH: usize = 1_000;

/// Why a token file cannot be used. Shows the file's name and nothing of its content.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be read.
    #[error("the token {} cannot be read", .0.display())]
    File(PathBuf),
    /// Every user of the machine can read it.
    #[error("the token {} can be read by others than its owner and group", .0.display())]
    Exposed(PathBuf),
    /// It does not hold a valid token.
    #[error("the token {} must have from 16 to 1000 visible characters, on one line", .0.display())]
    Form(PathBuf),
}

/// The bearer token that a metrics scraper must present. Only its SHA-256 is kept.
#[derive(Clone)]
pub struct MetricsToken([u8; 32]);

impl std::fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CounterToken")
    }
}

impl MetricsToken {
    /// Reads the token from a file, which only its owner and group may be able to read.
    ///
    /// # Errors
    /// When the file cannot be read, is readable by everybody, or holds a token too short to be secret.
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        let unreadable = |_| TokenError::File(path.to_owned());
        let file = File::open(path).map_err(unreadable)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if file.metadata().map_err(unreadable)?.permissions().mode() & 0o007 != 0 {
                return Err(TokenError::Exposed(path.to_owned()));
            }
        }
        let mut text = String::new();
        file.take(MAX_TOKEN_LENGTH as u64 + 2)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        let token = text.trim_end_matches(['\r', '\n']);
        let good = (MIN_TOKEN_LENGTH..=MAX_TOKEN_LENGTH).contains(&token.len())
            && token.bytes().all(|byte| byte.is_ascii_graphic());
        good.then(|| Self(hash(token.as_bytes())))
            .ok_or_else(|| TokenError::Form(path.to_owned()))
    }

    /// Whether the request presents this token, in exactly one header `Authorization: Bearer`.
    fn is_presented_by(&self, headers: &HeaderMap) -> bool {
        let header = single_value(headers, &AUTHORIZATION).ok().flatten();
        let token = header.and_then(|value| {
            let (scheme, token) = value.split_at_checked(7)?;
            scheme.eq_ignore_ascii_case("bearer ").then_some(token)
        });
        // Digests are compared, so that not even the length of a guess leaks through timing.
        token.is_some_and(|token| verify_slices_are_equal(&hash(token.as_bytes()), &self.0).is_ok())
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

/// The router of the metrics listener. Without a token it answers only requests to a loopback host name, so
/// that no page of another origin can read it.
pub fn router(state: impl Into<Arc<AppState>>, token: Option<MetricsToken>) -> Router {
    let state = state.into();
    Router::new()
        .route("/metrics", get(metrics))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(Extension(token))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), observe))
        .with_state(state)
}

async fn metrics(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    Extension(token): Extension<Option<MetricsToken>>,
    headers: HeaderMap,
) -> Response {
    match &token {
        Some(token) if !token.is_presented_by(&headers) => {
            return Problem::unauthenticated(Challenge::Bearer).respond(None, id);
        }
        None if !is_loopback_host(&headers) => return Problem::not_loopback_host().respond(None, id),
        Some(_) | None => {}
    }
    state.metrics.operations_in_state(state.concurrency.in_use());
    match state.metrics.text() {
        Ok(text) => with_content_type("text/plain; version=0.0.4; charset=utf-8", text),
        Err(error) => {
            tracing::error!(request_id = %id, %error, "the counters cannot be shown");
            Problem::internal().respond(None, id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str, mode: u32) -> Result<MetricsToken, TokenError> {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        std::fs::write(&path, text).expect("it is written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("its mode is set");
        MetricsToken::read(&path)
    }

    fn authorization(value: &str) -> HeaderMap {
        [(AUTHORIZATION, value.parse().expect("a value"))].into_iter().collect()
    }

    #[test]
    fn a_token_file_must_be_private_and_long_enough() {
        assert!(token("0123456789abcdef\n", 0o640).is_ok());
        assert!(matches!(token("0123456789abcdef", 0o644), Err(TokenError::Exposed(_))));
        for bad in [
            String::new(),
            "short".to_owned(),
            "0123456789 abcdef".to_owned(),
            "x".repeat(1001),
        ] {
            assert!(matches!(token(&bad, 0o600), Err(TokenError::Form(_))), "{bad}");
        }
        let nowhere = MetricsToken::read(Path::new("/nowhere/token"));
        assert!(matches!(nowhere, Err(TokenError::File(_))));
    }

    #[test]
    fn the_token_must_match_and_be_sent_once() {
        let token = token("0123456789abcdef", 0o600).expect("a token");
        assert!(token.is_presented_by(&authorization("Bearer 0123456789abcdef")));
        assert!(token.is_presented_by(&authorization("bearer 0123456789abcdef")));
        for wrong in [
            "Bearer 0123456789abcde",
            "Basic 0123456789abcdef",
            "0123456789abcdef",
            "Bearer ",
        ] {
            assert!(!token.is_presented_by(&authorization(wrong)), "{wrong}");
        }
        let mut twice = authorization("Bearer 0123456789abcdef");
        twice.append(AUTHORIZATION, "Bearer 0123456789abcdef".parse().expect("a value"));
        assert!(!token.is_presented_by(&twice) && !token.is_presented_by(&HeaderMap::new()));
    }
}
