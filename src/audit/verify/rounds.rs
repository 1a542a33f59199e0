//! The check while the server runs: of what was written lately, at once; and of the whole trail, a page at a time, so that it costs little and is never far from anything.
//!
//! Each page is read at one instant, and nothing is held between two. A round finds what the check of everything does ([`verify`](super::verify)), but for what only somebody
//! else knows: exported heads, witnesses and months in files.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Check, PAGE, begin, index::IndexPlace};
use crate::{
    audit::{
        chain::{ChainCheck, ChainEnd},
        finding::{FindingKind, Report},
        hash::Hash,
        key::PublicKey,
        stored::chain_after,
        witnessed::Witnessed,
    },
    store::trail::{HeadRow, TrailSnapshot, TrailStore, TrailStoreError},
};

/// So many chains are looked at at once, those that moved last.
const CHAINS: usize = 32;
/// And of each, so many of its newest entries.
const TAIL: i64 = 64;
const HEADS: u32 = 256;

/// Up to where a round has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The chain.
    pub chain: Uuid,
    /// The place of the entry that was looked at last.
    pub seq: i64,
    /// Its hash, if it is one.
    pub hash: Option<Hash>,
}

/// What one page came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What was found.
    pub report: Report,
    /// Whether the round ends with it.
    pub ends: bool,
}

/// Goes through the whole trail, round after round.
#[derive(Debug)]
pub struct Rounds {
    store: TrailStore,
    keys: Vec<PublicKey>,
    nobody: Witnessed,
    current: Option<Current>,
    /// The chain that was looked at last.
    after: Option<Uuid>,
    /// The entry that was looked at last.
    place: Option<Place>,
    /// Up to where the indices of old chains were looked at, which come last. After a restart they are begun anew.
    index: IndexPlace,
}

impl Rounds {
    /// From a place on, if that is there still, or else from the beginning.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn from(store: TrailStore, keys: Vec<PublicKey>, place: Option<Place>) -> Result<Self, TrailStoreError> {
        let (mut current, mut after) = (None, None);
        if let Some(Place { chain, seq, hash }) = place {
            let stands = store.snapshot().await?.hash_at(chain, seq).await?;
            if hash.is_some() && stands == hash.map(|hash| hash.to_string()) {
                let check = ChainCheck::after(chain, ChainEnd { seq, hash });
                let goal = None;
                (current, after) = (Some(Current { chain, check, goal }), Some(chain));
            }
        }
        Ok(Self {
            store,
            keys,
            nobody: Witnessed::default(),
            current,
            after,
            place: place.filter(|_| after.is_some()),
            index: IndexPlace::BEGINNING,
        })
    }

    /// Up to where the round has come, unless it is at its beginning.
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// About how many pages a round has now.
    pub async fn pages(&self) -> Result<u64, TrailStoreError> {
        let snapshot = self.store.snapshot().await?;
        let mut pages = 1;
        for head in heads(&snapshot).await? {
            let of_entries = u64::try_from(head.seq).unwrap_or(0) / u64::from(PAGE) + 2;
            // Those of version 1 have about as many rows in their indices.
            let is_old = snapshot.number_of(head.chain).await?.is_none();
            pages += if is_old { 2 * of_entries } else { of_entries };
        }
        Ok(pages)
    }

    /// Looks at the next page.
    ///
    /// # Errors
    /// When the database cannot be read. The same page is looked at again then.
    pub async fn page(&mut self) -> Result<Page, TrailStoreError> {
        let mut check = begin(&self.store, &self.keys, &self.nobody).await?;
        loop {
            let mut current = if let Some(current) = &self.current {
                current.clone()
            } else if let Some(chain) = chain_after(&check.snapshot, self.after).await? {
                Current {
                    chain,
                    check: ChainCheck::new(chain),
                    goal: None,
                }
            } else if let Some(index) = check.index_page(self.index.clone()).await? {
                self.index = index;
                return Ok(Page {
                    report: check.report,
                    ends: false,
                });
            } else {
                let passes = [check.heads_without_chain().await, check.records_of_nothing().await];
                for pass in passes {
                    check.passed(pass)?;
                }
                (self.after, self.place, self.index) = (None, None, IndexPlace::BEGINNING);
                return Ok(Page {
                    report: check.report,
                    ends: true,
                });
            };
            let chain = current.chain;
            let came_further = match current.go_on(&mut check).await {
                Err(TrailStoreError::Garbage(_)) => {
                    let sentence = "a stored value is not of its column's type; the rest of the chain was not checked";
                    check.report.note(FindingKind::Unreadable, chain, None, sentence);
                    false
                }
                further => further?,
            };
            if !came_further {
                // The next chain's beginning is of this page, so that each page comes further.
                (self.current, self.after) = (None, Some(chain));
                continue;
            }
            let ChainEnd { seq, hash } = current.check.end();
            self.place = Some(Place { chain, seq, hash });
            self.current = Some(current);
            return Ok(Page {
                report: check.report,
                ends: false,
            });
        }
    }
}

/// The chain that is gone through.
#[derive(Clone, Debug)]
struct Current {
    chain: Uuid,
    check: ChainCheck,
    /// Where it ended when it was begun. What is written meanwhile is for the next round, or one would never end.
    goal: Option<i64>,
}

impl Current {
    /// Looks at the next entries; where there are none up to the goal, at the chain's end as it is now. Whether there were any.
    async fn go_on(&mut self, check: &mut Check<'_>) -> Result<bool, TrailStoreError> {
        let last = check.snapshot.last_seq(self.chain).await?.unwrap_or(0);
        let goal = *self.goal.get_or_insert(last);
        let before = self.check.end().seq;
        if before < goal {
            let page = check.next(self.chain, &mut self.check).await?;
            if !page.is_empty() {
                return Ok(true);
            }
        }
        let hash = check.snapshot.hash_at(self.chain, last).await?;
        let hash = hash.and_then(|hash| Hash::parse(&hash).ok());
        check.end(self.chain, ChainEnd { seq: last, hash }).await?;
        check.named_heads().await?;
        Ok(false)
    }
}

/// Looks at the heads of the chains that moved last, and at their newest entries.
///
/// # Errors
/// When the database cannot be read.
pub async fn lately(store: &TrailStore, keys: &[PublicKey]) -> Result<Report, TrailStoreError> {
    let nobody = Witnessed::default();
    let mut check = begin(store, keys, &nobody).await?;
    let mut heads = heads(&check.snapshot).await?;
    heads.sort_unstable_by_key(|head| std::cmp::Reverse(head.updated_at));
    for head in heads.iter().take(CHAINS) {
        let chain = head.chain;
        check.report.chains += 1;
        let last = check.snapshot.last_seq(chain).await?.unwrap_or(0);
        let from = (last - TAIL).max(0);
        let before = match from {
            0 => Some(Hash::ZERO),
            _ => (check.snapshot.hash_at(chain, from).await?).and_then(|hash| Hash::parse(&hash).ok()),
        };
        let mut of_chain = ChainCheck::after(
            chain,
            ChainEnd {
                seq: from,
                hash: before,
            },
        );
        while !check.next(chain, &mut of_chain).await?.is_empty() {}
        if last > 0 {
            check.end(chain, of_chain.end()).await?;
        }
    }
    check.named_heads().await?;
    check.heads_without_chain().await?;
    Ok(check.report)
}

async fn heads(snapshot: &TrailSnapshot) -> Result<Vec<HeadRow>, TrailStoreError> {
    let (mut heads, mut after) = (Vec::new(), None);
    loop {
        let mut page = snapshot.heads_after(after, HEADS).await?;
        let Some(last) = page.last() else { return Ok(heads) };
        after = Some(last.chain);
        heads.append(&mut page);
    }
}
