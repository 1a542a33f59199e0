//! The versions of the agreements of the asker's authority.

use std::sync::Arc;

use async_graphql::ID;
use uuid::Uuid;

use super::{api_error::ApiError, context::Request, ids::Kind, objects::Agreement};

/// Every version of the agreements, as the operation sees them.
pub(super) async fn all(request: &Request) -> Result<Vec<Agreement>, ApiError> {
    let agencies = request.session.agencies().await?;
    let today = request.session.today();
    let stored = request.policies.stored.iter();
    Ok(stored
        .map(|stored| Agreement {
            in_force: request
                .policies
                .policy
                .in_force(today)
                .any(|agreement| *agreement == stored.agreement),
            agencies: Arc::clone(agencies),
            stored: stored.clone(),
        })
        .collect())
}

/// The version with that id, or without one the newest that is in force.
pub(super) async fn one(request: &Request, id: Option<ID>) -> Result<Option<Agreement>, ApiError> {
    match id {
        None => Ok(all(request).await?.into_iter().rfind(|agreement| agreement.in_force)),
        Some(id) => {
            let key = request.key(&id)?;
            if key.kind == Kind::Agreement {
                by_key(request, key.row).await
            } else {
                Ok(None)
            }
        }
    }
}

/// The version of an agreement with that key.
pub(super) async fn by_key(request: &Request, key: Uuid) -> Result<Option<Agreement>, ApiError> {
    Ok(all(request)
        .await?
        .into_iter()
        .find(|agreement| agreement.stored.key == key))
}
