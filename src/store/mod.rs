//! The only room that touches the database library, the entities and SQL.
//!
//! Rows about a family leave it only locked up ([`crate::sharing::grant::Guarded`]), for a caller whose ceiling it was given.

mod again;
pub mod agencies;
mod agency_cache;
pub mod alerts;
mod alone;
pub mod announced;
mod away;
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
mod deed;
mod directory;
pub mod documents;
pub mod dossier;
mod fact_rows;
mod facts;
mod failure;
pub mod feed;
pub mod fence;
pub mod files;
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
pub mod outbox;
mod pipeline;
mod policies;
pub mod policy;
pub mod reach;
mod read_rows;
pub mod record;
mod recovery;
pub mod reference;
pub mod rows;
mod select;
mod sequences;
pub mod session;
pub mod standby;
mod standing;
mod tables;
pub mod trail;
mod transaction;
mod triggers;
mod watch;
pub mod write;
mod write_lock;
pub mod writing;
mod written;

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
    cache::{FamilyCache, Found},
    connect::Databases,
    policies::Policies,
    write_lock::Turns,
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
    turns: Turns,
}

impl Store {
    /// A store over open and migrated databases.
    pub fn new(databases: Databases, clock: Clock, ids: Ids) -> Self {
        let shared = Shared {
            families: Arc::new(FamilyCache::new(databases.family_cache())),
            turns: Turns::of(databases.writers()),
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

    /// Where new keys come from.
    pub fn ids(&self) -> &Ids {
        &self.shared.ids
    }

    /// How many statements operations have sent since the start.
    pub fn statements_sent(&self) -> u64 {
        self.shared.statements.load(Ordering::Relaxed)
    }

    /// The databases, to close them or ask whether they answer.
    pub fn databases(&self) -> &Databases {
        &self.shared.databases
    }

    /// Wakes whoever waits for changes of families or agreements, of whatever authority: after a commit of this process at once, after one of
    /// another within moments, and every few seconds whatever happened. It says that it is worth looking, and nothing else.
    pub fn wake(&self) -> Receiver<u64> {
        self.databases().wake().subscribe()
    }

    /// How often operations found families known, and how often not, since the start.
    pub fn families_found(&self) -> Found {
        self.shared.families.found()
    }

    /// Notes that a change was refused because another came first.
    pub fn another_came_first(&self) {
        self.shared.turns.was_refused();
    }

    /// Whether that happened just now, so that whoever writes had better do so alone.
    pub fn writers_are_crowded(&self) -> bool {
        self.shared.turns.are_crowded()
    }

    fn turns(&self) -> &Turns {
        &self.shared.turns
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
