//! What all objects have whose rows belong to a family.

use std::sync::Arc;

use async_graphql::Context;
use uuid::Uuid;

use crate::{
    graphql::context::Request,
    sharing::{
        grant::{Linked, Shared, Visible},
        register::FieldId,
    },
    store::dossier::{Dossier, InTables},
};

/// An object type whose rows belong to a family.
pub trait Entry: Sized + Clone {
    /// Its row.
    type Row: Linked + InTables + 'static;
    /// The field whose categories say whether a row exists for the asker.
    const EXISTENCE: FieldId;

    /// The object of a visible row.
    fn new(dossier: Arc<Dossier>, row: Visible<Self::Row>) -> Self;

    /// The row.
    fn row(&self) -> &Visible<Self::Row>;

    /// The row's key.
    fn key(&self) -> Uuid {
        self.row().key()
    }
}

/// Every row of one family that exists for the asker. It discloses nothing yet.
pub(in crate::graphql) fn visible<E: Entry>(dossier: &Arc<Dossier>) -> impl Iterator<Item = E> {
    E::Row::of(&dossier.tables).iter().filter_map(move |row| {
        let row = dossier.grant.visible(E::EXISTENCE, row)?;
        Some(E::new(Arc::clone(dossier), row))
    })
}

/// The rows of one family that exist for the asker and that the answer shows.
pub(in crate::graphql) fn rows<E: Entry>(
    ctx: &Context<'_>,
    dossier: &Arc<Dossier>,
    shown: impl Fn(&E) -> bool,
) -> Vec<E> {
    let rows: Vec<E> = visible(dossier).filter(shown).collect();
    for row in &rows {
        Request::of(ctx).disclose(&row.row().existence());
    }
    rows
}

/// A value that is about nobody.
pub(super) fn told<T>(ctx: &Context<'_>, field: FieldId, value: impl FnOnce() -> T) -> Shared<T> {
    Shared::about_nobody(&Request::of(ctx).ceiling, field, value)
}
