//! Runs one operation of a long-lived connection: the same checks as over HTTP, then one answer, or events
//! one at a time.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql_parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use futures_util::FutureExt;
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    operation_log::OperationLog,
    output::{EarlyEnd, Output, OutputSender},
    session::Session,
    shutdown::ShutdownSignal,
};
use crate::{
    clock::Stopwatch,
    error::RequestError,
    graphql::operation::{Allowed, Answer, Event, OperationRequest},
    wire::{
        graphql::{execute, outcome},
        registered,
        request::GraphqlRequest,
        respond::Problem,
        services::Events,
        state::AppState,
    },
};

/// How an operation started.
pub(super) enum Started {
    /// A query or mutation, executed; this is the whole answer.
    Answered(Vec<u8>),
    /// It was refused.
    Refused(RequestError),
    /// A subscription.
    Subscribed(Box<dyn Events>),
}

/// Checks an operation, then executes it or starts its subscription.
pub(super) async fn start(
    state: &Arc<AppState>,
    id: Uuid,
    session: &Session,
    graphql_request: GraphqlRequest,
    operation_log: &mut OperationLog,
) -> Started {
    operation_log.fields.operation = graphql_request.document.short_hash();
    let started = timeout(
        state.edge.request_time,
        execute_checked(state, id, session, graphql_request),
    )
    .await;
    let started = started
        .unwrap_or_else(|_| {
            tracing::warn!(request_id = %id, "an operation took too long");
            Err(Problem::unavailable().into_error())
        })
        .unwrap_or_else(Started::Refused);
    operation_log.fields.outcome = match &started {
        Started::Answered(_) => Some("executed"),
        Started::Refused(error) => Some(outcome(error.code)),
        Started::Subscribed(_) => {
            operation_log.subscribed();
            Some("subscribed")
        }
    };
    started
}

async fn execute_checked(
    state: &Arc<AppState>,
    id: Uuid,
    session: &Session,
    graphql_request: GraphqlRequest,
) -> Result<Started, RequestError> {
    let stopwatch = Stopwatch::start();
    let query = registered::document_text(state, &session.signed_in, graphql_request.document).await?;
    let document = state.parsed.read(&query, &state.limits)?;
    let subscribes = is_subscription(&document, graphql_request.operation_name.as_deref());
    let operation = OperationRequest {
        request_id: id,
        began: stopwatch,
        caller: session.signed_in.caller.clone(),
        query,
        document,
        operation_name: graphql_request.operation_name,
        variables: graphql_request.variables,
        withheld: session.withheld,
        receipt: false,
        allowed: Allowed::QueriesAndMutations,
    };
    if subscribes {
        // After a restart all clients resubscribe at once: they queue like events, rather than be rejected.
        let slot = state.concurrency.acquire_for_event().await;
        let _slot = slot.ok_or_else(|| Problem::unavailable().into_error())?;
        return state.engine.subscribe(operation).await.map(Started::Subscribed);
    }
    match execute(state, operation).await.map_err(Problem::into_error)? {
        Answer::Executed(bytes) => Ok(Started::Answered(bytes)),
        Answer::Refused(error) => Err(error),
        Answer::NotByThisMethod => Err(Problem::queries_only().into_error()),
    }
}

/// Whether the selected operation is a subscription. If the selection is invalid the engine says so.
fn is_subscription(document: &ExecutableDocument, name: Option<&str>) -> bool {
    let selected = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) => operations.values().next(),
    };
    selected.is_some_and(|operation| operation.node.ty == OperationType::Subscription)
}

/// Forwards the events of a subscription, producing each when the previous one was written, until there is a
/// reason to end.
pub(super) async fn forward_events(
    state: &AppState,
    mut events: Box<dyn Events>,
    session: &Session,
    mut shutdown: ShutdownSignal,
    output: &OutputSender,
    operation_log: &mut OperationLog,
) {
    loop {
        tokio::select! {
            biased;
            () = output.cancelled() => return,
            () = shutdown.requested() => {
                output.send(Output::EarlyEnd(EarlyEnd::ShutdownSignal)).await;
                return;
            }
            () = session.expired() => {
                output.send(Output::EarlyEnd(EarlyEnd::Expired)).await;
                return;
            }
            () = events.ready() => {}
        }
        let Some(_output_slot) = output.slot().await else {
            return;
        };
        let Some(slot) = state.concurrency.acquire_for_event().await else {
            return;
        };
        let event = timeout(state.edge.request_time, events.next()).await;
        drop(slot);
        if session.is_expired() {
            continue;
        }
        match event {
            Ok(None) => {}
            Ok(Some(Event::Next(bytes))) => {
                if !output.send(Output::Next(bytes)).await {
                    return;
                }
                operation_log.event_sent();
            }
            Ok(Some(Event::Complete)) => {
                output.send(Output::Complete).await;
                return;
            }
            Ok(Some(Event::Refused(error))) => {
                operation_log.fields.outcome = Some(outcome(error.code));
                output.send(Output::Refused(error)).await;
                return;
            }
            Err(_) => {
                operation_log.fields.outcome = Some("unavailable");
                output.send(Output::Refused(Problem::unavailable().into_error())).await;
                return;
            }
        }
    }
}

/// Runs an operation's task; if it panics, the client gets an internal error.
pub(super) async fn catch_panic(id: Uuid, output: OutputSender, operation_task: impl Future<Output = ()>) {
    if AssertUnwindSafe(operation_task).catch_unwind().await.is_err() {
        // The panic hook has logged where; the payload may hold values and is dropped.
        tracing::error!(request_id = %id, "an operation panicked");
        output.send(Output::Refused(Problem::internal().into_error())).await;
    }
}
