//! The rows of the trail's tables, as they are queried.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A row of `trail_entry`, which holds entries of version 1, from before there were records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number in the chain, from 1.
    pub seq: i64,
    /// When it happened.
    pub recorded_at: DateTime<Utc>,
    /// The authority it concerns.
    pub authority: Option<i32>,
    /// The code of the kind of entry.
    pub kind: String,
    /// The entry's canonical JSON.
    pub body: String,
    /// The hash of the previous entry, in hexadecimal.
    pub prev_hash: String,
    /// The hash of this entry.
    pub hash: String,
}

/// A row of `trail_subject`, the index of families: an entry concerns a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectRow {
    /// The family's authority.
    pub authority: i32,
    /// The family.
    pub family: Uuid,
    /// The entry's timestamp.
    pub recorded_at: DateTime<Utc>,
    /// The entry's chain.
    pub chain: Uuid,
    /// The entry's sequence number.
    pub seq: i64,
}

/// A row of `trail_agency`, the index of agencies: an entry tells of an agency's look-ups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgencyRow {
    /// The authority whose people were looked up.
    pub authority: i32,
    /// The agency.
    pub agency: Uuid,
    /// The entry's timestamp.
    pub recorded_at: DateTime<Utc>,
    /// The entry's chain.
    pub chain: Uuid,
    /// The entry's sequence number.
    pub seq: i64,
}

/// A row of `trail_head`: the newest entry of a chain, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadRow {
    /// The chain.
    pub chain: Uuid,
    /// The sequence number of its newest entry.
    pub seq: i64,
    /// That entry's hash.
    pub hash: String,
    /// The signature, in base64.
    pub signature: String,
    /// The server process that writes the chain.
    pub process: String,
    /// When the head was last updated.
    pub updated_at: DateTime<Utc>,
}
