//! The log line and metrics of one operation, written also when it is cut short. Identifiers only.

use std::{sync::Arc, time::Instant};

use uuid::Uuid;

use crate::{
    sharing::caller::Caller,
    wire::{observe::LogFields, state::AppState},
};

/// Logs the operation when dropped.
pub(super) struct OperationLog {
    state: Arc<AppState>,
    id: Uuid,
    transport: &'static str,
    started: Instant,
    events: u64,
    subscribed: bool,
    /// The log line's fields about the caller and the operation.
    pub(super) fields: LogFields,
}

impl OperationLog {
    /// For an operation that starts now.
    pub(super) fn start(state: &Arc<AppState>, id: Uuid, transport: &'static str, caller: &Caller) -> Self {
        let mut fields = LogFields::default();
        fields.caller(caller);
        Self {
            state: Arc::clone(state),
            id,
            transport,
            started: Instant::now(),
            events: 0,
            subscribed: false,
            fields,
        }
    }

    /// Counts the operation as an active subscription.
    pub(super) fn subscribed(&mut self) {
        if !std::mem::replace(&mut self.subscribed, true) {
            self.state.metrics.subscriptions.inc();
        }
    }

    /// Counts an event sent.
    pub(super) fn event_sent(&mut self) {
        self.events += 1;
        self.state.metrics.events.inc();
    }
}

impl Drop for OperationLog {
    fn drop(&mut self) {
        if self.subscribed {
            self.state.metrics.subscriptions.dec();
        }
        let outcome = self.fields.outcome.unwrap_or("cancelled");
        self.state.metrics.operation(outcome);
        tracing::info!(
            request_id = %self.id,
            transport = self.transport,
            duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
            agency = self.fields.agency,
            role = self.fields.role,
            purpose = self.fields.purpose,
            operation = self.fields.operation,
            events = self.events,
            outcome,
            "operation"
        );
    }
}
