//! The beginning of an operation: which one is meant, what it comes to, and what it costs. Nothing was read by then.

use async_graphql_parser::types::{DocumentOperations, OperationDefinition};
use tokio::time::timeout;

use super::parts::Engine;
use crate::{
    error::{ErrorCode, RequestError},
    graphql::{
        language::{Said, Wrong},
        operation::{Asked, OperationRequest},
        plan::{Plan, Reader},
    },
    sharing::caller::Caller,
    store::session::Mode,
};

impl Engine {
    /// Understands an operation before it runs, and counts what it costs. One that is not understood costs as little as one can.
    pub(super) async fn plan(
        &self,
        asked: &OperationRequest,
        operation: &OperationDefinition,
    ) -> Result<(Asked, Plan), RequestError> {
        let said = Said {
            query: &asked.query,
            document: &asked.document,
            operation,
            given: &asked.variables,
        };
        let resolved = match self.parts.language.read(said) {
            Ok(resolved) => resolved,
            Err(wrong) => {
                self.charge(&asked.caller, 1)?;
                return Err(self.explained(&asked.caller, said, wrong).await);
            }
        };
        let plan = Reader::read(&self.parts.shape, &resolved);
        if plan.cost > self.parts.limits.cost {
            return Err(RequestError::new(
                ErrorCode::TooComplex,
                "The operation may give more values than one operation may. Ask for smaller pages or fewer fields.",
            ));
        }
        self.charge(&asked.caller, plan.cost)?;
        let asked = Asked {
            request_id: asked.request_id,
            began: asked.began,
            caller: asked.caller.clone(),
            query: asked.query.clone(),
            name: name(asked).map(str::to_owned),
            withheld: asked.withheld,
            receipt: asked.receipt,
            resolved,
        };
        Ok((asked, plan))
    }

    fn charge(&self, caller: &Caller, cost: u64) -> Result<(), RequestError> {
        let now = self.parts.services.store.clock().now();
        self.parts.spending.charge(caller, cost, now).map_err(|retry| {
            let message = "This client asks for more values in a minute than it may. Ask again later, or for less.";
            RequestError::new(ErrorCode::TooManyRequests, message).retry(Some(retry))
        })
    }

    /// What is wrong with an operation, in names that its asker wrote or may see. Where it cannot be found out what they may see, in the former alone.
    async fn explained(&self, caller: &Caller, said: Said<'_>, wrong: Wrong) -> RequestError {
        let own = async {
            let (session, _, ceiling) = self.begin(caller, Mode::Read).await.ok()?;
            let _ = session.end().await;
            self.parts.schemas.within(&self.parts.library, ceiling.fields()).ok()
        };
        let own = timeout(self.parts.limits.time, own).await.ok().flatten();
        let own = own.as_ref().map(|own| own.schema());
        self.parts.language.explain(said, wrong, own)
    }
}

/// The operation that is meant.
pub(super) fn select(asked: &OperationRequest) -> Result<&OperationDefinition, RequestError> {
    let found = match (&asked.document.operations, &asked.operation_name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name.as_str()),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations.values().next(),
        _ => None,
    };
    found.map(|operation| &operation.node).ok_or_else(|| {
        RequestError::new(
            ErrorCode::BadUserInput,
            "The document does not have that operation. Name one of its operations in operationName.",
        )
    })
}

/// The operation's name: the one asked for, or that of the only one there is.
fn name(asked: &OperationRequest) -> Option<&str> {
    let only = match &asked.document.operations {
        DocumentOperations::Multiple(operations) if operations.len() == 1 => operations.keys().next(),
        _ => None,
    };
    asked.operation_name.as_deref().or(only.map(AsRef::as_ref))
}
