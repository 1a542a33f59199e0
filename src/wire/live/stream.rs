//! `POST /graphql/stream`: one operation as server-sent events (graphql-sse, distinct connections mode).
//!
//! A bad request is refused by HTTP status. A bad document is reported in the stream, as the protocol
//! requires: a `next` with errors, then `complete`.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use http::{HeaderName, HeaderValue, Method, StatusCode, header::CONTENT_TYPE, request::Parts};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use uuid::Uuid;

use super::{
    operation::{self, Started},
    operation_log::OperationLog,
    output::{EarlyEnd, Output, OutputQueue, QueuedOutput},
    session::Session,
    shutdown::ShutdownSignal,
};
use crate::{
    error::{ErrorCode, RequestError},
    wire::{
        graphql::{outcome, sign_in},
        observe::{LogFields, RequestId},
        request::{
            self,
            accept::{MediaType, accepts_event_stream, negotiate},
            body, headers,
        },
        respond::{self, Problem},
        services::Events,
        state::AppState,
    },
};

const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// A comment line, sent as keep-alive.
const COMMENT: &str = ":\n\n";
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// Answers POST; any other method gets 405.
pub(in crate::wire) async fn handle(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let media = negotiate(&parts.headers);
    let mut log = LogFields::default();
    let mut response = match answer(&state, id, &mut parts, body, &mut log).await {
        Ok(response) => response,
        Err(problem) => {
            // Once started, the operation's own log line has the outcome.
            if log.operation.is_empty() {
                log.outcome = Some(outcome(problem.code()));
            }
            problem.respond(media, id)
        }
    };
    response.extensions_mut().insert(log);
    response
}

async fn answer(
    state: &Arc<AppState>,
    id: Uuid,
    parts: &mut Parts,
    body: Body,
    log: &mut LogFields,
) -> Result<Response, Problem> {
    if parts.method != Method::POST {
        return Err(Problem::method_not_allowed(Some("POST")));
    }
    let signed_in = sign_in(state, parts, log).await?;
    headers::check_body(&parts.headers)?;
    let graphql_request = request::from_body(&body::read(&parts.headers, body, &state.edge).await?)?;
    if !accepts_event_stream(&parts.headers) {
        return Err(Problem::event_stream_not_acceptable());
    }
    let session = Session {
        signed_in,
        withheld: headers::withheld(&parts.headers)?,
        clock: state.clock.clone(),
    };
    let shutdown = parts.extensions.remove().unwrap_or_else(ShutdownSignal::never);
    let mut operation_log = OperationLog::start(state, id, "stream", &session.signed_in.caller);
    let started = operation::start(state, id, &session, graphql_request, &mut operation_log).await;
    log.operation.clone_from(&operation_log.fields.operation);
    match started {
        Started::Answered(bytes) => Ok(single_response(&bytes)),
        // Errors for which `application/json` has status 200 are errors of the document.
        Started::Refused(error) if respond::status_of(error.code, MediaType::Json) == StatusCode::OK => {
            Ok(single_response(&respond::errors_body(&[error], id)))
        }
        Started::Refused(error) => Err(Problem::graphql(error, MediaType::GraphqlResponse)),
        Started::Subscribed(events) => subscription_stream(state, id, session, shutdown, events, operation_log),
    }
}

/// A stream with a single response.
fn single_response(response: &[u8]) -> Response {
    streaming(Body::from([next(response), COMPLETE.to_owned()].concat()))
}

/// A stream of events, produced by a task of its own: a client that stops reading never holds up an event in
/// production.
fn subscription_stream(
    state: &Arc<AppState>,
    id: Uuid,
    session: Session,
    shutdown: ShutdownSignal,
    events: Box<dyn Events>,
    mut operation_log: OperationLog,
) -> Result<Response, Problem> {
    let slot = state
        .connection_quota
        .try_acquire(&session.signed_in.caller)
        .map_err(Problem::from);
    let slot = slot.inspect_err(|problem| operation_log.fields.outcome = Some(outcome(problem.code())))?;
    let (queue, receiver) = OutputQueue::new();
    let output = queue.sender(Arc::from(""), id);
    let state = Arc::clone(state);
    let keep_alive = state.edge.live.keep_alive;
    tokio::spawn(async move {
        let forwarding = operation::forward_events(&state, events, &session, shutdown, &output, &mut operation_log);
        operation::catch_panic(id, output.clone(), forwarding).await;
        drop(slot);
    });
    Ok(streaming(body(receiver, id, keep_alive)))
}

fn streaming(body: Body) -> Response {
    let mut response = (StatusCode::OK, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream; charset=utf-8"),
    );
    // nginx buffers responses unless told not to.
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

/// The state of a stream being sent: a request for the next chunk means that the previous one has gone to the
/// connection.
struct StreamState {
    receiver: mpsc::Receiver<QueuedOutput>,
    written: Option<oneshot::Sender<()>>,
    id: Uuid,
    keep_alive: Duration,
}

fn body(receiver: mpsc::Receiver<QueuedOutput>, id: Uuid, keep_alive: Duration) -> Body {
    let state = StreamState {
        receiver,
        written: None,
        id,
        keep_alive,
    };
    // The first comment makes the headers go out at once.
    let first = stream::once(std::future::ready(COMMENT.to_owned()));
    let rest = stream::unfold(state, |mut state| async move {
        if let Some(written) = state.written.take() {
            // Fails only if the operation no longer waits.
            let _ = written.send(());
        }
        let chunk = match timeout(state.keep_alive, state.receiver.recv()).await {
            Ok(Some(queued)) => {
                state.written = Some(queued.written);
                text(queued.output, state.id)
            }
            Ok(None) => return None,
            Err(_) => COMMENT.to_owned(),
        };
        Some((chunk, state))
    });
    Body::from_stream(first.chain(rest).map(Ok::<_, Infallible>))
}

/// One output of an operation as server-sent events.
fn text(output: Output, id: Uuid) -> String {
    let ended = |error| [next(&respond::errors_body(&[error], id)), COMPLETE.to_owned()].concat();
    match output {
        Output::Next(response) => next(&response),
        Output::Complete => COMPLETE.to_owned(),
        Output::Refused(error) => ended(error),
        Output::EarlyEnd(EarlyEnd::Expired) => ended(RequestError::new(
            ErrorCode::Unauthenticated,
            "The access token has expired; subscribe again with a new one.",
        )),
        Output::EarlyEnd(EarlyEnd::ShutdownSignal) => ended(RequestError::new(
            ErrorCode::Unavailable,
            "The server stops; subscribe again from where you are.",
        )),
    }
}

/// A `next` event. A response is one line; should it have more, each becomes a `data` line.
fn next(response: &[u8]) -> String {
    let response = String::from_utf8_lossy(response);
    let mut text = String::with_capacity(response.len() + 32);
    text.push_str("event: next\n");
    for line in response.split(['\n', '\r']) {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_in_a_response_cannot_end_its_event() {
        assert_eq!(next(b"{}"), "event: next\ndata: {}\n\n");
        assert_eq!(
            next(b"{\n\n\"a\":\r1}"),
            "event: next\ndata: {\ndata: \ndata: \"a\":\ndata: 1}\n\n"
        );
    }
}
