//! Pages of rows: order, cursors, counts. What is withheld from the asker is null to an ordering, and comes last.

use std::{cmp::Ordering, sync::Arc};

use uuid::Uuid;

use super::{
    api_error::ApiError,
    codes::SortDirection,
    context::Request,
    cursor::{self, Position, SortKey},
    objects::Entry,
};
use crate::sharing::{category::CategorySet, grant::Disclosed};

/// The most rows of a page.
pub const MOST: usize = 100;
/// The most events of a page of a feed.
pub const LONGEST: usize = 500;
/// The rows of a page whose size is not said.
pub const USUAL: usize = 20;

/// Where a page begins and how long it is, as the arguments say.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
    /// So many from the beginning, or after a cursor.
    pub first: Option<i32>,
    /// After this row.
    pub after: Option<String>,
    /// So many from the end, or before a cursor.
    pub last: Option<i32>,
    /// Before this row.
    pub before: Option<String>,
}

/// How many rows a page has.
pub fn size(asked: Option<i32>) -> Result<usize, ApiError> {
    match asked {
        None => Ok(USUAL),
        Some(asked) => usize::try_from(asked)
            .ok()
            .filter(|size| (1..=MOST).contains(size))
            .ok_or(ApiError::BadUserInput(
                "The size of a page (first or last) must be from 1 to 100.",
            )),
    }
}

/// Where a row stands in a list: by what it is ordered by, then by its family and itself, which says nothing.
type Place<'a> = (Option<&'a SortKey>, Uuid, Uuid);

/// A row and what it is ordered by.
struct Placed<E> {
    row: E,
    by: Option<SortKey>,
}

impl<E: Entry> Placed<E> {
    fn place(&self) -> Place<'_> {
        (self.by.as_ref(), self.row.row().grant().family(), self.row.key())
    }
}

/// Which comes first: what is unknown comes last in both directions, and rows that are alike by their keys, so that every order is total.
fn compare(one: Place<'_>, other: Place<'_>, direction: SortDirection) -> Ordering {
    let by = match (one.0, other.0) {
        (Some(one), Some(other)) if direction == SortDirection::Descending => other.cmp(one),
        (Some(one), Some(other)) => one.cmp(other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    by.then((one.1, one.2).cmp(&(other.1, other.2)))
}

/// A page of rows.
pub struct Page<E> {
    /// The rows with where they stand.
    pub edges: Vec<(Position, E)>,
    /// The list and its order: what cursors are bound to.
    pub list: Arc<str>,
    /// Whether there are rows after it.
    pub next: bool,
    /// Whether there are rows before it.
    pub previous: bool,
    /// How many rows there are in all.
    pub total: usize,
    /// What the number of all rows discloses of each.
    pub counted: Arc<[Disclosed]>,
    /// Whether the filter asked for something beyond the ceiling, so that the number says nothing.
    pub uncounted: bool,
}

/// A list in one order, for cursors to belong to.
pub struct Order {
    /// Names the list and what it is ordered by.
    pub name: String,
    /// Which way.
    pub direction: SortDirection,
}

impl Order {
    /// What cursors of this list and order are bound to.
    pub fn list(&self) -> String {
        format!("{} {:?}", self.name, self.direction)
    }
}

impl<E: Entry> Page<E> {
    /// The page that the arguments ask for. `used` are the categories that a filter or ordering looked at: who is on the page, and how many
    /// there are, tells something of them.
    pub fn of(
        request: &Request,
        rows: Vec<E>,
        order: &Order,
        by: impl Fn(&E) -> Option<SortKey>,
        used: CategorySet,
        arguments: &PageArguments,
    ) -> Result<Self, ApiError> {
        let backwards = arguments.last.is_some() || (arguments.before.is_some() && arguments.first.is_none());
        if arguments.first.is_some() && arguments.last.is_some() {
            return Err(ApiError::BadUserInput("Ask for first or last, not for both."));
        }
        let size = size(if backwards { arguments.last } else { arguments.first })?;
        let list = order.list();
        let open = |cursor: &Option<String>| {
            cursor
                .as_ref()
                .map(|cursor| cursor::open(request, &list, cursor))
                .transpose()
        };
        let (after, before) = (open(&arguments.after)?, open(&arguments.before)?);

        let mut placed: Vec<_> = rows.into_iter().map(|row| Placed { by: by(&row), row }).collect();
        placed.sort_by(|one, other| compare(one.place(), other.place(), order.direction));
        let total = placed.len();
        let told = |row: &E| {
            let mut told = row.row().existence();
            told.categories = told.categories.union(used);
            told
        };
        let counted = placed.iter().map(|placed| told(&placed.row)).collect();
        let passed = |cursor: &Position, placed: &Placed<E>, want: Ordering| {
            let at = (cursor.by.as_ref(), cursor.family, cursor.row);
            compare(placed.place(), at, order.direction) == want
        };
        let mut range: Vec<_> = placed
            .into_iter()
            .filter(|placed| {
                after
                    .as_ref()
                    .is_none_or(|after| passed(after, placed, Ordering::Greater))
            })
            .filter(|placed| {
                before
                    .as_ref()
                    .is_none_or(|before| passed(before, placed, Ordering::Less))
            })
            .collect();
        let more = range.len() > size;
        if backwards {
            range.drain(..range.len().saturating_sub(size));
        } else {
            range.truncate(size);
        }
        let edges: Vec<_> = range
            .into_iter()
            .map(|placed| {
                let (family, row) = (placed.row.row().grant().family(), placed.row.key());
                let at = Position {
                    by: placed.by,
                    family,
                    row,
                };
                (at, placed.row)
            })
            .collect();
        for (_, row) in &edges {
            request.disclose(&told(row));
        }
        Ok(Self {
            edges,
            list: list.into(),
            next: if backwards { before.is_some() } else { more },
            previous: if backwards { more } else { after.is_some() },
            total,
            counted,
            uncounted: false,
        })
    }
}
