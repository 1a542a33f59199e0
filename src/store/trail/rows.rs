//! The rows of the trail's tables, as they are asked for.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A row of `trail_entry`, in which entries were kept before there were records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// The chain.
    pub chain: Uuid,
    /// The place in it, from 1.
    pub seq: i64,
    /// When it happened.
    pub recorded_at: DateTime<Utc>,
    /// The authority it concerns.
    pub authority: Option<i32>,
    /// The code of what happened.
    pub kind: String,
    /// The entry's canonical JSON.
    pub body: String,
    /// The hash of the entry before, in hexadecimal digits.
    pub prev_hash: String,
    /// The hash of this entry.
    pub hash: String,
}

/// A row of `trail_subject`: an entry speaks of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectRow {
    /// The family's authority.
    pub authority: i32,
    /// The family.
    pub family: Uuid,
    /// The entry's instant.
    pub recorded_at: DateTime<Utc>,
    /// The entry's chain.
    pub chain: Uuid,
    /// The entry's place.
    pub seq: i64,
}

/// A row of `trail_agency`: an entry tells what an agency has looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgencyRow {
    /// The authority whose people were looked up.
    pub authority: i32,
    /// The agency.
    pub agency: Uuid,
    /// The entry's instant.
    pub recorded_at: DateTime<Utc>,
    /// The entry's chain.
    pub chain: Uuid,
    /// The entry's place.
    pub seq: i64,
}

/// A row of `trail_head`: the newest entry of a chain, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadRow {
    /// The chain.
    pub chain: Uuid,
    /// The place of its newest entry.
    pub seq: i64,
    /// That entry's hash.
    pub hash: String,
    /// The signature, in base64.
    pub signature: String,
    /// The server process that writes the chain.
    pub process: String,
    /// When the head moved last.
    pub updated_at: DateTime<Utc>,
}
