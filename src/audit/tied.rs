//! Chains are tied to each other while their processes run: from time to time each names the heads of those that have moved. So entries of a chain cannot go, with
//! its head or as a whole, without another chain that says they were there.
//!
//! An entry that ties is no reason for another one: processes that nobody asks anything leave each other alone.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    entry::{Entry, HeadRef, Kind},
    writer::{Trail, TrailError, others::heads},
};
use crate::store::trail::{TrailSnapshot, TrailStoreError};

/// One entry names no more heads than this; the others are named by the next.
const MOST: usize = 500;

/// Why a chain could not be tied to the others.
#[derive(Debug, thiserror::Error)]
pub enum TieError {
    /// The heads could not be read.
    #[error(transparent)]
    Store(#[from] TrailStoreError),
    /// The entry could not be written.
    #[error(transparent)]
    Trail(#[from] TrailError),
}

/// Ties the chain of a process to the others.
#[derive(Debug)]
pub struct Ties {
    trail: Trail,
    /// Up to where others were named.
    named: BTreeMap<Uuid, i64>,
}

impl Ties {
    /// Begins with the heads that the chain found when it was opened.
    pub fn new(trail: Trail) -> Self {
        let named = trail.found().iter().map(|head| (head.chain, head.seq)).collect();
        Self { trail, named }
    }

    /// Names the heads of chains that have moved since they were named last, and says how many these were.
    pub async fn tie(&mut self) -> Result<usize, TieError> {
        let moved = self.moved().await?;
        if !moved.is_empty() {
            let mut entry = Entry::new(Kind::Tied, self.trail.clock().now());
            entry.heads.extend(&moved);
            self.trail.append(entry).await?;
            self.named.extend(moved.iter().map(|head| (head.chain, head.seq)));
        }
        Ok(moved.len())
    }

    async fn moved(&self) -> Result<Vec<HeadRef>, TrailStoreError> {
        let snapshot = self.trail.store().snapshot().await?;
        let mut moved = Vec::new();
        for head in heads(&snapshot).await? {
            let named = self.named.get(&head.chain).copied().unwrap_or(0);
            if head.chain != self.trail.chain() && head.seq > named && does_more(&snapshot, head.chain, named).await? {
                moved.push(head);
                if moved.len() == MOST {
                    break;
                }
            }
        }
        Ok(moved)
    }
}

/// Whether a chain has an entry after a place that does more than tie it. Chains of version 1 have none that only do that.
async fn does_more(snapshot: &TrailSnapshot, chain: Uuid, after: i64) -> Result<bool, TrailStoreError> {
    match snapshot.number_of(chain).await? {
        Some(number) => snapshot.has_others_after(number, after, Kind::Tied.number()).await,
        None => Ok(snapshot.last_seq(chain).await?.is_some_and(|last| last > after)),
    }
}
