//! What changes of families' rows have in common: finding the row, and reading it again afterwards.

use std::sync::Arc;

use async_graphql::Context;
use uuid::Uuid;

use super::{
    idempotency::Done,
    user_error::{UserError, errors},
};
use crate::{
    graphql::{
        api_error::ApiError,
        context::Request,
        ids::{Key, Kind},
        node,
        objects::{Entry, rows},
        wants,
    },
    records::TableSet,
    sharing::{
        category::CategorySet,
        grant::Shared,
        register::{self, FieldId},
    },
    store::{
        dossier::{Dossier, Wants},
        reach::FamilySet,
        writing::{Deed, Written},
    },
};

/// The categories that a change writes, as the register says.
pub(super) fn categories_of(mutation: FieldId) -> CategorySet {
    register::get(mutation).categories
}

/// One family with the tables that are wanted of it.
pub(super) async fn dossier(request: &Request, family: Uuid, wants: Wants) -> Result<Option<Arc<Dossier>>, ApiError> {
    let families = FamilySet::Keys(vec![family]);
    let found = request.session.dossiers(&request.ceiling, &families, wants).await?;
    Ok(found.into_iter().next())
}

/// A row of a family, if it exists for the asker and may be changed. It discloses nothing yet.
pub(super) async fn find<E: Entry>(
    request: &Request,
    key: Key,
    kind: Kind,
    may: impl Fn(&Arc<Dossier>, &E) -> bool + Send + Sync,
) -> Result<Option<(Arc<Dossier>, E)>, ApiError> {
    find_with(request, key, kind, TableSet::EMPTY, may).await
}

/// The same, where the change needs more of the family's tables.
pub(super) async fn find_with<E: Entry>(
    request: &Request,
    key: Key,
    kind: Kind,
    more: TableSet,
    may: impl Fn(&Arc<Dossier>, &E) -> bool + Send + Sync,
) -> Result<Option<(Arc<Dossier>, E)>, ApiError> {
    if key.kind != kind {
        return Ok(None);
    }
    let row = |dossier: &Arc<Dossier>| node::row::<E>(dossier, key.row).filter(|row| may(dossier, row));
    let holds = |dossier: &Arc<Dossier>| row(dossier).is_some();
    let wants = Wants::default().with(wants::table_of(kind).union(more));
    let found = request.named_one(key.family, wants, &holds).await?;
    Ok(found.and_then(|dossier| {
        let row = row(&dossier)?;
        Some((dossier, row))
    }))
}

/// The refusal of a change of something that is not there, may not be seen or may not be written: one answer for all of these, and one
/// entry of the trail, so that neither tells them apart.
pub(super) fn not_found(request: &Request, field: &str, key: Key) -> Done {
    request.session.tried(Written {
        family: Some(key.family).filter(|family| !family.is_nil()),
        person: None,
        categories: CategorySet::EMPTY,
        clauses: Vec::new(),
        emergency: None,
        deed: Deed::Refused,
    });
    Done::refused(UserError::not_found(field))
}

/// What came of a change of a family's rows, with the family as it is after it.
pub(super) struct Changed {
    pub(super) done: Done,
    dossier: Option<Arc<Dossier>>,
}

impl Changed {
    /// Reads again what was changed: what is shown of it is decided on what holds now.
    pub(super) async fn read(request: &Request, done: Done, kind: Kind) -> Result<Self, ApiError> {
        let dossier = match done.family {
            Some(family) if !done.rows.is_empty() => {
                dossier(request, family, request.wants.with(wants::table_of(kind))).await?
            }
            _ => None,
        };
        Ok(Self { done, dossier })
    }

    /// What came of a change of which no row is shown.
    pub(super) fn nothing_to_show(done: Done) -> Self {
        Self { done, dossier: None }
    }

    /// The changed rows, of those that exist for the asker.
    pub(super) fn rows<E: Entry>(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Vec<E>> {
        Shared::rows(&Request::of(ctx).ceiling, shown, || {
            self.dossier.as_ref().map_or_else(Vec::new, |dossier| {
                rows(ctx, dossier, |row: &E| self.done.rows.contains(&row.key()))
            })
        })
    }

    /// The changed row, if it exists for the asker.
    pub(super) fn row<E: Entry>(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Option<E>> {
        self.rows(ctx, shown).map(|mut rows| rows.pop())
    }

    /// Why nothing was changed.
    pub(super) fn errors(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Vec<UserError>> {
        errors(ctx, shown, &self.done.errors)
    }
}
