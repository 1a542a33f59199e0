//! The end of an operation: the answer is made, the trail says what it discloses and changes, the changes are kept, and only then it is given.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use futures_util::future::join_all;
use tracing::{Instrument as _, info_span};

use super::parts::{Engine, Execution, internal, refusal, refused};
use crate::{
    audit::{
        EntryRef,
        entry::{Entry, HeadRef, Kind},
        receipt::is_covered,
    },
    clock::Stopwatch,
    error::{ErrorCode, RequestError},
    graphql::{
        answer,
        api_error::ApiError,
        context::Request,
        lookups::{Desk, Looked, pace},
        operation::{Answer, Asked},
        plan::Plan,
        receipt, trail,
    },
    sharing::{disclosure::Account, reason::Told},
    store::{
        session::{Session, StoreError},
        write::budget::UnkeptCounts,
        writing::Deed,
    },
};

impl Engine {
    /// Makes the answer, has the trail say what it discloses and changes, keeps the changes, and only then gives it.
    pub(super) async fn finish(
        &self,
        asked: &Asked,
        plan: &Plan,
        execution: Execution,
        response: async_graphql::Response,
        introspected: Option<async_graphql::Value>,
    ) -> Result<Answer, RequestError> {
        let Execution { request, desk, .. } = execution;
        let Some(request) = Arc::into_inner(request) else {
            tracing::error!(request_id = %asked.request_id, "graphql.request_still_held");
            return Err(internal());
        };
        if let Some(failure) = request.failure.get().cloned() {
            return Err(self.failed(asked, request, &desk, &failure).await);
        }
        self.parts.spent.fetch_add(plan.cost, Ordering::Relaxed);
        let looked = desk.take_looked();
        let account = request.account.into_inner().unwrap_or_else(PoisonError::into_inner);
        let writes = request.session.take_account();
        let entries = trail::entries(
            asked,
            &request.ceiling,
            &account,
            &looked,
            &writes,
            request.session.now(),
        );
        let announcing: Vec<bool> = entries.iter().map(|entry| entry.awaits).collect();
        let spoken_of: Vec<bool> = entries.iter().map(is_covered).collect();
        // All at once, so that they share a commit.
        let span = info_span!("trail", entries = entries.len());
        let appending = entries.into_iter().map(|entry| request.services.trail.append(entry));
        let appended = join_all(appending).instrument(span).await;
        let paced = looked.any() || request.missed.into_inner();
        let failed = appended.iter().find_map(|place| place.as_ref().err().cloned());
        let appended: Vec<_> = appended.into_iter().flatten().collect();
        let written: Vec<EntryRef> = appended.iter().map(HeadRef::place).collect();
        if let Some(error) = failed {
            tracing::error!(%error, request_id = %asked.request_id, "trail.not_written");
            self.undo(asked, request.session).await;
            if !writes.is_empty() {
                let store = &self.parts.services.store;
                trail::not_made(&request.services.trail, asked, &written, store, false).await;
            }
            self.raise_alerts(asked, &looked, &writes, false).await;
            if paced {
                self.pace(request.began).await;
            }
            return Err(RequestError::new(
                ErrorCode::Unavailable,
                "What would be disclosed could not be recorded, so nothing is. Try again later.",
            ));
        }
        let receipt = asked.receipt.then(|| {
            let agreed = (&*request.ceiling, &*request.policies);
            let told = receipt::told(asked, agreed, &account, &looked, &writes, request.session.now());
            let entries = appended.iter().zip(&spoken_of).filter(|(_, spoken_of)| **spoken_of);
            let entries: Vec<HeadRef> = entries.map(|(place, _)| *place).collect();
            told.sign(&entries, request.services.trail.key())
        });
        let receipt = receipt.transpose().unwrap_or_else(|error| {
            tracing::error!(%error, request_id = %asked.request_id, "receipt.not_signed");
            None
        });
        let settings = if account.told().any(|(_, told, _)| told == Told::Ring) {
            request.session.authority_row().await.ok()
        } else {
            None
        };
        let body = answer::body(
            &asked.resolved,
            plan,
            &account,
            response,
            introspected,
            receipt.as_ref(),
            settings.and_then(|settings| settings.number_to_ring.as_deref()),
        );
        let unkept_counts = request.session.unkept_counts();
        if writes.is_empty() && !request.kept.into_inner() {
            // Nothing was changed, so nothing is lost if ending the transaction fails.
            let _ = request.session.end().await;
        } else if let Err(error) = made(request.session, &written, &announcing).await {
            let unknown = matches!(error, StoreError::Unavailable(_));
            let store = &self.parts.services.store;
            self.repeat_counts(asked, unkept_counts).await;
            trail::not_made(&request.services.trail, asked, &written, store, unknown).await;
            self.raise_alerts(asked, &looked, &writes, unknown).await;
            if paced {
                self.pace(request.began).await;
            }
            return Err(refusal(error));
        }
        let made = written.iter().zip(&announcing).filter(|(_, announces)| **announces);
        let trail = &self.parts.services.trail;
        trail.made(asked.caller.authority, made.map(|(place, _)| *place));
        self.raise_alerts(asked, &looked, &writes, true).await;
        if paced {
            // What is known of whom the operation came upon is forgotten before the answer leaves, so that it does not hold up whatever is asked next.
            drop((account, looked));
            self.pace(request.began).await;
        }
        Ok(Answer::Executed(body))
    }

    /// An operation that failed as a whole is rolled back and gives nothing. What was tried by it is in the trail all the same, what it counted stays counted, and it takes as long as one
    /// that looked somebody up or named somebody in vain: else whoever makes it fail would learn by its time, and leave no trace.
    async fn failed(&self, asked: &Asked, request: Request, desk: &Desk, failure: &ApiError) -> RequestError {
        // Whoever makes it again waits then.
        let again = request.again && matches!(failure, ApiError::Conflict);
        let mut tried = request.session.take_account();
        tried.retain(|written| matches!(written.deed, Deed::Emergency | Deed::Alert));
        let (began, now) = (request.began, request.session.now());
        // First of all, so that a statement that still runs is stopped, and nothing waits for what was locked.
        self.undo(asked, request.session).await;
        let (was_asked, missed) = (desk.was_asked(), request.missed.into_inner());
        let stopped = Looked {
            stopped: desk.take_looked().stopped,
            ..Looked::default()
        };
        let entries = trail::entries(asked, &request.ceiling, &Account::default(), &stopped, &tried, now);
        let recorded = self.record_tries(asked, failure, entries).await;
        // One that is made again is told of then.
        let told = if again { &[][..] } else { &tried };
        self.raise_alerts(asked, &stopped, told, false).await;
        if !again && (was_asked || missed || !tried.is_empty()) {
            self.pace(began).await;
        }
        match recorded {
            Ok(()) => refused(failure),
            Err(unwritten) => unwritten,
        }
    }

    /// Has the trail say what an operation tried that failed, and that it failed where it wanted more than it may.
    async fn record_tries(&self, asked: &Asked, failure: &ApiError, entries: Vec<Entry>) -> Result<(), RequestError> {
        if failure.retry().is_some() {
            self.raise_alert(asked, failure.code()).await?;
        }
        let services = &self.parts.services;
        for entry in entries {
            let opened = entry.kind == Kind::Emergency;
            let written = services.trail.append(entry).await.map_err(|error| {
                tracing::error!(%error, request_id = %asked.request_id, "trail.not_written");
                RequestError::new(
                    ErrorCode::Unavailable,
                    "What was tried could not be recorded. Try again later.",
                )
            })?;
            if opened {
                trail::not_made(&services.trail, asked, &[written.place()], &services.store, false).await;
            }
        }
        Ok(())
    }

    /// Undoes what a session wrote, but for what it counted.
    async fn undo(&self, asked: &Asked, session: Session) {
        let unkept_counts = session.unkept_counts();
        drop(session);
        self.repeat_counts(asked, unkept_counts).await;
    }

    /// Counts again what went with a session that was not kept. What fails here is in the log: the operation has failed already.
    async fn repeat_counts(&self, asked: &Asked, unkept_counts: UnkeptCounts) {
        if let Err(error) = self.parts.services.store.repeat_counts(unkept_counts).await {
            tracing::error!(%error, request_id = %asked.request_id, "writes.not_counted");
        }
    }

    /// Waits for the pace of look-ups.
    async fn pace(&self, began: Stopwatch) {
        let services = &self.parts.services;
        pace::wait(began, services.lookups.pace, services.store.ids()).await;
    }

    /// Records that a client has asked about more people than it may.
    async fn raise_alert(&self, asked: &Asked, code: ErrorCode) -> Result<(), RequestError> {
        let entry = trail::alert(asked, code, self.parts.services.store.clock().now());
        self.parts.services.trail.append(entry).await.map(|_| ()).map_err(|_| {
            RequestError::new(
                ErrorCode::Unavailable,
                "The refusal could not be recorded. Try again later.",
            )
        })
    }
}

/// Keeps the changes, and with them that they were made.
async fn made(session: Session, written: &[EntryRef], announcing: &[bool]) -> Result<(), StoreError> {
    let announced = written.iter().zip(announcing).filter(|(_, announces)| **announces);
    let places: Vec<_> = announced
        .map(|(place, _)| (session.authority(), place.chain, place.seq))
        .collect();
    let making = async {
        session.confirm(&places).await?;
        session.commit().await
    };
    making.instrument(info_span!("commit")).await
}
