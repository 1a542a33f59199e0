//! Finding what is to be changed, together with what permits it. What is not there, may not be seen or may not be written is one and the same: none.
//! Nothing is disclosed yet.

use std::sync::Arc;

use super::changed::{categories_of, find};
use crate::{
    graphql::{
        api_error::ApiError,
        context::Request,
        ids::{Key, Kind},
        objects::{Entry, Marker},
    },
    sharing::{facts::RowFacts, permit::Permit, register::FieldId},
    store::dossier::{Dossier, Wants},
};

/// The family of a marker that exists for the asker, of which this mutation may write.
pub(super) async fn marked(
    request: &Request,
    key: Key,
    mutation: FieldId,
) -> Result<Option<(Arc<Dossier>, Permit)>, ApiError> {
    if key.kind != Kind::Marker {
        return Ok(None);
    }
    let permitted = |dossier: &Arc<Dossier>| {
        Marker::seen(dossier)?;
        // What is written to is the family's marker, which comes from no agency.
        let permit = dossier.grant.may_write(categories_of(mutation), &RowFacts::family());
        permit.ok()
    };
    let holds = |dossier: &Arc<Dossier>| permitted(dossier).is_some();
    let found = request.named_one(key.row, Wants::default(), &holds).await?;
    Ok(found.and_then(|dossier| {
        let permit = permitted(&dossier)?;
        Some((dossier, permit))
    }))
}

/// A row of a family that exists for the asker, and that this mutation may write.
pub(super) async fn row<E: Entry>(
    request: &Request,
    key: Key,
    kind: Kind,
    mutation: FieldId,
) -> Result<Option<(Arc<Dossier>, E, Permit)>, ApiError> {
    let permit = |entry: &E| entry.row().may_write(categories_of(mutation)).ok();
    let found = find::<E>(request, key, kind, |_, entry| permit(entry).is_some()).await?;
    Ok(found.and_then(|(dossier, entry)| {
        let permit = permit(&entry)?;
        Some((dossier, entry, permit))
    }))
}
