//! The store: the only room that touches the database library, the entities and SQL.
//!
//! Rows about a family leave it only locked ([`crate::sharing::grant::Guarded`]), for a caller whose ceiling
//! was given.

pub mod agencies;
mod agency_cache;
pub mod alerts;
pub mod announced;
mod authority_status;
mod backup;
pub mod budget;
pub mod bulk;
mod bundle;
pub mod cache;
pub mod candidates;
pub mod connect;
pub mod contacts;
pub mod database_url;
pub mod dataset;
mod deciders;
mod deed;
mod directory;
pub mod documents;
pub mod dossier;
mod exclusive;
mod fact_rows;
mod facts;
mod failure;
pub mod feed;
pub mod fence;
pub mod files;
mod households;
pub mod keys;
mod links;
mod load;
mod marks;
pub mod migrate;
mod mode;
pub mod moving;
pub mod named;
pub mod narrow;
mod needed;
mod not_served;
pub mod outbox;
mod pipeline;
mod policies;
pub mod policy;
pub mod reach;
mod read_rows;
pub mod record;
mod recovery;
pub mod reference;
mod restore;
pub mod rows;
mod select;
mod sequences;
pub mod session;
mod source;
pub mod standby;

mod tables;
pub mod trail;
mod transaction;
mod triggers;
mod united;
mod watch;
pub mod write;
mod write_notes;
mod write_queue;
pub mod writing;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use sea_orm::DatabaseConnection;
use tokio::sync::watch::Receiver;

use self::{
    agency_cache::AgencyCache,
    cache::{CacheHits, FamilyCache},
    connect::Databases,
    policies::Policies,
    write_queue::WriteQueue,
};
use crate::clock::{Clock, Ids};

/// The main database, with what may be remembered of it from one operation to the next. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    databases: Databases,
    clock: Clock,
    ids: Ids,
    statements: Arc<AtomicU64>,
    policies: Mutex<HashMap<i32, Arc<Policies>>>,
    agencies: AgencyCache,
    families: Arc<FamilyCache>,
    write_queue: WriteQueue,
}

impl Store {
    /// A store over open and migrated databases.
    pub fn new(databases: Databases, clock: Clock, ids: Ids) -> Self {
        let shared = Shared {
            families: Arc::new(FamilyCache::new(databases.family_cache())),
            write_queue: WriteQueue::of(databases.writers()),
            databases,
            clock,
            ids,
            statements: Arc::default(),
            policies: Mutex::default(),
            agencies: AgencyCache::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The clock of every operation.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The source of new ids.
    pub fn ids(&self) -> &Ids {
        &self.shared.ids
    }

    /// The number of statements sent by operations since the start.
    pub fn statements_sent(&self) -> u64 {
        self.shared.statements.load(Ordering::Relaxed)
    }

    /// The databases, to close them or ask whether they answer.
    pub fn databases(&self) -> &Databases {
        &self.shared.databases
    }

    /// A receiver of wake-ups for changes of families or agreements, of any authority: at once after a commit of
    /// this process, within moments after one of another, and every few seconds by polling. A wake-up only means
    /// that it is worth looking.
    pub fn wake(&self) -> Receiver<u64> {
        self.databases().wake().subscribe()
    }

    /// Hits and misses of the cache of families since the start.
    pub fn family_cache_hits(&self) -> CacheHits {
        self.shared.families.hits()
    }

    /// Notes that a change was refused because of a conflict.
    pub fn note_conflict(&self) {
        self.shared.write_queue.note_conflict();
    }

    /// Whether that happened just now, so that the next changes should be made exclusively.
    pub fn writes_are_contended(&self) -> bool {
        self.shared.write_queue.is_contended()
    }

    fn write_queue(&self) -> &WriteQueue {
        &self.shared.write_queue
    }

    fn family_cache(&self) -> &Arc<FamilyCache> {
        &self.shared.families
    }

    fn cached_agencies(&self) -> &AgencyCache {
        &self.shared.agencies
    }

    fn main(&self) -> &DatabaseConnection {
        self.shared.databases.main()
    }

    fn count_statement(&self) {
        self.shared.statements.fetch_add(1, Ordering::Relaxed);
    }

    fn statements(&self) -> &Arc<AtomicU64> {
        &self.shared.statements
    }

    /// The agreements in memory, if they are of the version that the asking transaction has read.
    fn cached_policies(&self, authority: i32, version: i64) -> Option<Arc<Policies>> {
        let policies = self.shared.policies.lock().unwrap_or_else(PoisonError::into_inner);
        policies
            .get(&authority)
            .filter(|known| known.version == version)
            .cloned()
    }

    fn remember_policies(&self, authority: i32, policies: &Arc<Policies>) {
        let mut remembered = self.shared.policies.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.insert(authority, Arc::clone(policies));
    }
}
