//! One operation of a socket, as a task of its own.

use std::sync::Arc;

use tracing::{Instrument as _, info_span};
use uuid::Uuid;

use super::{
    account::Account,
    lease::Lease,
    operation::{self, Begun},
    outbox::{Given, Outbox},
    stopping::Stopping,
};
use crate::wire::{request::Parts, state::AppState};

/// What an operation of a socket needs.
pub(super) struct Work {
    pub(super) state: Arc<AppState>,
    pub(super) request: Uuid,
    pub(super) lease: Lease,
    pub(super) stopping: Stopping,
    pub(super) outbox: Outbox,
}

impl Work {
    /// Runs the operation, gives what comes of it, and says which it was.
    pub(super) async fn run(self, parts: Parts) -> Uuid {
        let (request, outbox) = (self.request, self.outbox.clone());
        operation::guarded(request, outbox, self.give(parts)).await;
        request
    }

    async fn give(self, parts: Parts) {
        let Self {
            state,
            request,
            lease,
            stopping,
            outbox,
        } = self;
        let mut account = Account::begin(&state, request, "socket", &lease.signed_in.caller);
        let Some(place) = outbox.place().await else { return };
        let begun = operation::begin(&state, request, &lease, parts, &mut account);
        match begun.instrument(info_span!("operation", request_id = %request)).await {
            Begun::Answered(response) => {
                if outbox.give(Given::Next(response)).await {
                    outbox.give(Given::Complete).await;
                }
            }
            Begun::Refused(error) => {
                outbox.give(Given::Refused(error)).await;
            }
            Begun::Subscribed(events) => {
                drop(place);
                operation::follow(&state, events, &lease, stopping, &outbox, &mut account).await;
            }
        }
    }
}
