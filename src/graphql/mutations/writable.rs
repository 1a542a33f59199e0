//! Finding what is to be changed, together with what permits it. What is not there, may not be seen or may not be written is one and the same: none.
//! Nothing is disclosed yet.

use std::sync::Arc;

use super::{categories_of, dossier, find};
use crate::{
    audit::entry,
    graphql::{
        api_error::ApiError,
        context::{Request, Write},
        ids::{Key, Kind},
        objects::{Entry, Marker},
    },
    sharing::{decide::Permits, facts::RowFacts, register::FieldId},
    store::dossier::{Dossier, Wants},
};

/// The family of a marker that exists for the asker, of which this mutation may write.
pub(super) async fn marked(
    request: &Request,
    key: Key,
    mutation: FieldId,
) -> Result<Option<(Arc<Dossier>, Permits)>, ApiError> {
    if key.kind != Kind::Marker {
        return Ok(None);
    }
    let found = dossier(request, key.row, Wants::default()).await?;
    Ok(found
        .filter(|dossier| Marker::seen(dossier).is_some())
        .and_then(|dossier| {
            // What is written to is the family's marker, which comes from no agency.
            let permits = dossier.grant.may_write(categories_of(mutation), &RowFacts::family());
            Some((dossier, permits.ok()?))
        }))
}

/// A row of a family that exists for the asker, and that this mutation may write.
pub(super) async fn row<E: Entry>(
    request: &Request,
    key: Key,
    kind: Kind,
    mutation: FieldId,
) -> Result<Option<(Arc<Dossier>, E, Permits)>, ApiError> {
    let found = find::<E>(request, key, kind).await?;
    Ok(found.and_then(|(dossier, entry)| {
        let permits = entry.row().may_write(categories_of(mutation)).ok()?;
        Some((dossier, entry, permits))
    }))
}

/// What the trail says of a change of a family's rows.
pub(super) fn write(mutation: FieldId, family: uuid::Uuid, permits: Permits) -> Write {
    Write {
        kind: entry::Kind::Write,
        family: Some(family),
        person: None,
        clauses: permits.clauses,
        categories: categories_of(mutation),
        emergency: permits.emergency,
        loaded: None,
    }
}
