//! How many changes may be made.

use crate::graphql::counting::Digests;

/// How many changes may be made. Processes that share a database must have the same.
#[derive(Clone, Debug)]
pub struct WriteSettings {
    /// How long the period is for which these hold, in seconds.
    pub period: i64,
    /// How many changes a client may make; of those that only take away, how many a person may make by it.
    pub per_client: i32,
    /// How many changes all clients of an agency together may make of one family.
    pub per_family: i32,
    /// How many changes of one kind a client may make of one family; of those that are of no family, how many of a kind; of those that only take away, how many a
    /// person may make by it.
    pub per_family_and_kind: i32,
    pub(super) digests: Digests,
}

impl WriteSettings {
    /// The usual settings, with the key that families are digested with.
    pub fn new(key: &[u8; 32]) -> Self {
        Self {
            period: 3600,
            per_client: 5000,
            per_family: 300,
            per_family_and_kind: 60,
            digests: Digests::new(key),
        }
    }
}
