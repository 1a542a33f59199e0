//! The lists of the query root: which rows, in which order, seen as the asker sees them.
//!
//! First the families that the ceiling could reach are read with what the filter and the ordering look at, and every row is decided; what of the filter is
//! decided alike for all of them, the database answers ([`crate::store::narrow`]). Then what the operation wants of the page's families is read. The number of statements does not depend on the number of rows.

mod consents;
mod criteria_matches;
mod emergency_accesses;
mod families;
mod list;
mod meetings;
mod members;
mod outcomes;
mod plans;
mod todo;

use std::{collections::HashMap, ops::Bound, sync::Arc};

use async_graphql::Context;
use uuid::Uuid;

pub(in crate::graphql) use self::{
    consents::{ConsentFilter, ConsentOrder, ConsentSelect},
    criteria_matches::{CriteriaMatchFilter, CriteriaMatchOrder, CriteriaMatchSelect},
    emergency_accesses::{EmergencyAccessFilter, EmergencyAccessOrder, EmergencyAccessSelect},
    families::{FamilyFilter, FamilyOrder, FamilySelect},
    meetings::{TafMeetingFilter, TafMeetingOrder, TafMeetingSelect},
    members::{MemberFilter, MemberOrder, MemberSelect},
    outcomes::{OutcomeFilter, OutcomeOrder, OutcomeSelect},
    plans::{PlanFilter, PlanOrder, PlanSelect},
    todo::{TodoFilter, TodoOrder, TodoSelect},
};
use super::{
    api_error::ApiError,
    context::Request,
    cursor::{self, SortKey},
    objects::Entry,
    page::{self, Order, Page, PageArguments},
};
use crate::{
    catalogue,
    sharing::{
        agreement::Access,
        category::CategorySet,
        ceiling::Ceiling,
        grant::Shared,
        register::{self, FieldId},
    },
    store::{
        dossier::{Dossier, Wants},
        reach::{FamilySet, Reach, Window},
    },
};

/// The most families that are read in one stretch.
const MOST_AT_ONCE: usize = 1024;

/// What a filter and an ordering ask of the rows of a list.
pub(super) trait Select: Sized + Send + Sync {
    /// The rows.
    type Row: Entry;

    /// The count of all rows in the register: a page that counts reads them all.
    const TOTAL: FieldId;

    /// Tables that it looks at besides the row's own.
    fn wants(&self) -> Wants;

    /// Has the database answer what it may of the filter, and takes that out of it: what is decided alike for all families of the reach.
    fn narrow(&mut self, _: &mut Reach, _: &Ceiling) {}

    /// Whether a row passes, as the asker sees it.
    fn passes(&self, row: &Self::Row) -> bool;

    /// Of the rows that pass, those that are meant: all, unless only one can be.
    fn meant(&self, rows: Vec<Self::Row>) -> Vec<Self::Row> {
        rows
    }

    /// The reference that a row's family must have, where that is known: so that no other family is read.
    fn reference(&self) -> Option<&str> {
        None
    }

    /// What a row is ordered by, as the asker sees it.
    fn by(&self, row: &Self::Row) -> Option<SortKey>;

    /// The list and order that cursors belong to.
    fn order(&self) -> Order;

    /// The fields that the filter looks at.
    fn filters(&self) -> Vec<FieldId>;

    /// The field that the ordering looks at.
    fn orders(&self) -> Option<FieldId>;

    /// The criterion that a row must have or meet, as the catalogue writes it.
    fn criterion(&self) -> Option<String> {
        None
    }

    /// The fields that it looks at.
    fn looks_at(&self) -> Vec<FieldId> {
        self.filters().into_iter().chain(self.orders()).collect()
    }

    /// Categories of what passing tells of a row, besides those of the fields that are looked at: who meets a criterion is told by whoever is in the list.
    fn also_tells(&self) -> CategorySet {
        let criterion = self.criterion();
        criterion.map_or(CategorySet::EMPTY, |code| catalogue::categories_of_criterion(&code))
    }

    /// Whether the filter asks for something that the ceiling could never give: then no row passes it, and how many do is not an answer to it.
    fn is_beyond(&self, ceiling: &Ceiling) -> bool {
        let within = self.filters().into_iter().all(|field| ceiling.covers(field));
        !(within && ceiling.categories(Access::Read).covers(self.also_tells()))
    }

    /// The rows of one family that exist for the asker.
    fn rows(dossier: &Arc<Dossier>) -> Vec<Self::Row>;
}

/// A page of a list of the query root.
pub(super) async fn page<S: Select>(
    ctx: &Context<'_>,
    root: FieldId,
    mut select: S,
    arguments: PageArguments,
) -> Result<Shared<Page<S::Row>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, root) {
        return Ok(withheld);
    }
    let mut reach = Reach::of(&request.ceiling, S::Row::EXISTENCE, request.session.today());
    if let Some(reference) = select.reference() {
        reach = reach.with_reference(reference);
    }
    let used = select.looks_at().into_iter().fold(select.also_tells(), |used, field| {
        used.union(register::get(field).categories)
    });
    let order = select.order();
    let beyond = select.is_beyond(&request.ceiling);
    if request.services.narrows {
        select.narrow(&mut reach, &request.ceiling);
    }
    let wants = request.wants.and(select.wants());
    // A page from the front in the order of the keys needs no other rows than its own, unless they are to be counted.
    let in_order = select.looks_at().is_empty() && arguments.last.is_none() && arguments.before.is_none();
    if in_order && !request.used.contains(S::TOTAL) {
        let rows = first_rows::<S>(request, &reach, &order, wants, &arguments).await?;
        let page = Page::of(request, rows, &order, |_| None, used, &arguments)?;
        return Ok(Shared::rows(&request.ceiling, root, || page));
    }
    // Of one family everything is read at once; of many only what tells which of them are on the page.
    let only = select.reference().is_some();
    let looked_at = if only { wants } else { select.wants() };
    let looked_at = if request.services.narrows {
        looked_at
    } else {
        looked_at.deciding_anything()
    };
    let families = FamilySet::Reach(reach);
    let found = if only {
        let passes = |dossier: &Arc<Dossier>| S::rows(dossier).iter().any(|row| select.passes(row));
        request.named(&families, looked_at, &passes).await?
    } else {
        request.session.dossiers(&request.ceiling, &families, looked_at).await?
    };
    let rows = found
        .iter()
        .flat_map(S::rows)
        .filter(|row| select.passes(row))
        .collect();
    let mut page = Page::of(
        request,
        select.meant(rows),
        &order,
        |row| select.by(row),
        used,
        &arguments,
    )?;
    page.uncounted = beyond;
    if only {
        return Ok(Shared::rows(&request.ceiling, root, || page));
    }
    let mut families: Vec<Uuid> = page.edges.iter().map(|(_, row)| row.row().grant().family()).collect();
    families.sort_unstable();
    families.dedup();
    let read = request
        .session
        .dossiers(&request.ceiling, &FamilySet::Keys(families), wants)
        .await?;
    let mut by_key: HashMap<Uuid, S::Row> = read.iter().flat_map(S::rows).map(|row| (row.key(), row)).collect();
    // The same transaction gives the same rows.
    let edges = page.edges.into_iter();
    page.edges = edges
        .filter_map(|(cursor, row)| Some((cursor, by_key.remove(&row.key())?)))
        .collect();
    Ok(Shared::rows(&request.ceiling, root, || page))
}

/// At least as many rows as the page has and one more, where there are so many: read by stretches of families that grow, so that few are read
/// in vain and the number of statements stays small even where most rows do not exist for the asker.
async fn first_rows<S: Select>(
    request: &Request,
    reach: &Reach,
    order: &Order,
    wants: Wants,
    arguments: &PageArguments,
) -> Result<Vec<S::Row>, ApiError> {
    let size = page::size(arguments.first)?;
    let list = order.list();
    let after = arguments
        .after
        .as_ref()
        .map(|after| cursor::open(request, &list, after))
        .transpose()?;
    let passed = |row: &S::Row| {
        after
            .as_ref()
            .is_none_or(|after| (row.row().grant().family(), row.key()) > (after.family, after.row))
    };
    let mut from = after.as_ref().map(|after| Bound::Included(after.family));
    // The family of a cursor is one that was named, and may be hidden, or not be there any more.
    let mut beside = after.as_ref().map(|after| after.family);
    let mut limit = size + 1;
    let mut rows = Vec::new();
    loop {
        let window = Window {
            reach: reach.clone(),
            from,
            limit: limit as u64,
            beside,
        };
        let found = request
            .session
            .dossiers(&request.ceiling, &FamilySet::Window(window), wants)
            .await?;
        rows.extend(found.iter().flat_map(S::rows).filter(|row| passed(row)));
        let named = beside.take();
        let at = named.and_then(|named| found.iter().find(|dossier| dossier.key() == named));
        if let Some(named) = named {
            let given = |dossier: &Arc<Dossier>| !S::rows(dossier).is_empty();
            if !at.is_some_and(given) {
                request.read_dummies(reach, named, at.is_none(), wants, &given).await?;
            }
        }
        match found.last() {
            Some(end) if rows.len() <= size && found.len() - usize::from(at.is_some()) == limit => {
                from = Some(Bound::Excluded(end.key()));
                limit = (limit * 4).min(MOST_AT_ONCE);
            }
            _ => return Ok(rows),
        }
    }
}
