//! `/graphql`: what asks for a `WebSocket` goes on to `live`, everything else is GraphQL over HTTP.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};

use super::{graphql, live::upgrade, observe::RequestId, state::AppState};

/// Every request of that address.
pub(super) async fn handle(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Response {
    if upgrade::is_asked(&request) {
        upgrade::handle(&state, id, request).await
    } else {
        graphql::handle(&state, id, request).await
    }
}
