//! One operation of a socket, in a task of its own.

use std::sync::Arc;

use tracing::{Instrument as _, info_span};
use uuid::Uuid;

use super::{
    operation::{self, Started},
    operation_log::OperationLog,
    output::{Output, OutputSender},
    session::Session,
    shutdown::ShutdownSignal,
};
use crate::wire::{request::GraphqlRequest, state::AppState};

/// What the task of an operation needs.
pub(super) struct OperationTask {
    pub(super) state: Arc<AppState>,
    pub(super) request_id: Uuid,
    pub(super) session: Session,
    pub(super) shutdown: ShutdownSignal,
    pub(super) output: OutputSender,
}

impl OperationTask {
    /// Runs the operation, sends its output, and returns its request id.
    pub(super) async fn run(self, graphql_request: GraphqlRequest) -> Uuid {
        let (request_id, output) = (self.request_id, self.output.clone());
        operation::catch_panic(request_id, output, self.execute(graphql_request)).await;
        request_id
    }

    async fn execute(self, graphql_request: GraphqlRequest) {
        let Self {
            state,
            request_id,
            session,
            shutdown,
            output,
        } = self;
        let mut operation_log = OperationLog::start(&state, request_id, "socket", &session.signed_in.caller);
        let Some(slot) = output.slot().await else { return };
        let started = operation::start(&state, request_id, &session, graphql_request, &mut operation_log);
        match started
            .instrument(info_span!("operation", request_id = %request_id))
            .await
        {
            Started::Answered(response) => {
                if output.send(Output::Next(response)).await {
                    output.send(Output::Complete).await;
                }
            }
            Started::Refused(error) => {
                output.send(Output::Refused(error)).await;
            }
            Started::Subscribed(events) => {
                drop(slot);
                operation::forward_events(&state, events, &session, shutdown, &output, &mut operation_log).await;
            }
        }
    }
}
