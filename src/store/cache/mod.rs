//! What was read of families and is still so: kept in memory, so that it need not be read again.
//!
//! The database itself numbers every write of a family in the order of the commits (`family_written`). An operation reads, in its own transaction, the newest number that
//! it sees; only what was read at that very number, or of families that were not written since, is used. So an operation finds here what its own statements would
//! bring, as of its own moment, whoever wrote what. What is kept stays locked up, nothing is decided here, and grants are made anew for every
//! operation (docs/decisions/0031).

mod bounded;
mod proof;
mod standing;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_lc_rs::digest;
use sea_orm::Value;
use uuid::Uuid;

pub use self::proof::Unproved;
use self::{
    bounded::{Bounded, Size},
    standing::Authorities,
};
pub(super) use self::{
    proof::{Holds, Proof},
    standing::{Life, Moment, Since, View, Written},
};
use super::{
    agencies::Agencies,
    dossier::{FamilyRecord, Locked, Tables},
    needed::Needed,
};
use crate::{
    records::{AuthorityRow, TableSet},
    sharing::{category::CategorySet, facts::FamilyFacts},
};

/// What was read of one family. All of it is derived from the database, the day and the authority's settings, and from nothing of who asked but what
/// [`Shape`] says.
#[derive(Debug)]
pub(super) struct CachedFamily {
    /// The facts; their moment is that of whoever read them.
    pub(super) facts: FamilyFacts,
    pub(super) family: Locked<FamilyRecord>,
    pub(super) tables: Arc<Tables>,
}

impl Size for Arc<CachedFamily> {
    fn bytes(&self) -> usize {
        // With the facts, which hold the people and the decisions about consent once more, and its place.
        let facts = 100 * (self.facts.people.len() + 2 * self.facts.consents.len());
        1_500 + facts + self.tables.bytes()
    }
}

impl Size for Arc<[Uuid]> {
    fn bytes(&self) -> usize {
        200 + size_of_val(&**self)
    }
}

/// What was asked for when something was read: what was read in another shape may lack rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    pub(super) tables: TableSet,
    pub(super) needed: Needed,
    /// The agencies whose involvements are read, where not all are.
    pub(super) agencies: Option<Vec<Uuid>>,
    /// The kinds of agency and the categories for which decisions about consent are read, where not all are.
    pub(super) consents: Option<(Vec<String>, CategorySet)>,
}

/// How many families were taken from here, and how many were read although they may have been here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Families that were in the cache, and given.
    pub cached: u64,
    /// Families that had to be read: those that exist for the asker and were not in the cache, and all that do not.
    pub read: u64,
}

/// The cache of families, of all authorities. Bounded.
#[derive(Debug)]
pub(super) struct FamilyCache {
    most: usize,
    kept: Mutex<Kept>,
    proof: Proof,
    cached: AtomicU64,
    read: AtomicU64,
}

/// What a family takes, about, in bytes.
const FAMILY: usize = 5_000;
/// What a list takes, about, in bytes.
const LIST: usize = 500;
/// More shapes than partners have use for: beyond it everything is forgotten.
const SHAPES: usize = 256;
/// More families than this of one statement are not kept as a list.
const LONGEST: usize = 256;

/// A statement that picks out families, with its values, as a digest.
pub(super) type Asked = [u8; 32];

/// The digest of a statement with its values, which may be personal data, and with the family beside which others are asked for.
pub(super) fn asked(text: &str, values: &[Value], beside: Option<Uuid>) -> Asked {
    let mut digest = digest::Context::new(&digest::SHA256);
    digest.update(text.as_bytes());
    // Texts in it stand between quotes, so that two lists of values never look alike.
    digest.update(format!("{values:?} {beside:?}").as_bytes());
    let mut asked = Asked::default();
    asked.copy_from_slice(digest.finish().as_ref());
    asked
}

#[derive(Debug)]
struct Kept {
    authorities: Authorities,
    shapes: HashMap<Shape, usize>,
    /// By authority, number of the shape and key; each under the epoch of its authority.
    families: Bounded<(i32, usize, Uuid), u64, Arc<CachedFamily>>,
    /// Which families a statement picked out at a certain moment.
    lists: Bounded<(i32, Asked), View, Arc<[Uuid]>>,
}

impl Kept {
    fn get(&self, view: &View, shape: &Shape, keys: &[Uuid]) -> Vec<Option<Arc<CachedFamily>>> {
        let shape = self
            .shapes
            .get(shape)
            .filter(|_| self.authorities.stands(view))
            .copied();
        let Some(shape) = shape else {
            return vec![None; keys.len()];
        };
        let place = |key: &Uuid| (view.authority, shape, *key);
        let kept = |key: &Uuid| self.families.get(&view.epoch, &place(key));
        keys.iter().map(kept).collect()
    }

    fn put(&mut self, view: &View, shape: &Shape, read: &[Arc<CachedFamily>], most: usize) {
        if !self.authorities.stands(view) {
            return;
        }
        if self.shapes.len() >= SHAPES && !self.shapes.contains_key(shape) {
            self.shapes.clear();
            self.families = Bounded::new(most, FAMILY);
        }
        let next = self.shapes.len();
        let shape = *self.shapes.entry(shape.clone()).or_insert(next);
        for family in read {
            let place = (view.authority, shape, family.facts.family);
            self.families.put(view.epoch, place, Arc::clone(family));
        }
    }
}

impl FamilyCache {
    /// Keeps families of about so many bytes; none, if that is nought.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::new(Kept {
                authorities: Authorities::default(),
                shapes: HashMap::new(),
                families: Bounded::new(most, FAMILY),
                lists: Bounded::new(most / 16, LIST),
            }),
            proof: Proof::default(),
            cached: AtomicU64::default(),
            read: AtomicU64::default(),
        }
    }

    /// Whether the database is known to note what is written.
    pub(super) fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Whether nothing is kept.
    pub(super) fn keeps_nothing(&self) -> bool {
        self.most == 0
    }

    /// How often something was found.
    pub(super) fn found(&self) -> Found {
        Found {
            cached: self.cached.load(Ordering::Relaxed),
            read: self.read.load(Ordering::Relaxed),
        }
    }

    /// How what is kept of an authority stands to an operation of this moment.
    pub(super) fn since(&self, settings: &AuthorityRow, moment: Moment) -> Since {
        self.lock().authorities.since(settings, moment)
    }

    /// Forgets the families that were written from one number to another, or all of the authority, if it is not known which; nothing, if somebody else has done so.
    pub(super) fn forget(&self, authority: i32, (from, to): (i64, i64), families: Option<&[Uuid]>) {
        let kept = &mut *self.lock();
        if !kept.authorities.moved(authority, (from, to), families.is_none()) {
            return;
        }
        for family in families.into_iter().flatten() {
            for shape in 0..kept.shapes.len() {
                kept.families.forget(&(authority, shape, *family));
            }
        }
    }

    /// What is kept for an operation, in the order of the keys that it asks for. Nothing, if the authority stands elsewhere by now.
    pub(super) fn get(&self, view: &View, shape: &Shape, keys: &[Uuid]) -> Vec<Option<Arc<CachedFamily>>> {
        self.lock().get(view, shape, keys)
    }

    /// Counts the families that an operation took from here, and those that it read.
    pub(super) fn count(&self, cached: usize, read: usize) {
        self.cached.fetch_add(cached as u64, Ordering::Relaxed);
        self.read.fetch_add(read as u64, Ordering::Relaxed);
    }

    /// Keeps what an operation has read, if the authority still stands where the operation sees it. A load of families that would push out all others is not kept.
    pub(super) fn put(&self, view: &View, shape: &Shape, read: &[Arc<CachedFamily>]) {
        let bytes: usize = read.iter().map(Size::bytes).sum();
        if bytes <= self.most / 2 {
            self.with(|kept| kept.put(view, shape, read, self.most));
        }
    }

    /// What is forgotten on the way goes when nobody waits for the lock any more.
    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        let mut kept = self.lock();
        let done = work(&mut kept);
        let forgotten = kept.families.take_forgotten();
        drop(kept);
        drop(forgotten);
        done
    }

    /// The families that a statement picked out at the same moment.
    pub(super) fn list(&self, view: &View, asked: Asked) -> Option<Arc<[Uuid]>> {
        self.lock().lists.get(view, &(view.authority, asked))
    }

    /// Keeps which families a statement has picked out, unless they are many.
    pub(super) fn put_list(&self, view: &View, asked: Asked, keys: &[Uuid]) {
        if keys.len() <= LONGEST {
            let mut kept = self.lock();
            kept.lists.put(*view, (view.authority, asked), keys.into());
            let forgotten = kept.lists.take_forgotten();
            drop(kept);
            drop(forgotten);
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
