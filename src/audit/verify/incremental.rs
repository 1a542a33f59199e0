//! Incremental verification while the server runs: recent entries at once, and the whole trail one page at a
//! time, so that it costs little and soon gets to everything.
//!
//! Each page is read in its own snapshot, and nothing is held between two pages. A complete round finds what
//! full verification does ([`verify`](super::verify)), except what needs outside knowledge: exported heads,
//! witnesses and archived months.

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

/// How many chains [`check_recent`] checks: those that grew most recently.
const RECENT_CHAINS: usize = 32;
/// How many of the newest entries of each it checks.
const RECENT_ENTRIES: i64 = 64;
const HEADS: u32 = 256;

/// The progress of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number of the last entry checked.
    pub seq: i64,
    /// Its hash, if that is valid.
    pub hash: Option<Hash>,
}

/// The result of one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The findings.
    pub report: Report,
    /// Whether this page ends the round.
    pub ends: bool,
}

/// Verifies the whole trail page by page, round after round.
#[derive(Debug)]
pub struct IncrementalCheck {
    store: TrailStore,
    keys: Vec<PublicKey>,
    no_witness: Witnessed,
    current: Option<Current>,
    /// The last chain checked.
    after: Option<Uuid>,
    /// The last entry checked.
    place: Option<Progress>,
    /// The progress in the indices of version 1, which come last. After a restart they are checked from the
    /// beginning.
    index: IndexPlace,
}

impl IncrementalCheck {
    /// Resumes at a position if it still exists, or else starts from the beginning.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn from(
        store: TrailStore,
        keys: Vec<PublicKey>,
        place: Option<Progress>,
    ) -> Result<Self, TrailStoreError> {
        let (mut current, mut after) = (None, None);
        if let Some(Progress { chain, seq, hash }) = place {
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
            no_witness: Witnessed::default(),
            current,
            after,
            place: place.filter(|_| after.is_some()),
            index: IndexPlace::BEGINNING,
        })
    }

    /// The progress of the round, unless it is at its beginning.
    pub fn place(&self) -> Option<Progress> {
        self.place
    }

    /// About how many pages a round currently has.
    pub async fn pages(&self) -> Result<u64, TrailStoreError> {
        let snapshot = self.store.snapshot().await?;
        let mut pages = 1;
        for head in heads(&snapshot).await? {
            let of_entries = u64::try_from(head.seq).unwrap_or(0) / u64::from(PAGE) + 2;
            // Chains of version 1 have about as many index rows as entries.
            let is_old = snapshot.number_of(head.chain).await?.is_none();
            pages += if is_old { 2 * of_entries } else { of_entries };
        }
        Ok(pages)
    }

    /// Checks the next page.
    ///
    /// # Errors
    /// If the database cannot be read. The same page is then checked again.
    pub async fn page(&mut self) -> Result<Page, TrailStoreError> {
        let mut check = begin(&self.store, &self.keys, &self.no_witness).await?;
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
                let passes = [check.heads_without_chain().await, check.orphaned_records().await];
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
            let has_advanced = match current.advance(&mut check).await {
                Err(TrailStoreError::Garbage(_)) => {
                    let sentence = "a stored value is not of its column's type; the rest of the chain was not checked";
                    check.report.note(FindingKind::Unreadable, chain, None, sentence);
                    false
                }
                further => further?,
            };
            if !has_advanced {
                // The start of the next chain belongs to this page, so that every page makes progress.
                (self.current, self.after) = (None, Some(chain));
                continue;
            }
            let ChainEnd { seq, hash } = current.check.end();
            self.place = Some(Progress { chain, seq, hash });
            self.current = Some(current);
            return Ok(Page {
                report: check.report,
                ends: false,
            });
        }
    }
}

/// The chain being checked.
#[derive(Clone, Debug)]
struct Current {
    chain: Uuid,
    check: ChainCheck,
    /// Where it ended when its check began. Entries written since are left to the next round, or a round
    /// might never end.
    goal: Option<i64>,
}

impl Current {
    /// Checks the next entries; once there are none up to the goal, checks the chain's current end. Returns
    /// whether there were any.
    async fn advance(&mut self, check: &mut Check<'_>) -> Result<bool, TrailStoreError> {
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

/// Checks the heads of the chains that grew most recently, and their newest entries.
///
/// # Errors
/// If the database cannot be read.
pub async fn check_recent(store: &TrailStore, keys: &[PublicKey]) -> Result<Report, TrailStoreError> {
    let no_witness = Witnessed::default();
    let mut check = begin(store, keys, &no_witness).await?;
    let mut heads = heads(&check.snapshot).await?;
    heads.sort_unstable_by_key(|head| std::cmp::Reverse(head.updated_at));
    for head in heads.iter().take(RECENT_CHAINS) {
        let chain = head.chain;
        check.report.chains += 1;
        let last = check.snapshot.last_seq(chain).await?.unwrap_or(0);
        let from = (last - RECENT_ENTRIES).max(0);
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
