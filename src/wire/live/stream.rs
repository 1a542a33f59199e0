//! `POST /graphql/stream`: one operation as an event stream (graphql-sse, distinct connections mode).
//!
//! What is wrong with the request is told by HTTP. What is wrong with the document is told in the stream, as that protocol
//! wants it: a `next` with errors, then `complete`.

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
    account::Account,
    lease::Lease,
    operation::{self, Begun},
    outbox::{Cut, Given, Outgoing, Post},
    stopping::Stopping,
};
use crate::{
    error::{ErrorCode, RequestError},
    wire::{
        graphql::{outcome, sign_in},
        observe::{Notes, RequestId},
        request::{
            self,
            accept::{MediaType, negotiate, takes_events},
            body, headers,
        },
        respond::{self, Problem},
        services::Events,
        state::AppState,
    },
};

const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// A line that says nothing but that the server is there.
const COMMENT: &str = ":\n\n";
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// POST; everything else is told so.
pub(in crate::wire) async fn handle(
    State(state): State<Arc<AppState>>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let media = negotiate(&parts.headers);
    let mut notes = Notes::default();
    let mut response = match answer(&state, id, &mut parts, body, &mut notes).await {
        Ok(response) => response,
        Err(problem) => {
            // Once it had begun, the operation's own account tells what became of it.
            if notes.operation.is_empty() {
                notes.outcome = Some(outcome(problem.code()));
            }
            problem.respond(media, id)
        }
    };
    response.extensions_mut().insert(notes);
    response
}

async fn answer(
    state: &Arc<AppState>,
    id: Uuid,
    parts: &mut Parts,
    body: Body,
    notes: &mut Notes,
) -> Result<Response, Problem> {
    if parts.method != Method::POST {
        return Err(Problem::method_not_allowed(Some("POST")));
    }
    let signed_in = sign_in(state, parts, notes).await?;
    headers::check_body(&parts.headers)?;
    let asked = request::from_body(&body::read(&parts.headers, body, &state.edge).await?)?;
    if !takes_events(&parts.headers) {
        return Err(Problem::no_events_accepted());
    }
    let lease = Lease {
        signed_in,
        withheld: headers::withheld(&parts.headers)?,
        clock: state.clock.clone(),
    };
    let stopping = parts.extensions.remove().unwrap_or_else(Stopping::never);
    let mut account = Account::begin(state, id, "stream", &lease.signed_in.caller);
    let begun = operation::begin(state, id, &lease, asked, &mut account).await;
    notes.operation.clone_from(&account.notes.operation);
    match begun {
        Begun::Answered(bytes) => Ok(whole(&bytes)),
        // What the older media type says 200 to is what the document is to blame for.
        Begun::Refused(error) if respond::status_of(error.code, MediaType::Json) == StatusCode::OK => {
            Ok(whole(&respond::body(&[error], id)))
        }
        Begun::Refused(error) => Err(Problem::graphql(error, MediaType::GraphqlResponse)),
        Begun::Subscribed(events) => subscribed(state, id, lease, stopping, events, account),
    }
}

/// A stream of one response.
fn whole(response: &[u8]) -> Response {
    streaming(Body::from([next(response), COMPLETE.to_owned()].concat()))
}

/// A stream of events, made by a task of its own: a reader who stops reading never holds up an event that is being made.
fn subscribed(
    state: &Arc<AppState>,
    id: Uuid,
    lease: Lease,
    stopping: Stopping,
    events: Box<dyn Events>,
    mut account: Account,
) -> Result<Response, Problem> {
    let place = state.places.take(&lease.signed_in.caller).map_err(Problem::from);
    let place = place.inspect_err(|problem| account.notes.outcome = Some(outcome(problem.code())))?;
    let (post, receiver) = Post::new();
    let outbox = post.outbox(Arc::from(""), id);
    let state = Arc::clone(state);
    let keep_alive = state.edge.live.keep_alive;
    tokio::spawn(async move {
        let following = operation::follow(&state, events, &lease, stopping, &outbox, &mut account);
        operation::guarded(id, outbox.clone(), following).await;
        drop(place);
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
    // Proxies of one family keep answers back until they are whole, unless they are told not to.
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

/// What is sent: when a piece is asked for, the one before has gone to the connection.
struct Sending {
    receiver: mpsc::Receiver<Outgoing>,
    sent: Option<oneshot::Sender<()>>,
    id: Uuid,
    keep_alive: Duration,
}

fn body(receiver: mpsc::Receiver<Outgoing>, id: Uuid, keep_alive: Duration) -> Body {
    let sending = Sending {
        receiver,
        sent: None,
        id,
        keep_alive,
    };
    // The first comment has the head sent at once.
    let first = stream::once(std::future::ready(COMMENT.to_owned()));
    let rest = stream::unfold(sending, |mut sending| async move {
        if let Some(sent) = sending.sent.take() {
            // An operation that does not wait any more need not know.
            let _ = sent.send(());
        }
        let piece = match timeout(sending.keep_alive, sending.receiver.recv()).await {
            Ok(Some(outgoing)) => {
                sending.sent = Some(outgoing.written);
                text(outgoing.given, sending.id)
            }
            Ok(None) => return None,
            Err(_) => COMMENT.to_owned(),
        };
        Some((piece, sending))
    });
    Body::from_stream(first.chain(rest).map(Ok::<_, Infallible>))
}

/// One thing that a subscription gives, as the stream tells it.
fn text(given: Given, id: Uuid) -> String {
    let ended = |error| [next(&respond::body(&[error], id)), COMPLETE.to_owned()].concat();
    match given {
        Given::Next(response) => next(&response),
        Given::Complete => COMPLETE.to_owned(),
        Given::Refused(error) => ended(error),
        Given::Cut(Cut::Expired) => ended(RequestError::new(
            ErrorCode::Unauthenticated,
            "The access token has expired; subscribe again with a new one.",
        )),
        Given::Cut(Cut::Stopping) => ended(RequestError::new(
            ErrorCode::Unavailable,
            "The server stops; subscribe again from where you are.",
        )),
    }
}

/// A `next` event. A response is one line; should it ever be more, each is a line of data.
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
    fn no_response_can_end_its_event() {
        assert_eq!(next(b"{}"), "event: next\ndata: {}\n\n");
        assert_eq!(
            next(b"{\n\n\"a\":\r1}"),
            "event: next\ndata: {\ndata: \ndata: \"a\":\ndata: 1}\n\n"
        );
    }
}
