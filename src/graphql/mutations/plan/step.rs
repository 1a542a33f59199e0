//! What all steps of a plan have in common: each is decided upon what its taker saw of the record, from a state in which it is possible, and is kept with who took it.

use uuid::Uuid;

use crate::{
    graphql::{
        context::Request,
        mutations::user_error::{UserError, UserErrorCode},
        objects::{Plan, Versioned, version},
    },
    programme::steps::{PlanStatus, PlanStep, apply},
    records::PlanHistoryRow,
    sharing::register::field,
    store::{session::StoreError, writing::Writing},
};

/// A step that is possible.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    step: PlanStep,
    before: Option<PlanStatus>,
    /// The state after it.
    pub(super) after: PlanStatus,
}

impl Taken {
    /// The step that makes a plan.
    pub(super) fn drafted(after: PlanStatus) -> Self {
        Self {
            step: PlanStep::Draft,
            before: None,
            after,
        }
    }

    /// The state before it.
    pub(super) fn before(self) -> Option<PlanStatus> {
        self.before
    }

    /// Keeps that it was taken.
    pub(super) async fn keep(
        self,
        request: &Request,
        writing: &Writing<'_>,
        (family_id, plan_id): (Uuid, Uuid),
    ) -> Result<(), StoreError> {
        let who = &request.ceiling.caller().principal;
        let row = PlanHistoryRow {
            authority_id: request.authority(),
            id: request.services.store.ids().uuid(),
            family_id,
            plan_id,
            step: self.step,
            before: self.before,
            after: self.after,
            taken_at: request.session.now(),
            agency_id: who.agency,
            subject: who.subject.clone(),
        };
        writing.add_to_family(&[row]).await
    }
}

/// Refuses what was decided upon another version than the newest.
pub(super) fn is_newest(of: &impl Versioned, named: &str) -> Result<(), Vec<UserError>> {
    if version(of) == named {
        return Ok(());
    }
    Err(vec![UserError::new(
        "version",
        UserErrorCode::Conflict,
        "It has changed since you read it, or this is no version of it. Read it again, and decide anew.",
    )])
}

/// The step from where the plan stands; `named` is the field of the input by which it is said.
pub(super) fn step_of(plan: &Plan, named: &str, step: PlanStep) -> Result<Taken, Vec<UserError>> {
    let status = plan.row.release(field::PLAN_STATUS, |row| row.status);
    let Some(before) = status.seen().copied() else {
        return Err(vec![UserError::not_possible(named)]);
    };
    let after = apply(before, step).map_err(|_| {
        let sentence = "The plan does not stand where this step begins: see its nextSteps.";
        vec![UserError::new(named, UserErrorCode::WrongState, sentence)]
    })?;
    Ok(Taken {
        step,
        before: Some(before),
        after,
    })
}
