//! Turns a GraphQL over HTTP request into an operation within the limits, and its answer into HTTP.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header::CONTENT_TYPE, request::Parts};
use tracing::{Instrument as _, info_span};
use uuid::Uuid;

use super::{
    observe::LogFields,
    registered,
    request::{
        self,
        accept::{MediaType, negotiate},
        body, headers,
    },
    respond::Problem,
    services::Refusal,
    state::AppState,
    unauthenticated::ConnectionHandle,
};
use crate::{
    auth::SignedIn,
    clock::Stopwatch,
    error::ErrorCode,
    graphql::operation::{Allowed, Answer, OperationRequest},
    sharing::caller::Caller,
};

/// Answers GET and POST; any other method gets 405.
pub(super) async fn handle(state: &Arc<AppState>, id: Uuid, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let media = negotiate(&parts.headers);
    let mut log = LogFields::default();
    let mut response = match answer(state, id, &parts, body, media, &mut log).await {
        Ok(response) => {
            log.outcome = Some("executed");
            response
        }
        Err(problem) => {
            log.outcome = Some(outcome(problem.code()));
            problem.respond(media, id)
        }
    };
    response.extensions_mut().insert(log);
    response
}

/// Authenticates the caller of a request.
pub(super) async fn authenticate(state: &AppState, parts: &Parts, log: &mut LogFields) -> Result<Caller, Problem> {
    sign_in(state, parts, log).await.map(|signed_in| signed_in.caller)
}

/// The same, with the expiry of the token.
pub(super) async fn sign_in(state: &AppState, parts: &Parts, log: &mut LogFields) -> Result<SignedIn, Problem> {
    let authenticating = state.authenticator.authenticate(state.ingress.credentials(parts));
    let signed_in = authenticating.instrument(info_span!("sign-in")).await?;
    log.caller(&signed_in.caller);
    if let Some(connection) = parts.extensions.get::<ConnectionHandle>() {
        connection.mark_authenticated();
    }
    Ok(signed_in)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthenticated(challenge) => Self::unauthenticated(challenge),
            Refusal::Purpose(error) => Self::purpose(error),
            Refusal::Unavailable => Self::unavailable(),
        }
    }
}

/// Executes an operation while it holds a slot of its client's quota and one of the concurrency limit. Both
/// are released when the operation has ended, not when its client goes away: otherwise a client that
/// disconnects could have any number running.
pub(super) async fn execute(state: &Arc<AppState>, operation: OperationRequest) -> Result<Answer, Problem> {
    let client_slot = state
        .client_operations
        .try_acquire(&operation.caller)
        .ok_or_else(Problem::too_many_requests)?;
    let slot = state.concurrency.acquire().instrument(info_span!("wait")).await;
    let slot = slot.ok_or_else(Problem::unavailable)?;
    let engine = Arc::clone(&state.engine);
    let running = async move {
        let answer = engine.execute(operation).await;
        drop((slot, client_slot));
        answer
    };
    let running = tokio::spawn(running.in_current_span());
    // A panic has been logged already.
    running.await.map_err(|_| Problem::internal())
}

async fn answer(
    state: &Arc<AppState>,
    id: Uuid,
    parts: &Parts,
    body: Body,
    media: Option<MediaType>,
    log: &mut LogFields,
) -> Result<Response, Problem> {
    let started = Stopwatch::start();
    let allowed = match parts.method {
        Method::POST => Allowed::QueriesAndMutations,
        Method::GET => Allowed::Queries,
        _ => return Err(Problem::method_not_allowed(Some("GET, POST"))),
    };
    let signed_in = sign_in(state, parts, log).await?;
    let graphql_request = match allowed {
        Allowed::QueriesAndMutations => {
            headers::check_body(&parts.headers)?;
            request::from_body(&body::read(&parts.headers, body, &state.edge).await?)?
        }
        Allowed::Queries => {
            headers::check_get(&parts.headers)?;
            request::from_uri(&parts.uri)?
        }
    };
    let media = media.ok_or_else(Problem::not_acceptable)?;
    let withheld = headers::withheld(&parts.headers)?;
    let receipt = headers::receipt(&parts.headers)?;
    log.operation = graphql_request.document.short_hash();
    let reject = |error| Problem::graphql(error, media);
    let query = registered::document_text(state, &signed_in, graphql_request.document)
        .await
        .map_err(reject)?;
    let document = state.parsed.read(&query, &state.limits).map_err(reject)?;
    let operation = OperationRequest {
        request_id: id,
        began: started,
        caller: signed_in.caller,
        query,
        document,
        operation_name: graphql_request.operation_name,
        variables: graphql_request.variables,
        withheld,
        receipt,
        allowed,
    };
    match execute(state, operation).await? {
        Answer::Executed(bytes) => {
            let mut response = (StatusCode::OK, bytes).into_response();
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
            Ok(response)
        }
        Answer::Refused(error) => Err(Problem::graphql(error, media)),
        Answer::NotByThisMethod => Err(Problem::queries_only()),
    }
}

/// The outcome of a request, as metrics and the log label it.
pub(super) fn outcome(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Unauthenticated => "unauthenticated",
        ErrorCode::PurposeRequired => "purpose_required",
        ErrorCode::NotInAgreement => "not_in_agreement",
        ErrorCode::BadUserInput => "bad_user_input",
        ErrorCode::TooComplex => "too_complex",
        ErrorCode::DocumentNotRegistered => "document_not_registered",
        ErrorCode::TooManyRequests => "too_many_requests",
        ErrorCode::Conflict => "conflict",
        ErrorCode::Unavailable => "unavailable",
        ErrorCode::Internal => "internal",
    }
}
