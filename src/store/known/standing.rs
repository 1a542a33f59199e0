//! Up to which write what is kept of each authority holds.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::NaiveDate;

use crate::store::{agencies::Agencies, rows::AuthorityRow};

/// An operation that sees less than others saw so long ago does not see an older moment: the database has been put back.
const PUT_BACK: Duration = Duration::from_mins(1);

/// How what is kept of an authority stands to an operation.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) enum Since {
    /// At the same moment.
    Now(View),
    /// At an earlier one: what was written from this number on has to be forgotten first.
    Earlier(i64),
    /// At a later one: nothing of it is for this operation.
    Later,
}

/// The moment at which an operation sees an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct View {
    pub(super) authority: i32,
    pub(super) written: i64,
    /// What was kept under another is forgotten.
    pub(super) epoch: u64,
}

#[derive(Debug)]
struct Standing {
    written: i64,
    moved: Instant,
    epoch: u64,
    day: NaiveDate,
    settings: AuthorityRow,
    agencies: Option<Arc<Agencies>>,
}

impl Standing {
    fn view(&self) -> View {
        View {
            authority: self.settings.id,
            written: self.written,
            epoch: self.epoch,
        }
    }
}

/// All authorities of which something may be kept.
#[derive(Debug, Default)]
pub(super) struct Authorities {
    by_number: HashMap<i32, Standing>,
    /// Rises whenever all of an authority is forgotten.
    epoch: u64,
}

impl Authorities {
    pub(super) fn since(&mut self, settings: &AuthorityRow, written: i64, day: NaiveDate) -> Since {
        if let Some(known) = self.by_number.get(&settings.id)
            && known.day == day
            && known.settings == *settings
        {
            match known.written.cmp(&written) {
                std::cmp::Ordering::Equal => return Since::Now(known.view()),
                std::cmp::Ordering::Less => return Since::Earlier(known.written),
                std::cmp::Ordering::Greater if known.moved.elapsed() < PUT_BACK => return Since::Later,
                std::cmp::Ordering::Greater => {}
            }
        }
        // Another day, other settings, or nothing: all that is derived of them is forgotten.
        self.epoch += 1;
        let begun = Standing {
            written,
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

    /// Moves an authority on from one number to another. Says whether it stood at the first.
    pub(super) fn moved(&mut self, authority: i32, (from, to): (i64, i64), all: bool) -> bool {
        let Some(known) = self.by_number.get_mut(&authority).filter(|known| known.written == from) else {
            return false;
        };
        known.written = to;
        known.moved = Instant::now();
        if all {
            self.epoch += 1;
            known.epoch = self.epoch;
            known.agencies = None;
        }
        true
    }

    /// Whether an authority stands where an operation sees it.
    pub(super) fn stands(&self, view: &View) -> bool {
        self.by_number
            .get(&view.authority)
            .is_some_and(|known| known.view() == *view)
    }

    pub(super) fn agencies(&self, view: &View) -> Option<Arc<Agencies>> {
        let known = self
            .by_number
            .get(&view.authority)
            .filter(|known| known.view() == *view)?;
        known.agencies.clone()
    }

    pub(super) fn put_agencies(&mut self, view: &View, agencies: &Arc<Agencies>) {
        if let Some(known) = self.by_number.get_mut(&view.authority)
            && known.view() == *view
        {
            known.agencies = Some(Arc::clone(agencies));
        }
    }
}
