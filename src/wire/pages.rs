//! The addresses beside `/graphql`: the asker's schema, who sees what, health, keys, and a page that says what
//! there is to open.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{
    HeaderValue,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    request::Parts,
};

use super::{
    graphql::authenticate,
    live::stopping::Stopping,
    observe::{Notes, RequestId},
    respond::Problem,
    state::AppState,
};
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
/// Longer than this, and the server does not count as ready.
const READY_TIME: Duration = Duration::from_secs(5);

/// A body with its media type.
pub(super) fn typed(content_type: &'static str, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The same with a content security policy of its own.
pub(super) fn with_policy(mut response: Response, policy: &'static str) -> Response {
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

/// `/`: what there is to open.
pub(super) async fn landing(State(state): State<Arc<AppState>>) -> Response {
    let page = include_str!("pages/landing.html")
        .replace(
            "<!-- graphiql -->",
            if state.graphiql.is_some() {
                include_str!("pages/graphiql.html")
            } else {
                ""
            },
        )
        .replace(
            "<!-- jwks -->",
            if state.jwks.is_some() {
                include_str!("pages/jwks.html")
            } else {
                ""
            },
        );
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    with_policy(typed(HTML, page), policy)
}

/// `/style.css`: the landing page's looks.
pub(super) async fn style() -> Response {
    typed("text/css; charset=utf-8", include_str!("pages/style.css"))
}

/// `/healthz`: the process answers.
pub(super) async fn healthz() -> Response {
    typed(TEXT, "ok\n")
}

/// `/readyz`: the process can do its work, and nobody has told it to stop.
pub(super) async fn readyz(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    stopping: Option<Extension<Stopping>>,
) -> Response {
    if stopping.is_some_and(|Extension(stopping)| stopping.leaves()) {
        return Problem::unavailable().respond(None, id);
    }
    match tokio::time::timeout(READY_TIME, (state.ready)()).await {
        Ok(true) => typed(TEXT, "ready\n"),
        Ok(false) | Err(_) => Problem::unavailable().respond(None, id),
    }
}

/// `/.well-known/jwks.json`: the development issuer's public keys.
pub(super) async fn jwks(State(state): State<Arc<AppState>>) -> Response {
    typed("application/json", state.jwks.clone().unwrap_or_default())
}

/// `/schema.graphql`: the schema as the asker sees it.
pub(super) async fn schema(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let mut notes = Notes::default();
    let mut response = match text_for_caller(&state, &parts, Text::Schema, &mut notes).await {
        Ok(sdl) => typed(TEXT, sdl),
        Err(problem) => problem.respond(None, id),
    };
    response.extensions_mut().insert(notes);
    response
}

/// `/sharing`: who sees what, for those who manage agreements.
pub(super) async fn sharing(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Response {
    // The page carries its own style and no script.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                  frame-ancestors 'none'";
    let (parts, _) = request.into_parts();
    let mut notes = Notes::default();
    let mut response = match text_for_caller(&state, &parts, Text::Sharing, &mut notes).await {
        Ok(page) => with_policy(typed(HTML, page), policy),
        Err(problem) => problem.respond(None, id),
    };
    response.extensions_mut().insert(notes);
    response
}

/// The two texts that depend on who asks.
#[derive(Clone, Copy)]
enum Text {
    Schema,
    Sharing,
}

async fn text_for_caller(state: &AppState, parts: &Parts, text: Text, notes: &mut Notes) -> Result<String, Problem> {
    let caller = authenticate(state, parts, notes).await?;
    let _turn = state.gate.enter().await.ok_or_else(Problem::unavailable)?;
    let text = match text {
        Text::Schema => state.engine.sdl_for(&caller).await,
        Text::Sharing => state.engine.sharing_table(&caller).await,
    };
    text.map_err(Problem::page)
}
