//! `UserError`: what a caller can put right.

use async_graphql::{Context, Enum, Object};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    graphql::context::Request,
    sharing::{grant::Shared, register::FieldId},
};

/// Kinds of errors that a caller can put right.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserErrorCode {
    /// It is not there, or not for you.
    NotFound,
    /// The value is not one that it can have.
    Invalid,
    /// It does not go together with what is there already.
    Conflict,
    /// It cannot be done, for a reason that is not for you.
    NotPossible,
    /// What you ask for has been done before.
    AlreadyDone,
    /// The step is not possible from where the record stands.
    WrongState,
    /// The family has a plan that is not closed: there is one at a time.
    PlanIsOpen,
    /// A plan has a goal before it is agreed.
    NoGoal,
    /// A criterion on which the family came in has neither a goal nor a reason why there is none.
    CriterionWithoutGoal,
    /// A plan that was never agreed ends only with a family that dropped out.
    NeverAgreed,
    /// A goal was not achieved, so the plan is not wholly achieved.
    GoalNotAchieved,
    /// No goal was achieved, so the plan is not partially achieved.
    NoGoalAchieved,
    /// Your agency has asked too often for it: see `retryAt`.
    TooManyRequests,
}

/// Why a change was not made, in a way that a caller can put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserError {
    pub(super) field: String,
    code: UserErrorCode,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_at: Option<DateTime<Utc>>,
}

impl UserError {
    /// An error of one field of the input.
    pub fn new(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            code,
            message: message.into(),
            retry_at: None,
        }
    }

    /// Something that was asked too often, with when it may be asked.
    pub fn later(field: &str, message: &str, at: DateTime<Utc>) -> Self {
        Self {
            retry_at: Some(at),
            ..Self::new(field, UserErrorCode::TooManyRequests, message)
        }
    }

    /// Whether the same may be sent again later.
    pub fn is_for_later(&self) -> bool {
        self.retry_at.is_some()
    }

    /// A value that its field cannot have.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(field, UserErrorCode::Invalid, message)
    }

    /// The same of an input that is itself a field of one.
    #[must_use]
    pub fn within(self, field: &str) -> Self {
        Self {
            field: format!("{field}.{}", self.field),
            ..self
        }
    }

    /// Something that cannot be done, to whom the reason would tell what they may not read.
    pub fn not_possible(field: &str) -> Self {
        Self::new(
            field,
            UserErrorCode::NotPossible,
            "It is not possible, for a reason that is not for you. Ask somebody who may see more of the family.",
        )
    }

    /// Something that is not there or not for the asker: one text for both.
    pub fn not_found(field: &str) -> Self {
        Self::new(field, UserErrorCode::NotFound, "It is not there, or not for you.")
    }
}

/// Why a change was not made, in a way that you can put right.
#[Object]
impl UserError {
    /// Which field of the input it is about.
    fn field(&self) -> &str {
        &self.field
    }

    /// What kind of error it is.
    fn code(&self) -> UserErrorCode {
        self.code
    }

    /// What is wrong and what would be right.
    fn message(&self) -> &str {
        &self.message
    }

    /// When it may be asked again, where that is known.
    fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.retry_at
    }
}

/// Why a change was not made, for whoever could make it: it says of no row more than the change's own answer does.
pub(super) fn errors(ctx: &Context<'_>, field: FieldId, errors: &[UserError]) -> Shared<Vec<UserError>> {
    Shared::rows(&Request::of(ctx).ceiling, field, || errors.to_vec())
}
