//! One operation on a connection that stays: the same checks as over HTTP, then an answer, or events one at a time.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql_parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use futures_util::FutureExt;
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    account::Account,
    lease::Lease,
    outbox::{Cut, Given, Outbox},
    stopping::Stopping,
};
use crate::{
    clock::Stopwatch,
    error::RequestError,
    graphql::operation::{Allowed, Answer, Event, OperationRequest},
    wire::{
        graphql::{execute, outcome},
        registered,
        request::Parts,
        respond::Problem,
        services::Events,
        state::AppState,
    },
};

/// What becomes of an operation at its beginning.
pub(super) enum Begun {
    /// It was executed, and this is all.
    Answered(Vec<u8>),
    /// It was refused as a whole.
    Refused(RequestError),
    /// It is a subscription.
    Subscribed(Box<dyn Events>),
}

/// Checks an operation and executes it, or begins the subscription that it is.
pub(super) async fn begin(
    state: &Arc<AppState>,
    id: Uuid,
    lease: &Lease,
    asked: Parts,
    account: &mut Account,
) -> Begun {
    account.notes.operation = asked.document.short_hash();
    let begun = timeout(state.edge.request_time, checked(state, id, lease, asked)).await;
    let begun = begun
        .unwrap_or_else(|_| {
            tracing::warn!(request_id = %id, "an operation took too long");
            Err(Problem::unavailable().into_error())
        })
        .unwrap_or_else(Begun::Refused);
    account.notes.outcome = match &begun {
        Begun::Answered(_) => Some("executed"),
        Begun::Refused(error) => Some(outcome(error.code)),
        Begun::Subscribed(_) => {
            account.subscribed();
            Some("subscribed")
        }
    };
    begun
}

async fn checked(state: &Arc<AppState>, id: Uuid, lease: &Lease, asked: Parts) -> Result<Begun, RequestError> {
    let began = Stopwatch::start();
    let query = registered::text(state, &lease.signed_in, asked.document).await?;
    let document = state.parsed.read(&query, &state.limits)?;
    let subscribes = is_subscription(&document, asked.operation_name.as_deref());
    let operation = OperationRequest {
        request_id: id,
        began,
        caller: lease.signed_in.caller.clone(),
        query,
        document,
        operation_name: asked.operation_name,
        variables: asked.variables,
        withheld: lease.withheld,
        receipt: false,
        allowed: Allowed::QueriesAndMutations,
    };
    if subscribes {
        // After a restart everybody comes back at once. They wait in line like events, rather than be turned away.
        let turn = state.gate.enter_for_event().await;
        let _turn = turn.ok_or_else(|| Problem::unavailable().into_error())?;
        return state.engine.subscribe(operation).await.map(Begun::Subscribed);
    }
    match execute(state, operation).await.map_err(Problem::into_error)? {
        Answer::Executed(bytes) => Ok(Begun::Answered(bytes)),
        Answer::Refused(error) => Err(error),
        Answer::NotByThisMethod => Err(Problem::queries_only().into_error()),
    }
}

/// Whether the operation that is meant is a subscription. Which one that is, or that there is none, the engine says.
fn is_subscription(document: &ExecutableDocument, name: Option<&str>) -> bool {
    let meant = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) => operations.values().next(),
    };
    meant.is_some_and(|operation| operation.node.ty == OperationType::Subscription)
}

/// Gives the events of a subscription, each made when the one before was written, until there is a reason to end.
pub(super) async fn follow(
    state: &AppState,
    mut events: Box<dyn Events>,
    lease: &Lease,
    mut stopping: Stopping,
    outbox: &Outbox,
    account: &mut Account,
) {
    loop {
        tokio::select! {
            biased;
            () = outbox.gone() => return,
            () = stopping.told() => {
                outbox.give(Given::Cut(Cut::Stopping)).await;
                return;
            }
            () = lease.over() => {
                outbox.give(Given::Cut(Cut::Expired)).await;
                return;
            }
            () = events.ready() => {}
        }
        let Some(_place) = outbox.place().await else { return };
        let Some(turn) = state.gate.enter_for_event().await else {
            return;
        };
        let made = timeout(state.edge.request_time, events.next()).await;
        drop(turn);
        if lease.is_over() {
            continue;
        }
        match made {
            Ok(None) => {}
            Ok(Some(Event::Next(bytes))) => {
                if !outbox.give(Given::Next(bytes)).await {
                    return;
                }
                account.event();
            }
            Ok(Some(Event::Complete)) => {
                outbox.give(Given::Complete).await;
                return;
            }
            Ok(Some(Event::Refused(error))) => {
                account.notes.outcome = Some(outcome(error.code));
                outbox.give(Given::Refused(error)).await;
                return;
            }
            Err(_) => {
                account.notes.outcome = Some("unavailable");
                outbox.give(Given::Refused(Problem::unavailable().into_error())).await;
                return;
            }
        }
    }
}

/// Runs an operation's work; if it panics, the client is told that the server failed.
pub(super) async fn guarded(id: Uuid, outbox: Outbox, work: impl Future<Output = ()>) {
    if AssertUnwindSafe(work).catch_unwind().await.is_err() {
        // The panic hook has written where; its payload may hold values and is dropped.
        tracing::error!(request_id = %id, "an operation panicked");
        outbox.give(Given::Refused(Problem::internal().into_error())).await;
    }
}
