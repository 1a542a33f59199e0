//! One operation's line in the log and its counters, also when it is cut short. Identifiers only.

use std::{sync::Arc, time::Instant};

use uuid::Uuid;

use crate::{
    sharing::caller::Caller,
    wire::{observe::Notes, state::AppState},
};

/// Written when it is dropped.
pub(super) struct Account {
    state: Arc<AppState>,
    id: Uuid,
    transport: &'static str,
    started: Instant,
    events: u64,
    subscribed: bool,
    /// What the log tells of who asks and what.
    pub(super) notes: Notes,
}

impl Account {
    /// Of an operation that begins now.
    pub(super) fn begin(state: &Arc<AppState>, id: Uuid, transport: &'static str, caller: &Caller) -> Self {
        let mut notes = Notes::default();
        notes.caller(caller);
        Self {
            state: Arc::clone(state),
            id,
            transport,
            started: Instant::now(),
            events: 0,
            subscribed: false,
            notes,
        }
    }

    /// It is a subscription, and goes on.
    pub(super) fn subscribed(&mut self) {
        if !std::mem::replace(&mut self.subscribed, true) {
            self.state.metrics.subscriptions.inc();
        }
    }

    /// An event was written.
    pub(super) fn event(&mut self) {
        self.events += 1;
        self.state.metrics.events.inc();
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        if self.subscribed {
            self.state.metrics.subscriptions.dec();
        }
        let outcome = self.notes.outcome.unwrap_or("cancelled");
        self.state.metrics.operation(outcome);
        tracing::info!(
            request_id = %self.id,
            transport = self.transport,
            duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
            agency = self.notes.agency,
            role = self.notes.role,
            purpose = self.notes.purpose,
            operation = self.notes.operation,
            events = self.events,
            outcome,
            "operation"
        );
    }
}
