//! Cross-links between chains: while processes run, each from time to time names the heads of the other
//! chains that have grown. So neither the newest entries of a chain, nor the whole chain, can disappear
//! together with the head without another chain showing that they existed.
//!
//! An entry that only links is no reason to link again: idle processes do not keep each other busy.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    entry::{Entry, HeadRef, Kind},
    writer::{Trail, TrailError, chain_heads::heads},
};
use crate::store::trail::{TrailSnapshot, TrailStoreError};

/// The most heads named in one entry; the next entry names the rest.
const MAX_HEADS: usize = 500;

/// Why a chain could not be linked to the others.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The heads could not be read.
    #[error(transparent)]
    Store(#[from] TrailStoreError),
    /// The entry could not be written.
    #[error(transparent)]
    Trail(#[from] TrailError),
}

/// Links the chain of a process to the others.
#[derive(Debug)]
pub struct CrossLinks {
    trail: Trail,
    /// The last sequence number named, for each chain.
    named: BTreeMap<Uuid, i64>,
}

impl CrossLinks {
    /// Starts from the heads that existed when the chain was opened.
    pub fn new(trail: Trail) -> Self {
        let named = trail.found().iter().map(|head| (head.chain, head.seq)).collect();
        Self { trail, named }
    }

    /// Names the heads of chains that have grown since they were last named. Returns how many.
    pub async fn link(&mut self) -> Result<usize, LinkError> {
        let grown = self.grown().await?;
        if !grown.is_empty() {
            let mut entry = Entry::new(Kind::Tied, self.trail.clock().now());
            entry.heads.extend(&grown);
            self.trail.append(entry).await?;
            self.named.extend(grown.iter().map(|head| (head.chain, head.seq)));
        }
        Ok(grown.len())
    }

    async fn grown(&self) -> Result<Vec<HeadRef>, TrailStoreError> {
        let snapshot = self.trail.store().snapshot().await?;
        let mut grown = Vec::new();
        for head in heads(&snapshot).await? {
            let named = self.named.get(&head.chain).copied().unwrap_or(0);
            if head.chain != self.trail.chain()
                && head.seq > named
                && has_own_entries(&snapshot, head.chain, named).await?
            {
                grown.push(head);
                if grown.len() == MAX_HEADS {
                    break;
                }
            }
        }
        Ok(grown)
    }
}

/// Whether a chain has an entry after a sequence number that does more than link. Chains of version 1 have no
/// entries that only link.
async fn has_own_entries(snapshot: &TrailSnapshot, chain: Uuid, after: i64) -> Result<bool, TrailStoreError> {
    match snapshot.number_of(chain).await? {
        Some(number) => snapshot.has_others_after(number, after, Kind::Tied.number()).await,
        None => Ok(snapshot.last_seq(chain).await?.is_some_and(|last| last > after)),
    }
}
