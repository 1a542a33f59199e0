//! What came of a change, and how a request that is sent again under its key changes nothing again.

use std::sync::Arc;

use async_graphql::InputType;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::user_error::{UserError, UserErrorCode};
use crate::{
    audit::hash::Hash,
    graphql::{api_error::ApiError, context::Request, write_budget::admit},
    sharing::caller::Caller,
    store::{session::StoreError, write::StoredOutcome},
};

/// The longest key, in characters.
const LONGEST_KEY: usize = 100;

/// What came of a change: the keys of what was changed, or why it was not. It holds nothing of what the rows say, so that what is shown of
/// them is decided anew each time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The family of the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Uuid>,
    /// Other families, where rows of several were changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Uuid>,
    /// The rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Uuid>,
    /// Why nothing was changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<UserError>,
}

impl Done {
    /// These rows of a family were changed.
    pub fn changed(family: Uuid, rows: Vec<Uuid>) -> Self {
        Self::changed_in(vec![family], rows)
    }

    /// These rows of some families were changed.
    pub fn changed_in(families: Vec<Uuid>, rows: Vec<Uuid>) -> Self {
        let mut families = families.into_iter();
        Self {
            family: families.next(),
            others: families.collect(),
            rows,
            errors: Vec::new(),
        }
    }

    /// All families whose rows were changed.
    pub fn families(&self) -> impl Iterator<Item = Uuid> {
        self.family.into_iter().chain(self.others.iter().copied())
    }

    /// Nothing was changed, for one reason.
    pub fn refused(error: UserError) -> Self {
        Self::all_refused(vec![error])
    }

    /// Nothing was changed, for these reasons.
    pub fn all_refused(errors: Vec<UserError>) -> Self {
        Self {
            errors,
            ..Self::default()
        }
    }
}

/// Why a change comes to an end before anything is written.
pub enum Stopped {
    /// The operation failed.
    Failed(ApiError),
    /// It is refused, with what is told of that.
    Refused(Done),
}

impl Stopped {
    /// What came of it, if it did not fail.
    pub fn done(self) -> Result<Done, ApiError> {
        match self {
            Self::Failed(error) => Err(error),
            Self::Refused(done) => Ok(done),
        }
    }
}

impl<E: Into<ApiError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Vec<UserError>> for Stopped {
    fn from(errors: Vec<UserError>) -> Self {
        Self::Refused(Done::all_refused(errors))
    }
}

/// Makes a change of what an id names, if it names anything, unless the caller has sent the same request under the same key before: then what came of it
/// comes again, and is not counted again.
///
/// Where it is kept, what the caller did wrong is kept as well. A malformed id, or a failure of the server, is not. It is kept for seven days, and then the
/// key is new.
pub async fn idempotent<I: InputType>(
    request: &Request,
    mutation: &str,
    input: &I,
    named: Option<&str>,
    key: Option<&str>,
    change: impl Future<Output = Result<Done, ApiError>> + Send,
) -> Result<Done, ApiError> {
    // The database refuses every statement after one that failed, and the operation comes to nothing anyway.
    if let Some(failure) = request.failure.get() {
        return Err(failure.clone());
    }
    let Some(key) = key else {
        admit(request, mutation, named).await?;
        return change.await;
    };
    if let Err(error) = check(key) {
        return Ok(Done::refused(error));
    }
    let caller = Arc::clone(request.ceiling.caller());
    let request_hash = hash(&caller, mutation, input);
    if let Some(kept) = request.session.stored_outcome(&caller.principal, key).await? {
        if kept.request_hash != request_hash {
            return Ok(Done::refused(UserError::new(
                "idempotencyKey",
                UserErrorCode::Conflict,
                "You have sent another request under this key before. Choose a new key for a new request.",
            )));
        }
        let corrupt = |_| StoreError::Corrupt("the outcome kept under an idempotency key".to_owned());
        return Ok(serde_json::from_str(&kept.response).map_err(corrupt)?);
    }
    admit(request, mutation, named).await?;
    let done = change.await?;
    // What may be sent again later is not what came of it.
    if done.errors.iter().any(UserError::is_for_later) {
        return Ok(done);
    }
    let corrupt = |_| StoreError::Corrupt("an outcome that cannot be written".to_owned());
    let response = serde_json::to_string(&done).map_err(corrupt)?;
    let kept = StoredOutcome { request_hash, response };
    request.session.store_outcome(&caller.principal, key, kept).await?;
    request.keep();
    Ok(done)
}

fn check(key: &str) -> Result<(), UserError> {
    let length = key.chars().take(LONGEST_KEY + 1).count();
    if length == 0 || length > LONGEST_KEY || key.chars().any(char::is_control) {
        return Err(UserError::invalid(
            "idempotencyKey",
            "It must have from 1 to 100 characters, and no control characters.",
        ));
    }
    Ok(())
}

/// The hash of a request: which change, with which input, in which role and for which purpose. How the input was written does not matter.
fn hash<I: InputType>(caller: &Caller, mutation: &str, input: &I) -> String {
    let input = input.to_value().into_json().unwrap_or_default().to_string();
    let portal = caller.portal.as_ref().map(|portal| portal.agency.to_string());
    let parts = [
        mutation,
        &caller.principal.role,
        &caller.purpose,
        portal.as_deref().unwrap_or_default(),
        &input,
    ];
    // Each with its length before it, so that no two lists of parts run into the same text.
    let text = parts.map(|part| format!("{}:{part}", part.len())).concat();
    Hash::of(&[text.as_bytes()]).to_string()
}

#[cfg(test)]
mod tests {
    use async_graphql::InputObject;

    use super::*;
    use crate::sharing::caller::Party;

    #[derive(InputObject)]
    struct Input {
        one: String,
        two: Option<i32>,
    }

    fn caller() -> Caller {
        Caller {
            authority: 1,
            authority_code: "one".into(),
            principal: Party {
                agency: Uuid::from_u128(1),
                agency_code: "a".into(),
                agency_kind: "police".into(),
                role: "practitioner".into(),
                subject: "s".into(),
            },
            portal: None,
            client: "c".into(),
            purpose: "safeguarding".into(),
            purposes: vec!["safeguarding".into()],
        }
    }

    fn input(one: &str, two: Option<i32>) -> Input {
        Input {
            one: one.to_owned(),
            two,
        }
    }

    #[test]
    fn requests_are_the_same_when_everything_about_them_is() {
        let first = hash(&caller(), "m", &input("x", None));
        assert_eq!(hash(&caller(), "m", &input("x", None)), first);
        assert_ne!(hash(&caller(), "n", &input("x", None)), first);
        assert_ne!(hash(&caller(), "m", &input("y", None)), first);
        assert_ne!(hash(&caller(), "m", &input("x", Some(1))), first);
        let mut other = caller();
        other.purpose = "audit".into();
        assert_ne!(hash(&other, "m", &input("x", None)), first);
        let mut other = caller();
        other.principal.role = "manager".into();
        assert_ne!(hash(&other, "m", &input("x", None)), first);
        let mut other = caller();
        other.portal = Some(caller().principal);
        assert_ne!(hash(&other, "m", &input("x", None)), first);
    }

    #[test]
    fn keys_are_short_and_plain() {
        assert!(check("a").is_ok() && check(&"k".repeat(100)).is_ok());
        for bad in ["", "a\nb", "a\u{0}"] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        assert!(check(&"k".repeat(101)).is_err());
    }

    #[test]
    fn what_came_of_a_change_is_kept_whole() {
        let done = [
            Done::changed(Uuid::from_u128(1), vec![Uuid::from_u128(2)]),
            Done::refused(UserError::not_found("memberId")),
        ];
        for done in done {
            let text = serde_json::to_string(&done).expect("it can be written");
            assert_eq!(serde_json::from_str::<Done>(&text).expect("it can be read"), done);
        }
    }
}
