//! `/graphql`: a request to upgrade to a `WebSocket` goes on to `live`, any other is GraphQL over HTTP.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};

use super::{graphql, live::upgrade, observe::RequestId, state::AppState};

/// Handles every request to `/graphql`.
pub(super) async fn handle(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Response {
    if upgrade::is_requested(&request) {
        upgrade::handle(&state, id, request).await
    } else {
        graphql::handle(&state, id, request).await
    }
}
