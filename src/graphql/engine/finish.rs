//! The end of an operation: the answer is made, the trail says what it discloses and changes, the changes are kept, and only then it is given.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use async_graphql_parser::types::OperationDefinition;
use futures_util::future::join_all;
use tracing::{Instrument as _, info_span};

use super::{Engine, internal, refusal};
use crate::{
    audit::EntryRef,
    error::{ErrorCode, RequestError},
    graphql::{
        answer,
        context::Request,
        lookups::pace,
        operation::{Answer, OperationRequest},
        plan::Plan,
        trail,
    },
    store::session::StoreError,
};

impl Engine {
    /// Makes the answer, has the trail say what it discloses and changes, keeps the changes, and only then gives it.
    pub(super) async fn finish(
        &self,
        asked: &OperationRequest,
        operation: &OperationDefinition,
        plan: &Plan,
        request: Arc<Request>,
        response: async_graphql::Response,
        introspected: Option<async_graphql::Value>,
    ) -> Result<Answer, RequestError> {
        let Some(request) = Arc::into_inner(request) else {
            tracing::error!(request_id = %asked.request_id, "graphql.request_still_held");
            return Err(internal());
        };
        if let Some(failure) = request.failure.get() {
            if failure.retry().is_some() {
                self.raise_alert(asked, failure.code()).await?;
            }
            return Err(RequestError::new(failure.code(), failure.message()).retry(failure.retry()));
        }
        self.parts.spent.fetch_add(plan.cost, Ordering::Relaxed);
        let looked = request.lookups.looked();
        let account = request.account.into_inner().unwrap_or_else(PoisonError::into_inner);
        let writes = request.writes.into_inner().unwrap_or_else(PoisonError::into_inner);
        let body = answer::body(asked, operation, plan, &account, response, introspected);
        let entries = trail::entries(
            asked,
            operation,
            &request.ceiling,
            &account,
            &looked,
            &writes,
            request.session.now(),
        );
        // All at once, so that they share a commit.
        let span = info_span!("trail", entries = entries.len());
        let appending = entries.into_iter().map(|entry| request.services.trail.append(entry));
        let appended = join_all(appending).instrument(span).await;
        let failed = appended.iter().find_map(|place| place.as_ref().err().cloned());
        let written: Vec<EntryRef> = appended.into_iter().flatten().collect();
        if let Some(error) = failed {
            tracing::error!(%error, request_id = %asked.request_id, "trail.not_written");
            if !writes.is_empty() {
                let store = &self.parts.services.store;
                trail::not_made(&request.services.trail, asked, &written, store, false).await;
            }
            return Err(RequestError::new(
                ErrorCode::Unavailable,
                "What would be disclosed could not be recorded, so nothing is. Try again later.",
            ));
        }
        if writes.is_empty() && !request.kept.into_inner() {
            // Nothing was changed, so nothing is lost if ending the transaction fails.
            let _ = request.session.end().await;
        } else if let Err(error) = request.session.commit().instrument(info_span!("commit")).await {
            let unknown = matches!(error, StoreError::Unavailable(_));
            let store = &self.parts.services.store;
            trail::not_made(&request.services.trail, asked, &written, store, unknown).await;
            return Err(refusal(error));
        }
        if looked.total() > 0 || request.missed.into_inner() {
            // What is known of whom the operation came upon is forgotten before the answer leaves, so that it does not hold up whatever is asked next.
            drop((account, looked));
            let every = request.services.lookups.pace;
            pace::wait(request.began, every, self.parts.services.store.ids()).await;
        }
        Ok(Answer::Executed(body))
    }

    /// Records that a client has asked about more people than it may.
    async fn raise_alert(&self, asked: &OperationRequest, code: ErrorCode) -> Result<(), RequestError> {
        let entry = trail::alert(asked, code, self.parts.services.store.clock().now());
        self.parts.services.trail.append(entry).await.map(|_| ()).map_err(|_| {
            RequestError::new(
                ErrorCode::Unavailable,
                "The refusal could not be recorded. Try again later.",
            )
        })
    }
}
