//! The routes of the main listener.

use std::sync::Arc;

use axum::{
    Extension, Router, middleware,
    response::Response,
    routing::{any, get},
};

use super::{
    cors, endpoint, graphiql,
    live::stream,
    observe::{RequestId, observe},
    pages,
    respond::Problem,
    state::AppState,
};

/// The router of the main listener.
pub fn router(state: impl Into<Arc<AppState>>) -> Router {
    let state = state.into();
    let mut router = Router::new()
        .route("/", get(pages::landing))
        .route("/style.css", get(pages::style))
        .route("/graphql", any(endpoint::handle))
        .route("/graphql/stream", any(stream::handle))
        .route("/schema.graphql", get(pages::schema))
        .route("/sharing", get(pages::sharing))
        .route("/healthz", get(pages::healthz))
        .route("/readyz", get(pages::readyz));
    if state.jwks.is_some() {
        router = router.route("/.well-known/jwks.json", get(pages::jwks));
    }
    if state.graphiql.is_some() {
        router = router
            .route("/graphiql", get(graphiql::page))
            .route("/graphiql/roles.json", get(graphiql::roles))
            .route("/graphiql/{file}", get(graphiql::asset));
    }
    router = router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found);
    if !state.ingress.origins.is_empty() {
        router = router.layer(cors::layer(state.ingress.origins.clone()));
    }
    router
        .layer(middleware::from_fn_with_state(state.clone(), observe))
        .with_state(state)
}

pub(super) async fn not_found(Extension(RequestId(id)): Extension<RequestId>) -> Response {
    Problem::not_found().respond(None, id)
}

pub(super) async fn method_not_allowed(Extension(RequestId(id)): Extension<RequestId>) -> Response {
    Problem::method_not_allowed(None).respond(None, id)
}
