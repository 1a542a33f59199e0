//! The state of a chain in the database.

/// The state of a chain in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainState {
    /// The sequence number and the hash of its head.
    pub(super) head: Option<(i64, String)>,
    /// The sequence number of its newest entry.
    pub(super) last: Option<i64>,
    /// Whether no earlier write can change that any more.
    pub(super) settled: bool,
}

impl ChainState {
    /// Whether the chain, both its head and its entries, ends with this one.
    pub fn ends_with(&self, seq: i64, hash: &str) -> bool {
        let by_head = self.head.as_ref().is_some_and(|head| head.0 == seq && head.1 == hash);
        by_head && self.last == Some(seq)
    }

    /// Whether no earlier write can change this state any more.
    pub fn is_settled(&self) -> bool {
        self.settled
    }
}
