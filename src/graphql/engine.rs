//! One operation from beginning to end: ceiling, reading, deciding, the trail, and only then the answer.

mod alerts;
mod attempt;
mod finish;
mod parts;
mod retry;
mod subscribe;
mod understand;

use std::sync::{Arc, atomic::Ordering};

use async_graphql_parser::types::OperationType;
use tokio::time::timeout;
use tracing::{Instrument as _, info_span};

use self::{
    attempt::Attempt,
    parts::{Execution, beyond_the_agreement, internal, refusal, refused, within},
    understand::select,
};
pub use self::{
    parts::{Engine, OperationLimits},
    subscribe::Subscription,
};
use super::{
    answer,
    api_error::ApiError,
    matrix,
    operation::{Allowed, Answer, Asked, OperationRequest, WithheldMode},
    plan::Plan,
    services::Services,
    subscriptions::source::Turn,
};
use crate::{
    error::{ErrorCode, RequestError, request_id},
    sharing::{caller::Caller, reason::Reason, register::field},
    store::{documents::ClientKey, session::Mode},
};

/// The operation's account, the values, and what was asked of the schema itself.
type Executed = (Execution, async_graphql::Response, Option<async_graphql::Value>);

impl Engine {
    /// The server's parts.
    pub fn services(&self) -> &Arc<Services> {
        &self.parts.services
    }

    /// What all operations that were executed have cost together, by the measure of `extensions.cost`.
    pub fn spent(&self) -> u64 {
        self.parts.spent.load(Ordering::Relaxed)
    }

    /// How often a change was made again because another came first.
    pub fn made_again(&self) -> u64 {
        self.parts.again.load(Ordering::Relaxed)
    }

    /// Executes one operation. Whatever the answer discloses is in the trail before this returns.
    ///
    /// A client that goes away does not cut it short: what is written and what the trail says of it belong together.
    pub async fn execute(&self, request: OperationRequest) -> Answer {
        let engine = self.clone();
        let working = request_id::scope(request.request_id, async move { engine.run(request).await });
        let running = tokio::spawn(working.in_current_span());
        match running.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(refusal)) => Answer::Refused(refusal),
            Err(_) => Answer::Refused(internal()),
        }
    }

    async fn run(&self, asked: OperationRequest) -> Result<Answer, RequestError> {
        let operation = select(&asked)?;
        let mode = match operation.ty {
            OperationType::Query => Mode::Read,
            OperationType::Mutation if asked.allowed == Allowed::Queries => return Ok(Answer::NotByThisMethod),
            OperationType::Mutation => Mode::Write,
            OperationType::Subscription => {
                return Err(RequestError::new(
                    ErrorCode::BadUserInput,
                    "Subscriptions are not carried by this transport.",
                ));
            }
        };
        let (asked, plan) = self.plan(&asked, operation).instrument(info_span!("plan")).await?;
        // Where everything is left out, nothing is written.
        let mode = if plan.reads { mode } else { Mode::Read };
        if plan.used.contains(field::QUERY_MARKER_CHANGES) {
            let (feeds, services) = (&self.parts.feeds, &self.parts.services);
            feeds.catch_up(services, &asked.caller).await.map_err(refusal)?;
        }
        match mode {
            Mode::Write | Mode::Exclusive => self.until_made(&asked, &plan).await,
            Mode::Read | Mode::Feed => self.attempt(&asked, &plan, &Attempt::only(mode)).await,
        }
    }

    /// Executes an operation, and keeps and tells what came of it.
    async fn attempt(&self, asked: &Asked, plan: &Plan, attempt: &Attempt) -> Result<Answer, RequestError> {
        let (execution, response, introspected) = Box::pin(self.executed(asked, plan, attempt)).await?;
        let finishing = self.finish(asked, plan, execution, response, introspected);
        finishing.instrument(info_span!("answer")).await
    }

    /// What comes of it, unless the operation's time is over before. Then it is dropped where it is.
    async fn in_time<F: Future>(&self, asked: &Asked, doing: F) -> Result<F::Output, ApiError> {
        let left = self.parts.limits.time.saturating_sub(asked.began.passed());
        timeout(left, doing).await.map_err(|_| {
            tracing::warn!(request_id = %asked.request_id, "graphql.took_too_long");
            ApiError::TookTooLong
        })
    }

    /// Executes an operation as far as its values. One whose time is over fails like any other that was begun: what it tried is in the trail, and what it counted stays counted.
    async fn executed(&self, asked: &Asked, plan: &Plan, attempt: &Attempt) -> Result<Executed, RequestError> {
        let began = self.in_time(asked, self.begin(&asked.caller, attempt.mode)).await;
        let (session, policies, ceiling) = began.map_err(|late| refused(&late))??;
        if asked.withheld == WithheldMode::Fail && !within(plan, &ceiling) {
            self.refuse(asked, Reason::NotInAgreement).await?;
            return Err(beyond_the_agreement());
        }
        let introspected = if plan.introspects {
            let published = self.parts.schemas.within(&self.parts.library, ceiling.fields())?;
            Some(published.introspect(&asked.resolved)?)
        } else {
            None
        };
        let execution = self.request(asked, plan, session, policies, ceiling, Turn::None, attempt);
        let response = if plan.reads {
            let mut document = asked.resolved.to_document();
            if plan.introspects {
                answer::without_introspection(&mut document);
            }
            let executing = self.parts.schema.execute(execution.of(document));
            let executing = Box::pin(execution.request.loaders.drive(executing));
            let executing = executing.instrument(info_span!("execute", cost = plan.cost));
            self.in_time(asked, executing).await.unwrap_or_else(|late| {
                execution.request.fail(late);
                nothing()
            })
        } else {
            nothing()
        };
        if answer::was_never_executed(&response) {
            return Err(answer::invalid(&response));
        }
        Ok((execution, response, introspected))
    }

    /// The text of the document that was registered for the caller's client under this SHA-256, if there is one. With a portal, the client is the
    /// portal's.
    pub async fn registered(&self, caller: &Caller, sha256: &str) -> Result<Option<String>, RequestError> {
        let key = ClientKey {
            authority: caller.authority,
            agency: caller.portal.as_ref().unwrap_or(&caller.principal).agency,
            client: &caller.client,
        };
        self.parts.services.store.document(key, sha256).await.map_err(refusal)
    }

    /// The schema as this caller could ever see it.
    pub async fn sdl_for(&self, caller: &Caller) -> Result<String, RequestError> {
        let (_, _, ceiling) = self.begin(caller, Mode::Read).await?;
        Ok(self
            .parts
            .schemas
            .within(&self.parts.library, ceiling.fields())?
            .sdl
            .clone())
    }

    /// The page of who sees what, for those who look after the agreement.
    pub async fn sharing_table(&self, caller: &Caller) -> Result<String, RequestError> {
        let (session, policies, _) = self.begin(caller, Mode::Read).await?;
        if caller.principal.role != matrix::READER {
            return Err(RequestError::new(
                ErrorCode::NotInAgreement,
                "This page is for those who look after the agreement (role agreement_manager).",
            ));
        }
        Ok(matrix::page(&policies.policy, session.today()))
    }
}

/// An answer without values.
fn nothing() -> async_graphql::Response {
    async_graphql::Response::new(async_graphql::Value::Object(async_graphql::indexmap::IndexMap::new()))
}
