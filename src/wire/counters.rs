//! `/metrics`, at a door of its own: what the counters say is for whoever runs the server, and for nobody who asks it questions.

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
    graphiql::by_loopback_name,
    observe::{RequestId, observe},
    pages::typed,
    request::headers::single,
    respond::Problem,
    routes::{method_not_allowed, not_found},
    services::Challenge,
    state::AppState,
};

/// The shortest token, in characters: shorter ones can be guessed.
const SHORTEST: usize = 16;
/// The longest.
const LONGEST: usize = 1_000;

/// Why a token cannot be used. It shows the file's name and nothing of what is in it.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be read.
    #[error("the token {} cannot be read", .0.display())]
    File(PathBuf),
    /// Everybody on the machine can read it.
    #[error("the token {} can be read by others than its owner and group", .0.display())]
    Exposed(PathBuf),
    /// It is no token.
    #[error("the token {} must have from 16 to 1000 visible characters, on one line", .0.display())]
    Form(PathBuf),
}

/// What whoever asks for the counters must show. Only its digest is kept.
#[derive(Clone)]
pub struct CounterToken([u8; 32]);

impl std::fmt::Debug for CounterToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CounterToken")
    }
}

impl CounterToken {
    /// The token in a file, which others than its owner and group may not read.
    ///
    /// # Errors
    /// When it cannot be read, is open to everybody, or is too short to be a secret.
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
        file.take(LONGEST as u64 + 2)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        let token = text.trim_end_matches(['\r', '\n']);
        let good = (SHORTEST..=LONGEST).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
        good.then(|| Self(hash(token.as_bytes())))
            .ok_or_else(|| TokenError::Form(path.to_owned()))
    }

    /// Whether a request shows it, in one header `Authorization: Bearer`.
    fn is_shown(&self, headers: &HeaderMap) -> bool {
        let shown = single(headers, &AUTHORIZATION).ok().flatten();
        let token = shown.and_then(|value| {
            let (scheme, token) = value.split_at_checked(7)?;
            scheme.eq_ignore_ascii_case("bearer ").then_some(token)
        });
        // By digests, so that not even the length of a guess takes part.
        token.is_some_and(|token| verify_slices_are_equal(&hash(token.as_bytes()), &self.0).is_ok())
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

/// The counters as one service. Without a token it is for this machine alone, and answers by its own names only, so that no page of another origin can read it.
pub fn router(state: impl Into<Arc<AppState>>, token: Option<CounterToken>) -> Router {
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
    Extension(token): Extension<Option<CounterToken>>,
    headers: HeaderMap,
) -> Response {
    match &token {
        Some(token) if !token.is_shown(&headers) => {
            return Problem::unauthenticated(Challenge::Bearer).respond(None, id);
        }
        None if !by_loopback_name(&headers) => return Problem::not_this_host().respond(None, id),
        Some(_) | None => {}
    }
    state.metrics.occupied(state.gate.occupied());
    match state.metrics.text() {
        Ok(text) => typed("text/plain; version=0.0.4; charset=utf-8", text),
        Err(error) => {
            tracing::error!(request_id = %id, %error, "the counters cannot be shown");
            Problem::internal().respond(None, id)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str, mode: u32) -> Result<CounterToken, TokenError> {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        std::fs::write(&path, text).expect("it is written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("its mode is set");
        CounterToken::read(&path)
    }

    fn shows(value: &str) -> HeaderMap {
        [(AUTHORIZATION, value.parse().expect("a value"))].into_iter().collect()
    }

    #[test]
    fn a_token_is_secret_and_not_short() {
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
        let nowhere = CounterToken::read(Path::new("/nowhere/token"));
        assert!(matches!(nowhere, Err(TokenError::File(_))));
    }

    #[test]
    fn it_is_shown_whole_and_once() {
        let token = token("0123456789abcdef", 0o600).expect("a token");
        assert!(token.is_shown(&shows("Bearer 0123456789abcdef")));
        assert!(token.is_shown(&shows("bearer 0123456789abcdef")));
        for wrong in [
            "Bearer 0123456789abcde",
            "Basic 0123456789abcdef",
            "0123456789abcdef",
            "Bearer ",
        ] {
            assert!(!token.is_shown(&shows(wrong)), "{wrong}");
        }
        let mut twice = shows("Bearer 0123456789abcdef");
        twice.append(AUTHORIZATION, "Bearer 0123456789abcdef".parse().expect("a value"));
        assert!(!token.is_shown(&twice) && !token.is_shown(&HeaderMap::new()));
    }
}
