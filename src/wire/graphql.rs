//! From a request of GraphQL over HTTP to an operation within the limits, and from its answer back to HTTP.

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
    observe::Notes,
    registered,
    request::{
        self,
        accept::{MediaType, negotiate},
        body, headers,
    },
    respond::Problem,
    services::Refusal,
    state::AppState,
    strangers::Standing,
};
use crate::{
    auth::SignedIn,
    clock::Stopwatch,
    error::ErrorCode,
    graphql::operation::{Allowed, Answer, OperationRequest},
    sharing::caller::Caller,
};

/// Answers a request of GraphQL over HTTP. GET and POST; everything else is told so.
pub(super) async fn handle(state: &Arc<AppState>, id: Uuid, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let media = negotiate(&parts.headers);
    let mut notes = Notes::default();
    let mut response = match answer(state, id, &parts, body, media, &mut notes).await {
        Ok(response) => {
            notes.outcome = Some("executed");
            response
        }
        Err(problem) => {
            notes.outcome = Some(outcome(problem.code()));
            problem.respond(media, id)
        }
    };
    response.extensions_mut().insert(notes);
    response
}

/// Who is asking, or why nobody is.
pub(super) async fn authenticate(state: &AppState, parts: &Parts, notes: &mut Notes) -> Result<Caller, Problem> {
    sign_in(state, parts, notes).await.map(|signed_in| signed_in.caller)
}

/// The same, with the instant at which the token ends.
pub(super) async fn sign_in(state: &AppState, parts: &Parts, notes: &mut Notes) -> Result<SignedIn, Problem> {
    let authenticating = state.authenticator.authenticate(state.front.asking(parts));
    let signed_in = authenticating.instrument(info_span!("sign-in")).await?;
    notes.caller(&signed_in.caller);
    if let Some(standing) = parts.extensions.get::<Standing>() {
        standing.signs_in();
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

/// Executes an operation while it holds one of its client's places and a turn. Both are given back when the operation has ended, which may be later than
/// its client's patience: otherwise whoever goes away could have as much running as they like.
pub(super) async fn execute(state: &Arc<AppState>, operation: OperationRequest) -> Result<Answer, Problem> {
    let share = state
        .requests
        .take(&operation.caller)
        .ok_or_else(Problem::too_many_requests)?;
    let turn = state.gate.enter().instrument(info_span!("wait")).await;
    let turn = turn.ok_or_else(Problem::unavailable)?;
    let engine = Arc::clone(&state.engine);
    let running = async move {
        let answer = engine.execute(operation).await;
        drop((turn, share));
        answer
    };
    let running = tokio::spawn(running.in_current_span());
    // An operation that panicked has told where in the log.
    running.await.map_err(|_| Problem::internal())
}

async fn answer(
    state: &Arc<AppState>,
    id: Uuid,
    parts: &Parts,
    body: Body,
    media: Option<MediaType>,
    notes: &mut Notes,
) -> Result<Response, Problem> {
    let began = Stopwatch::start();
    let allowed = match parts.method {
        Method::POST => Allowed::QueriesAndMutations,
        Method::GET => Allowed::Queries,
        _ => return Err(Problem::method_not_allowed(Some("GET, POST"))),
    };
    let signed_in = sign_in(state, parts, notes).await?;
    let asked = match allowed {
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
    notes.operation = asked.document.short_hash();
    let refused = |error| Problem::graphql(error, media);
    let query = registered::text(state, &signed_in, asked.document)
        .await
        .map_err(refused)?;
    let document = state.parsed.read(&query, &state.limits).map_err(refused)?;
    let operation = OperationRequest {
        request_id: id,
        began,
        caller: signed_in.caller,
        query,
        document,
        operation_name: asked.operation_name,
        variables: asked.variables,
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

/// The words under which the counters and the log tell what became of a request.
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
