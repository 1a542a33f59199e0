//! What was read of families and is still so: kept in memory, so that it need not be read again.
//!
//! The database itself numbers every write of a family in the order of the commits (`family_written`). An operation reads, in its own transaction, the newest number that
//! it sees; only what was read at that very number, or of families that were not written since, is used. So an operation finds here what its own statements would
//! bring, as of its own moment, whoever wrote what. What is kept stays locked up, nothing is decided here, and grants are made anew for every
//! operation (docs/decisions/0031).

mod bounded;
mod standing;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use chrono::NaiveDate;
use uuid::Uuid;

pub(super) use self::standing::{Since, View};
use self::{bounded::Bounded, standing::Authorities};
use super::{
    agencies::Agencies,
    dossier::{FamilyRecord, Locked, Tables, Wants},
    facts::Needed,
    rows::AuthorityRow,
};
use crate::sharing::{category::CategorySet, facts::FamilyFacts};

/// What was read of one family. All of it is derived from the database, the day and the authority's settings, and from nothing of who asked but what
/// [`Shape`] says.
#[derive(Debug)]
pub(super) struct KnownFamily {
    /// The facts; their moment is that of whoever read them.
    pub(super) facts: FamilyFacts,
    pub(super) family: Locked<FamilyRecord>,
    pub(super) tables: Arc<Tables>,
}

/// What was asked for when something was read: what was read in another shape may lack rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    pub(super) wants: Wants,
    pub(super) needed: Needed,
    /// The agencies whose involvements are read, where not all are.
    pub(super) agencies: Option<Vec<Uuid>>,
    /// The kinds of agency and the categories for which decisions about consent are read, where not all are.
    pub(super) consents: Option<(Vec<String>, CategorySet)>,
}

/// How often something was found here, and how often it was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Families that were known.
    pub known: u64,
    /// Families that had to be read.
    pub read: u64,
}

/// The families that are known, of all authorities. Bounded.
#[derive(Debug)]
pub(super) struct KnownFamilies {
    most: usize,
    kept: Mutex<Kept>,
    known: AtomicU64,
    read: AtomicU64,
}

#[derive(Debug)]
struct Kept {
    authorities: Authorities,
    families: Bounded,
}

impl KnownFamilies {
    /// Keeps at most so many families; none, if that is nought.
    pub(super) fn new(most: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Self {
            most,
            kept: Mutex::new(Kept {
                authorities: Authorities::default(),
                families: Bounded::new(most),
            }),
            known: AtomicU64::default(),
            read: AtomicU64::default(),
        }
    }

    /// Whether nothing is kept.
    pub(super) fn keeps_nothing(&self) -> bool {
        self.most == 0
    }

    /// How often something was found.
    pub(super) fn found(&self) -> Found {
        Found {
            known: self.known.load(Ordering::Relaxed),
            read: self.read.load(Ordering::Relaxed),
        }
    }

    /// How what is kept of an authority stands to an operation that sees this number.
    pub(super) fn since(&self, settings: &AuthorityRow, written: i64, day: NaiveDate) -> Since {
        self.lock().authorities.since(settings, written, day)
    }

    /// Forgets the families that were written from one number to another, or all of the authority, if it is not known which; nothing, if somebody else has done so.
    pub(super) fn forget(&self, authority: i32, (from, to): (i64, i64), families: Option<&[Uuid]>) {
        let kept = &mut *self.lock();
        if !kept.authorities.moved(authority, (from, to), families.is_none()) {
            return;
        }
        for family in families.into_iter().flatten() {
            kept.families.forget(authority, *family);
        }
    }

    /// What is kept for an operation, in the order of the keys that it asks for. Nothing, if the authority stands elsewhere by now.
    pub(super) fn get(&self, view: &View, shape: &Shape, keys: &[Uuid]) -> Vec<Option<Arc<KnownFamily>>> {
        let kept = &mut *self.lock();
        if !kept.authorities.stands(view) {
            return vec![None; keys.len()];
        }
        let known = kept.families.get(view, shape, keys);
        let found = known.iter().flatten().count() as u64;
        self.known.fetch_add(found, Ordering::Relaxed);
        self.read.fetch_add(keys.len() as u64 - found, Ordering::Relaxed);
        known
    }

    /// Keeps what an operation has read, if the authority still stands where the operation sees it. A load of families that would push out all others is not kept.
    pub(super) fn put(&self, view: &View, shape: &Shape, read: impl ExactSizeIterator<Item = Arc<KnownFamily>>) {
        if read.len() > self.most / 2 {
            return;
        }
        let kept = &mut *self.lock();
        if kept.authorities.stands(view) {
            kept.families.put(view, shape, read);
        }
    }

    /// The agencies that are kept for an operation.
    pub(super) fn agencies(&self, view: &View) -> Option<Arc<Agencies>> {
        self.lock().authorities.agencies(view)
    }

    /// Keeps the agencies that an operation has read.
    pub(super) fn put_agencies(&self, view: &View, agencies: &Arc<Agencies>) {
        self.lock().authorities.put_agencies(view, agencies);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
