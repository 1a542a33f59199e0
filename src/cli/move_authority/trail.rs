//! Copies the trail of an authority that is moved.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::{
    audit::{
        EntryRef, Trail,
        entry::{Entry, HeadRef},
        moved::{self, Walk},
        writer::unnamed_heads,
    },
    cli::failure::Failure,
    store::{Store, announced::Outcome},
};

/// The trails of both databases, each with a chain of this process.
pub(super) struct Trails<'a> {
    /// The main database of the source.
    pub(super) store: &'a Store,
    pub(super) from: &'a Trail,
    pub(super) to: &'a Trail,
    pub(super) authority: i32,
}

impl Trails<'_> {
    /// Copies the entries from an instant on that have no copies yet; returns their number.
    pub(super) async fn copy_from(&self, from: DateTime<Utc>) -> Result<u64, Failure> {
        // For entries that are copies themselves: whether the original's chain is there, and so the original.
        let mut chains: HashMap<Uuid, bool> = HashMap::new();
        let (mut walk, mut copied) = (Walk::from(self.authority, from), 0);
        loop {
            let page = walk.next(self.from.store()).await.map_err(Failure::problem)?;
            let (Some((_, first)), Some((_, last))) = (page.first(), page.last()) else {
                return Ok(copied);
            };
            let existing = moved::copied_between(self.to.store(), self.authority, first.at, last.at).await;
            let existing = existing.map_err(Failure::problem)?;
            let mut missing = Vec::new();
            for (of, entry) in page {
                let original = entry.copy_of.unwrap_or(of);
                if entry.copy_of.is_some() && !chains.contains_key(&original.chain) {
                    let exists = moved::has_chain(self.to.store(), original.chain).await;
                    chains.insert(original.chain, exists.map_err(Failure::problem)?);
                }
                let exists = entry.copy_of.is_some() && chains.get(&original.chain) == Some(&true);
                if !exists && !existing.contains(&entry_ref(original)) {
                    missing.push((of, entry));
                }
            }
            copied += self.write_copies(missing).await?;
        }
    }

    /// Writes copies, each with its outcome. They are durable when this returns.
    async fn write_copies(&self, entries: Vec<(HeadRef, Entry)>) -> Result<u64, Failure> {
        let awaiting = entries.iter().filter(|(_, entry)| entry.awaits);
        let places: Vec<_> = awaiting.map(|(of, _)| (self.authority, of.chain, of.seq)).collect();
        let mut outcomes = self.store.outcomes(&places).await.map_err(Failure::problem)?;
        let pending: Vec<_> = places
            .into_iter()
            .filter(|entry_ref| !outcomes.contains_key(entry_ref))
            .collect();
        for entry_ref in &pending {
            // Nothing more is written for the authority; this blocks it for good.
            self.store.rule_out(*entry_ref).await.map_err(Failure::problem)?;
        }
        outcomes.extend(self.store.outcomes(&pending).await.map_err(Failure::problem)?);
        let copies = entries.into_iter().map(|(of, entry)| {
            let outcome = outcomes.get(&(self.authority, of.chain, of.seq));
            moved::copy(of, entry, outcome == Some(&Outcome::Made))
        });
        let written = join_all(copies.map(|copy| self.to.append(copy))).await;
        let written: Result<Vec<HeadRef>, _> = written.into_iter().collect();
        Ok(written.map_err(Failure::problem)?.len() as u64)
    }

    /// Records the heads of each trail in the other.
    pub(super) async fn cross_reference_heads(&self, of: Uuid, now: DateTime<Utc>) -> Result<(), Failure> {
        for (trail, other) in [(self.from, self.to), (self.to, self.from)] {
            let heads = unnamed_heads(other.store()).await.map_err(Failure::problem)?;
            let entry = moved::moved(self.authority, of, heads, now);
            trail.append(entry).await.map_err(Failure::problem)?;
        }
        Ok(())
    }
}

fn entry_ref(of: HeadRef) -> EntryRef {
    EntryRef {
        chain: of.chain,
        seq: of.seq,
    }
}
