//! A plan and what it is made of, as who may write it finds them.

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    graphql::{
        context::Request,
        ids::Kind,
        mutations::{
            changed::categories_of,
            idempotency::Stopped,
            writable::{self, Named},
        },
        objects::{Entry, Plan, visible},
    },
    records::{Table, TableSet},
    sharing::{permit::Permit, register::FieldId},
    store::dossier::Dossier,
};

/// What a plan is made of: its version tells of all of it.
pub(super) const PARTS: TableSet = TableSet::of(&[
    Table::Plan,
    Table::Goal,
    Table::Action,
    Table::Outcome,
    Table::WithoutGoal,
]);

/// A row of a plan that the caller may write, with the whole plan, of what they see.
pub(super) async fn part<E: Entry>(
    request: &Request,
    named: Named,
    kind: Kind,
    more: TableSet,
    mutation: FieldId,
) -> Result<(Arc<Dossier>, E, Permit), Stopped> {
    let permit = |_: &Dossier, entry: &E| entry.row().may_write(categories_of(mutation)).ok();
    writable::row_with(request, named, kind, PARTS.union(more), permit).await
}

/// The plan of a family with that key, as the caller sees it.
pub(super) fn plan_of(dossier: &Arc<Dossier>, key: Option<Uuid>) -> Option<Plan> {
    visible::<Plan>(dossier).find(|plan| Some(plan.row.key()) == key)
}
