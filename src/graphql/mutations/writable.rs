//! Finding what is to be changed, together with what permits it. What is not there, may not be seen or may not be written is one and the same refusal,
//! and one entry of the trail, so that neither tells them apart. Nothing is disclosed yet.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    changed::{categories_of, not_found},
    idempotency::Stopped,
    user_error::UserError,
};
use crate::{
    graphql::{
        context::Request,
        ids::{Key, Kind},
        node,
        objects::{Entry, Family, Marker},
        wants,
    },
    records::TableSet,
    sharing::{facts::RowFacts, permit::Permit, register::FieldId},
    store::{
        agencies::Agencies,
        dossier::{Dossier, Wants},
    },
};

/// What an input names: the id, and the field of the input that holds it.
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub(super) key: Key,
    pub(super) field: &'static str,
}

/// The agency with a code.
pub(super) fn agency(agencies: &Agencies, field: &str, code: &str) -> Result<Uuid, Vec<UserError>> {
    let agency = agencies.by_code(code).map(|agency| agency.id);
    agency.ok_or_else(|| vec![UserError::not_found(field)])
}

/// The family of a marker that exists for the asker, of which this mutation may write.
pub(super) async fn marked(
    request: &Request,
    named: Named,
    mutation: FieldId,
) -> Result<(Arc<Dossier>, Permit), Stopped> {
    let permit = |dossier: &Arc<Dossier>| {
        Marker::seen(dossier)?;
        // What is written to is the family's marker, which comes from no agency.
        let permit = dossier.grant.may_write(categories_of(mutation), &RowFacts::family());
        permit.ok()
    };
    let is = named.key.kind == Kind::Marker;
    one(request, named, is, named.key.row, Wants::default(), permit).await
}

/// A family that exists for the asker, with some of its tables, for which there is such a permit.
pub(super) async fn family(
    request: &Request,
    named: Named,
    wants: Wants,
    permit: impl Fn(&Dossier) -> Option<Permit> + Send + Sync,
) -> Result<(Arc<Dossier>, Permit), Stopped> {
    let permit = |dossier: &Arc<Dossier>| {
        Family::of(dossier)?;
        permit(dossier)
    };
    let is = named.key.kind == Kind::Family;
    one(request, named, is, named.key.row, wants, permit).await
}

/// A row of a family that exists for the asker, and that this mutation may write, where that is all that is asked.
pub(super) async fn row<E: Entry>(
    request: &Request,
    named: Named,
    kind: Kind,
    mutation: FieldId,
) -> Result<(Arc<Dossier>, E, Permit), Stopped> {
    let permit = |_: &Dossier, entry: &E| entry.row().may_write(categories_of(mutation)).ok();
    row_with(request, named, kind, TableSet::EMPTY, permit).await
}

/// A row of a family that exists for the asker, with more of the family's tables, for which there is such a permit.
pub(super) async fn row_with<E: Entry>(
    request: &Request,
    named: Named,
    kind: Kind,
    more: TableSet,
    permit: impl Fn(&Dossier, &E) -> Option<Permit> + Send + Sync,
) -> Result<(Arc<Dossier>, E, Permit), Stopped> {
    let row = |dossier: &Arc<Dossier>| {
        let row = node::row::<E>(dossier, named.key.row)?;
        let permit = permit(dossier, &row)?;
        Some((row, permit))
    };
    let wants = Wants::default().with(wants::table_of(kind).union(more));
    let (dossier, (row, permit)) = one(request, named, named.key.kind == kind, named.key.family, wants, row).await?;
    Ok((dossier, row, permit))
}

/// One family, and what is found in it.
async fn one<T>(
    request: &Request,
    named: Named,
    is: bool,
    family: Uuid,
    wants: Wants,
    found: impl Fn(&Arc<Dossier>) -> Option<T> + Send + Sync,
) -> Result<(Arc<Dossier>, T), Stopped> {
    let refused = || Stopped::Refused(not_found(request, named.field, named.key));
    if !is {
        return Err(refused());
    }
    let holds = |dossier: &Arc<Dossier>| found(dossier).is_some();
    let dossier = request.named_one(family, wants, &holds).await?.ok_or_else(refused)?;
    let what = found(&dossier).ok_or_else(refused)?;
    Ok((dossier, what))
}
