//! Up to which write each authority's cached data is valid.

use std::{cmp::Ordering, collections::HashMap, sync::Arc, time::Instant};

use chrono::NaiveDate;

use crate::{records::AuthorityRow, store::agencies::Agencies};

/// The newest write of a family. Numbers rise in commit order during the life of one PostgreSQL server; one
/// that was restored, or promoted, may give the same number to another write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Written {
    pub(in crate::store) number: i64,
    /// The newest number drawn. If it is lower than a stored number, the next numbers will not be higher than
    /// earlier ones.
    pub(in crate::store) drawn: i64,
    pub(in crate::store) life: Life,
}

/// What must be equal for two numbers to be comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Life {
    /// The server's start time in microseconds; zero for SQLite.
    pub(in crate::store) server: i64,
    /// A digest of the triggers that note writes: it changes whenever one of them is changed, even if it is
    /// changed back.
    pub(in crate::store) triggers: i64,
}

/// An operation's snapshot of the database.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Moment {
    pub(in crate::store) written: Written,
    /// How often the numbers were seen to run backwards.
    pub(in crate::store) lapses: u64,
    /// When the operation began: at the latest just before it saw anything.
    pub(in crate::store) began: Instant,
    pub(in crate::store) day: NaiveDate,
}

/// How an authority's cached data relates to an operation.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) enum Since {
    /// It is of the same view.
    Now(View),
    /// It is older: families written from this number on must be invalidated first.
    Earlier(i64),
    /// It is newer: none of it is for this operation.
    Later,
}

/// An operation's view of an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct View {
    pub(super) authority: i32,
    pub(super) written: i64,
    /// Data cached in another epoch is invalid.
    pub(super) epoch: u64,
}

#[derive(Debug)]
struct CachedState {
    written: i64,
    life: Life,
    lapses: u64,
    /// When the number was first seen.
    moved: Instant,
    epoch: u64,
    day: NaiveDate,
    settings: AuthorityRow,
    agencies: Option<Arc<Agencies>>,
}

impl CachedState {
    fn view(&self) -> View {
        View {
            authority: self.settings.id,
            written: self.written,
            epoch: self.epoch,
        }
    }
}

/// All authorities with cached data.
#[derive(Debug, Default)]
pub(super) struct Authorities {
    by_number: HashMap<i32, CachedState>,
    /// Incremented whenever an authority's cached data is cleared.
    epoch: u64,
}

impl Authorities {
    pub(super) fn since(&mut self, settings: &AuthorityRow, moment: Moment) -> Since {
        let Moment {
            written,
            lapses,
            began,
            day,
        } = moment;
        if let Some(validity) = self.by_number.get(&settings.id)
            && validity.life == written.life
            && validity.lapses == lapses
            && validity.day == day
            && validity.settings == *settings
        {
            match validity.written.cmp(&written.number) {
                Ordering::Equal => return Since::Now(validity.view()),
                Ordering::Less => return Since::Earlier(validity.written),
                Ordering::Greater if began < validity.moved => return Since::Later,
                // It began after somebody had seen more, and sees less: notes were deleted.
                Ordering::Greater => {}
            }
        }
        // Another life, day or settings, or nothing cached: everything derived from them is invalid.
        self.epoch += 1;
        let begun = CachedState {
            written: written.number,
            life: written.life,
            lapses,
            moved: Instant::now(),
            epoch: self.epoch,
            day,
            settings: settings.clone(),
            agencies: None,
        };
        let view = begun.view();
        self.by_number.insert(settings.id, begun);
        Since::Now(view)
    }

    /// Moves an authority from one number to another. Returns whether it was at the first.
    pub(super) fn moved(&mut self, authority: i32, (from, to): (i64, i64), all: bool) -> bool {
        let Some(validity) = self
            .by_number
            .get_mut(&authority)
            .filter(|validity| validity.written == from)
        else {
            return false;
        };
        validity.written = to;
        validity.moved = Instant::now();
        if all {
            self.epoch += 1;
            validity.epoch = self.epoch;
            validity.agencies = None;
        }
        true
    }

    /// Whether an authority's cached data is of this view.
    pub(super) fn stands(&self, view: &View) -> bool {
        self.by_number
            .get(&view.authority)
            .is_some_and(|validity| validity.view() == *view)
    }

    pub(super) fn agencies(&self, view: &View) -> Option<Arc<Agencies>> {
        let validity = self
            .by_number
            .get(&view.authority)
            .filter(|validity| validity.view() == *view)?;
        validity.agencies.clone()
    }

    pub(super) fn put_agencies(&mut self, view: &View, agencies: &Arc<Agencies>) {
        if let Some(validity) = self.by_number.get_mut(&view.authority)
            && validity.view() == *view
        {
            validity.agencies = Some(Arc::clone(agencies));
        }
    }
}
