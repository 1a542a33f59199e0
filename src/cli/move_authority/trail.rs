//! What becomes of the trail of an authority that is moved.

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
    /// The main database of the first.
    pub(super) store: &'a Store,
    pub(super) from: &'a Trail,
    pub(super) to: &'a Trail,
    pub(super) authority: i32,
}

impl Trails<'_> {
    /// Copies the entries from an instant on of which there are no copies yet; gives their number.
    pub(super) async fn copy_from(&self, from: DateTime<Utc>) -> Result<u64, Failure> {
        // Whether the chain of an entry that is a copy itself is there, and so the entry.
        let mut chains: HashMap<Uuid, bool> = HashMap::new();
        let (mut walk, mut copied) = (Walk::from(self.authority, from), 0);
        loop {
            let page = walk.next(self.from.store()).await.map_err(Failure::problem)?;
            let (Some((_, first)), Some((_, last))) = (page.first(), page.last()) else {
                return Ok(copied);
            };
            let there = moved::copied_between(self.to.store(), self.authority, first.at, last.at).await;
            let there = there.map_err(Failure::problem)?;
            let mut missing = Vec::new();
            for (of, entry) in page {
                let original = entry.copy_of.unwrap_or(of);
                if entry.copy_of.is_some() && !chains.contains_key(&original.chain) {
                    let is_there = moved::has_chain(self.to.store(), original.chain).await;
                    chains.insert(original.chain, is_there.map_err(Failure::problem)?);
                }
                let is_there = entry.copy_of.is_some() && chains.get(&original.chain) == Some(&true);
                if !is_there && !there.contains(&place(original)) {
                    missing.push((of, entry));
                }
            }
            copied += self.put(missing).await?;
        }
    }

    /// Writes copies, each as what it came to. They are durable when this returns.
    async fn put(&self, entries: Vec<(HeadRef, Entry)>) -> Result<u64, Failure> {
        let awaiting = entries.iter().filter(|(_, entry)| entry.awaits);
        let places: Vec<_> = awaiting.map(|(of, _)| (self.authority, of.chain, of.seq)).collect();
        let mut outcomes = self.store.outcomes(&places).await.map_err(Failure::problem)?;
        let open: Vec<_> = places
            .into_iter()
            .filter(|place| !outcomes.contains_key(place))
            .collect();
        for place in &open {
            // Nothing is written of the authority any more; so that it is never made either.
            self.store.rule_out(*place).await.map_err(Failure::problem)?;
        }
        outcomes.extend(self.store.outcomes(&open).await.map_err(Failure::problem)?);
        let copies = entries.into_iter().map(|(of, entry)| {
            let outcome = outcomes.get(&(self.authority, of.chain, of.seq));
            moved::copy(of, entry, outcome == Some(&Outcome::Made))
        });
        let written = join_all(copies.map(|copy| self.to.append(copy))).await;
        let written: Result<Vec<HeadRef>, _> = written.into_iter().collect();
        Ok(written.map_err(Failure::problem)?.len() as u64)
    }

    /// Has each trail name the heads of the other one.
    pub(super) async fn vouch(&self, of: Uuid, now: DateTime<Utc>) -> Result<(), Failure> {
        for (trail, other) in [(self.from, self.to), (self.to, self.from)] {
            let heads = unnamed_heads(other.store()).await.map_err(Failure::problem)?;
            let entry = moved::moved(self.authority, of, heads, now);
            trail.append(entry).await.map_err(Failure::problem)?;
        }
        Ok(())
    }
}

fn place(of: HeadRef) -> EntryRef {
    EntryRef {
        chain: of.chain,
        seq: of.seq,
    }
}
