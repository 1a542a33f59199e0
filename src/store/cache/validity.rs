//! Up to which write what is kept of each authority holds.

use std::{cmp::Ordering, collections::HashMap, sync::Arc, time::Instant};

use chrono::NaiveDate;

use crate::store::{agencies::Agencies, rows::AuthorityRow};

/// The newest write of a family. Numbers rise with the commits in the life of one server of PostgreSQL; one that was restored, or took over from another, may
/// give the same number to another write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Written {
    pub(in crate::store) number: i64,
    /// The newest number that was drawn. One that is less than a number that is stored says that the next ones will not be greater than those before.
    pub(in crate::store) drawn: i64,
    pub(in crate::store) life: Life,
}

/// What must be the same for two numbers to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Life {
    /// Since when the server has run, in microseconds; nought for SQLite.
    pub(in crate::store) server: i64,
    /// A digest of the triggers that note writes: it is another one as soon as one of them was changed, also where it was changed back since.
    pub(in crate::store) triggers: i64,
}

/// The moment at which an operation sees the database.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Moment {
    pub(in crate::store) written: Written,
    /// How often its numbers were seen to run backwards.
    pub(in crate::store) lapses: u64,
    /// When it was begun, at the latest just before it saw anything.
    pub(in crate::store) began: Instant,
    pub(in crate::store) day: NaiveDate,
}

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
    life: Life,
    lapses: u64,
    /// When the number was first seen.
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
    pub(super) fn since(&mut self, settings: &AuthorityRow, moment: Moment) -> Since {
        let Moment {
            written,
            lapses,
            began,
            day,
        } = moment;
        if let Some(standing) = self.by_number.get(&settings.id)
            && standing.life == written.life
            && standing.lapses == lapses
            && standing.day == day
            && standing.settings == *settings
        {
            match standing.written.cmp(&written.number) {
                Ordering::Equal => return Since::Now(standing.view()),
                Ordering::Less => return Since::Earlier(standing.written),
                Ordering::Greater if began < standing.moved => return Since::Later,
                // Begun after somebody had seen more, and sees less: notes were taken away.
                Ordering::Greater => {}
            }
        }
        // Another life, day or settings, or nothing: all that is derived of them is forgotten.
        self.epoch += 1;
        let begun = Standing {
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

    /// Moves an authority on from one number to another. Says whether it stood at the first.
    pub(super) fn moved(&mut self, authority: i32, (from, to): (i64, i64), all: bool) -> bool {
        let Some(standing) = self
            .by_number
            .get_mut(&authority)
            .filter(|standing| standing.written == from)
        else {
            return false;
        };
        standing.written = to;
        standing.moved = Instant::now();
        if all {
            self.epoch += 1;
            standing.epoch = self.epoch;
            standing.agencies = None;
        }
        true
    }

    /// Whether an authority stands where an operation sees it.
    pub(super) fn stands(&self, view: &View) -> bool {
        self.by_number
            .get(&view.authority)
            .is_some_and(|standing| standing.view() == *view)
    }

    pub(super) fn agencies(&self, view: &View) -> Option<Arc<Agencies>> {
        let standing = self
            .by_number
            .get(&view.authority)
            .filter(|standing| standing.view() == *view)?;
        standing.agencies.clone()
    }

    pub(super) fn put_agencies(&mut self, view: &View, agencies: &Arc<Agencies>) {
        if let Some(standing) = self.by_number.get_mut(&view.authority)
            && standing.view() == *view
        {
            standing.agencies = Some(Arc::clone(agencies));
        }
    }
}
