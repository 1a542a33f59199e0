//! The cache of families: what was read and is still valid is kept in memory.
//!
//! The database itself numbers every write of a family in commit order (`family_written`). An operation
//! reads, in its own transaction, the newest number that it sees; only what was read at exactly that number,
//! or of families not written since, is used. So a cache hit is what the operation's own statements would
//! return in its own snapshot, whoever wrote what. Cached rows stay locked; nothing is decided here, and
//! grants are made for every operation (docs/decisions/0031).

mod bounded;
mod proof;
mod validity;

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

pub use self::proof::CacheDisabled;
use self::{
    bounded::{Bounded, Size},
    validity::Authorities,
};
pub(super) use self::{
    proof::{Holds, Proof},
    validity::{Life, Moment, Since, View, Written},
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

/// The cached data of one family. It is derived only from the database, the day and the authority's settings,
/// and from nothing about the caller except what [`Shape`] says.
#[derive(Debug)]
pub(super) struct CachedFamily {
    /// The facts; their timestamp is that of the operation that read them.
    pub(super) facts: FamilyFacts,
    pub(super) family: Locked<FamilyRecord>,
    pub(super) tables: Arc<Tables>,
}

impl Size for Arc<CachedFamily> {
    fn bytes(&self) -> usize {
        // Plus the facts, which hold the people and the consent decisions once more, and the map entry.
        let elsewhere: usize = self.facts.elsewhere.iter().map(Vec::len).sum();
        let people = self.facts.people.len() + elsewhere;
        let facts = 200 * (people + self.facts.consents.len() + self.facts.responsibilities.len());
        1_500 + facts + self.tables.bytes()
    }
}

impl Size for Arc<[Uuid]> {
    fn bytes(&self) -> usize {
        200 + size_of_val(&**self)
    }
}

/// What was requested when something was read: data read for another shape may lack rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    pub(super) tables: TableSet,
    pub(super) needed: Needed,
    /// The agencies whose involvements are read, unless all are.
    pub(super) agencies: Option<Vec<Uuid>>,
    /// The kinds of agency and the categories whose consent decisions are read, unless all are.
    pub(super) consents: Option<(Vec<String>, CategorySet)>,
}

/// Cache hits and misses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheHits {
    /// Hits: families returned from the cache.
    pub cached: u64,
    /// Misses: families that had to be read, those that exist for the caller and were not cached, and all
    /// that do not exist.
    pub read: u64,
}

/// The cache of families, for all authorities. Bounded.
#[derive(Debug)]
pub(super) struct FamilyCache {
    most: usize,
    kept: Mutex<Contents>,
    proof: Proof,
    cached: AtomicU64,
    read: AtomicU64,
}

/// The approximate size of a family, in bytes.
const FAMILY: usize = 5_000;
/// The approximate size of a list, in bytes.
const LIST: usize = 500;
/// More shapes than partners need: beyond this limit the whole cache is cleared.
const MAX_SHAPES: usize = 256;
/// The longest list of one statement's families that is cached.
const MAX_LIST: usize = 256;

/// The digest of a statement that selects families, with its parameters.
pub(super) type StatementDigest = [u8; 32];

/// The digest of a statement with its parameters, which may be personal data, and with the family requested
/// together with others.
pub(super) fn statement_digest(text: &str, values: &[Value], beside: Option<Uuid>) -> StatementDigest {
    let mut digest = digest::Context::new(&digest::SHA256);
    digest.update(text.as_bytes());
    // Texts are quoted in it, so that different lists of parameters never look alike.
    digest.update(format!("{values:?} {beside:?}").as_bytes());
    let mut statement_digest = StatementDigest::default();
    statement_digest.copy_from_slice(digest.finish().as_ref());
    statement_digest
}

#[derive(Debug)]
struct Contents {
    authorities: Authorities,
    shapes: HashMap<Shape, usize>,
    /// By authority, shape number and id; each with the epoch of its authority.
    families: Bounded<(i32, usize, Uuid), u64, Arc<CachedFamily>>,
    /// Which families a statement selected in a given view.
    lists: Bounded<(i32, StatementDigest), View, Arc<[Uuid]>>,
}

impl Contents {
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
        if self.shapes.len() >= MAX_SHAPES && !self.shapes.contains_key(shape) {
            self.shapes.clear();
            self.families = Bounded::new(most, FAMILY);
        }
        let next = self.shapes.len();
        let shape = *self.shapes.entry(shape.clone()).or_insert(next);
        for family in read {
            let place = (view.authority, shape, family.facts.family);
            self.families.insert(view.epoch, place, Arc::clone(family));
        }
    }
}

impl FamilyCache {
    /// A cache of about this many bytes; zero disables it.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::new(Contents {
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

    /// Whether the database is known to note every write.
    pub(super) fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Whether the cache is disabled.
    pub(super) fn is_disabled(&self) -> bool {
        self.most == 0
    }

    /// Cache hits and misses so far.
    pub(super) fn hits(&self) -> CacheHits {
        CacheHits {
            cached: self.cached.load(Ordering::Relaxed),
            read: self.read.load(Ordering::Relaxed),
        }
    }

    /// How an authority's cached data relates to an operation's snapshot.
    pub(super) fn since(&self, settings: &AuthorityRow, moment: Moment) -> Since {
        self.lock().authorities.since(settings, moment)
    }

    /// Invalidates the families written from one number to another, or all of the authority if it is not
    /// known which; does nothing if somebody else has done so already.
    pub(super) fn invalidate(&self, authority: i32, (from, to): (i64, i64), families: Option<&[Uuid]>) {
        let kept = &mut *self.lock();
        if !kept.authorities.moved(authority, (from, to), families.is_none()) {
            return;
        }
        for family in families.into_iter().flatten() {
            for shape in 0..kept.shapes.len() {
                kept.families.remove(&(authority, shape, *family));
            }
        }
    }

    /// The cached families for an operation, in the order of the requested ids. Empty if the authority has
    /// moved on.
    pub(super) fn get(&self, view: &View, shape: &Shape, keys: &[Uuid]) -> Vec<Option<Arc<CachedFamily>>> {
        self.lock().get(view, shape, keys)
    }

    /// Counts an operation's hits and misses.
    pub(super) fn count(&self, cached: usize, read: usize) {
        self.cached.fetch_add(cached as u64, Ordering::Relaxed);
        self.read.fetch_add(read as u64, Ordering::Relaxed);
    }

    /// Caches what an operation has read, if the authority has not moved on. A load that would evict
    /// everything else is not cached.
    pub(super) fn put(&self, view: &View, shape: &Shape, read: &[Arc<CachedFamily>]) {
        let bytes: usize = read.iter().map(Size::bytes).sum();
        if bytes <= self.most / 2 {
            self.with(|kept| kept.put(view, shape, read, self.most));
        }
    }

    /// Evicted values are dropped after the lock is released.
    fn with<T>(&self, work: impl FnOnce(&mut Contents) -> T) -> T {
        let mut kept = self.lock();
        let done = work(&mut kept);
        let evicted = kept.families.take_evicted();
        drop(kept);
        drop(evicted);
        done
    }

    /// The families that a statement selected in the same view.
    pub(super) fn list(&self, view: &View, statement_digest: StatementDigest) -> Option<Arc<[Uuid]>> {
        self.lock().lists.get(view, &(view.authority, statement_digest))
    }

    /// Caches which families a statement selected, unless there are many.
    pub(super) fn put_list(&self, view: &View, statement_digest: StatementDigest, keys: &[Uuid]) {
        if keys.len() <= MAX_LIST {
            let mut kept = self.lock();
            kept.lists
                .insert(*view, (view.authority, statement_digest), keys.into());
            let evicted = kept.lists.take_evicted();
            drop(kept);
            drop(evicted);
        }
    }

    /// The cached agencies for an operation.
    pub(super) fn agencies(&self, view: &View) -> Option<Arc<Agencies>> {
        self.lock().authorities.agencies(view)
    }

    /// Caches the agencies that an operation has read.
    pub(super) fn put_agencies(&self, view: &View, agencies: &Arc<Agencies>) {
        self.lock().authorities.put_agencies(view, agencies);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Contents> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
