//! The endpoints beside `/graphql`: the caller's schema, who sees what, health check, readiness probe, public
//! keys, and a landing page that lists them.

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
    live::shutdown::ShutdownSignal,
    observe::{LogFields, RequestId},
    respond::Problem,
    state::AppState,
};
const HTML: &str = "text/html; charset=utf-8";
const PLAIN_TEXT: &str = "text/plain; charset=utf-8";
/// A readiness check that takes longer fails.
const READINESS_TIMEOUT: Duration = Duration::from_secs(5);

/// An answer with this body and content type.
pub(super) fn with_content_type(content_type: &'static str, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Adds a content security policy of its own.
pub(super) fn with_content_security_policy(mut response: Response, policy: &'static str) -> Response {
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

/// `/`: the landing page.
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
    with_content_security_policy(with_content_type(HTML, page), policy)
}

/// `/style.css`: the landing page's style sheet.
pub(super) async fn style() -> Response {
    with_content_type("text/css; charset=utf-8", include_str!("pages/style.css"))
}

/// `/healthz`: liveness. The process answers.
pub(super) async fn healthz() -> Response {
    with_content_type(PLAIN_TEXT, "ok\n")
}

/// `/readyz`: readiness. The server can do its work, and is not shutting down.
pub(super) async fn readyz(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    shutdown: Option<Extension<ShutdownSignal>>,
) -> Response {
    if shutdown.is_some_and(|Extension(shutdown)| shutdown.is_draining()) {
        return Problem::unavailable().respond(None, id);
    }
    match tokio::time::timeout(READINESS_TIMEOUT, (state.ready)()).await {
        Ok(true) => with_content_type(PLAIN_TEXT, "ready\n"),
        Ok(false) | Err(_) => Problem::unavailable().respond(None, id),
    }
}

/// `/.well-known/jwks.json`: the development issuer's public keys.
pub(super) async fn jwks(State(state): State<Arc<AppState>>) -> Response {
    with_content_type("application/json", state.jwks.clone().unwrap_or_default())
}

/// `/schema.graphql`: the schema as the caller sees it.
pub(super) async fn schema(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let mut log = LogFields::default();
    let mut response = match page_for_caller(&state, &parts, CallerPage::Schema, &mut log).await {
        Ok(sdl) => with_content_type(PLAIN_TEXT, sdl),
        Err(problem) => problem.respond(None, id),
    };
    response.extensions_mut().insert(log);
    response
}

/// `/sharing`: who sees what, for those who manage agreements.
pub(super) async fn sharing(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Response {
    // The page has an inline style and no script.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                  frame-ancestors 'none'";
    let (parts, _) = request.into_parts();
    let mut log = LogFields::default();
    let mut response = match page_for_caller(&state, &parts, CallerPage::Sharing, &mut log).await {
        Ok(page) => with_content_security_policy(with_content_type(HTML, page), policy),
        Err(problem) => problem.respond(None, id),
    };
    response.extensions_mut().insert(log);
    response
}

/// The two pages whose content depends on the caller.
#[derive(Clone, Copy)]
enum CallerPage {
    Schema,
    Sharing,
}

async fn page_for_caller(
    state: &AppState,
    parts: &Parts,
    text: CallerPage,
    log: &mut LogFields,
) -> Result<String, Problem> {
    let caller = authenticate(state, parts, log).await?;
    let _slot = state.concurrency.acquire().await.ok_or_else(Problem::unavailable)?;
    let text = match text {
        CallerPage::Schema => state.engine.sdl_for(&caller).await,
        CallerPage::Sharing => state.engine.sharing_table(&caller).await,
    };
    text.map_err(Problem::page)
}
