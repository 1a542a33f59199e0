//! How a chain stands in the database.

/// How a chain stands in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The place and the hash of its head.
    pub(super) head: Option<(i64, String)>,
    /// The place of its newest entry.
    pub(super) last: Option<i64>,
    /// Whether nothing that was begun before can change that any more.
    pub(super) settled: bool,
}

impl Standing {
    /// Whether the chain ends, by its head and by its entries, with this one.
    pub fn ends_with(&self, seq: i64, hash: &str) -> bool {
        let by_head = self.head.as_ref().is_some_and(|head| head.0 == seq && head.1 == hash);
        by_head && self.last == Some(seq)
    }

    /// Whether nothing that was begun before can change that any more.
    pub fn is_settled(&self) -> bool {
        self.settled
    }
}
