//! The versions of the agreements of the asker's authority.

use async_graphql::ID;
use uuid::Uuid;

use super::{api_error::ApiError, context::Request, ids::Kind, objects::Agreement};

/// Every version of the agreements, as the operation sees them.
pub(super) fn all(request: &Request) -> Vec<Agreement> {
    let today = request.session.today();
    let stored = request.policies.stored.iter();
    stored
        .map(|stored| Agreement {
            in_force: request
                .policies
                .policy
                .in_force(today)
                .any(|agreement| *agreement == stored.agreement),
            stored: stored.clone(),
        })
        .collect()
}

/// The version with that id, or without one the newest that is in force.
pub(super) fn one(request: &Request, id: Option<ID>) -> Result<Option<Agreement>, ApiError> {
    match id {
        None => Ok(all(request).into_iter().rfind(|agreement| agreement.in_force)),
        Some(id) => {
            let key = request.key(&id)?;
            let named = key.kind == Kind::Agreement;
            Ok(named.then(|| by_key(request, key.row)).flatten())
        }
    }
}

/// The version of an agreement with that key.
pub(super) fn by_key(request: &Request, key: Uuid) -> Option<Agreement> {
    all(request).into_iter().find(|agreement| agreement.stored.key == key)
}
