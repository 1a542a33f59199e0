//! The trail on SQLite files: what is appended is durable, and tampering is found.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng};
use tempfile::TempDir;
use uuid::Uuid;

use super::{Code, Entry, HeadKey, Kind, Operation, Trail, TrailOptions};
use crate::{
    clock::{Clock, Ids},
    store::trail::{TrailStore, testing},
};

mod command;
mod harm;
mod incremental;
mod old;
mod packed;
mod proving;
mod reading;
mod tampering;
mod witness;
mod writing;

/// A trail in a temporary folder.
struct Place {
    folder: TempDir,
    key: HeadKey,
    store: TrailStore,
    clock: Clock,
    ids: Ids,
}

fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

impl Place {
    async fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            key: HeadKey::load_or_create(&folder.path().join("trail.key")).unwrap(),
            store: testing::new_trail(&folder.path().join("trail.sqlite")).await,
            clock: Clock::fixed(noon()),
            ids: Ids::seeded(seed),
            folder,
        }
    }

    async fn open(&self) -> Trail {
        self.open_with(TrailOptions::default()).await
    }

    async fn open_with(&self, options: TrailOptions) -> Trail {
        let (clock, ids) = (self.clock.clone(), self.ids.clone());
        Trail::open(
            self.store.clone(),
            self.key.clone(),
            code("test-1"),
            clock,
            ids,
            options,
        )
        .await
        .unwrap()
    }

    /// A copy of the database as it is now, to tamper with.
    async fn copy(&self, name: &str) -> TrailStore {
        let file = self.folder.path().join(name);
        testing::tamper(&self.store, "VACUUM INTO $1", [file.to_str().unwrap().into()]).await;
        testing::reopen(&file).await
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn disclosed(&self, authority: i32, families: impl IntoIterator<Item = Uuid>) -> Entry {
        let mut entry = Entry::new(Kind::Disclosed, self.clock.now());
        entry.authority = Some(authority);
        entry.request_id = Some(self.ids.uuid());
        entry.purpose = Some(code("safeguarding"));
        entry.clauses.insert(code("TFF-2/police-marker"));
        entry.operation = Some(Operation::of(Some("Family"), "query Family { viewer { subject } }"));
        entry.families.extend(families);
        entry
    }
}

/// Three consecutive chains of about a hundred entries each; a quarter of the entries concern no family, and
/// a quarter many.
async fn three_chains(seed: u64) -> (Place, [Uuid; 3]) {
    let place = Place::new(seed).await;
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let families: Vec<Uuid> = (0..40).map(|_| place.ids.uuid()).collect();
    let mut chains = [Uuid::nil(); 3];
    for chain in &mut chains {
        let trail = place.open().await;
        *chain = trail.opened();
        let mut appends = Vec::new();
        for _ in 0..rng.random_range(90..120) {
            place
                .clock
                .set(place.clock.now() + TimeDelta::microseconds(rng.random_range(0..5_000_000)));
            let some = [0, 1, 2, 60][rng.random_range(0..4)];
            let entry = place.disclosed(
                rng.random_range(1..3),
                (0..some).map(|_| families[rng.random_range(0..40)]),
            );
            appends.push(trail.append(entry));
        }
        for done in futures_util::future::join_all(appends).await {
            done.unwrap();
        }
        trail.close().await;
    }
    (place, chains)
}
