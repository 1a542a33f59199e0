//! The audit trail: who saw what about whom, when, why and under which clause. Append-only and
//! tamper-evident.
//!
//! Knows the trail's tables through `store::trail`, and the clock. Knows nothing of HTTP, GraphQL, agreements
//! or decisions, and holds no data values: an [`Entry`] has room only for identifiers, codes and counts.
//!
//! Each server process writes one hash chain ([`Trail`]). An entry's hash covers the entry before it; the
//! newest hash (the head) is signed at every commit; the first entry of a chain names the heads of the chains
//! before it. [`verify`](mod@verify) says what that proves, and what only exported heads can prove.

pub mod announced;
pub mod archived;
pub mod archived_chains;
pub mod barred;
pub mod chain;
pub mod checkpoint;
pub mod code;
pub mod cross_links;
pub mod decided;
mod encoding;
pub mod entry;
pub mod export;
pub mod finding;
pub mod hash;
pub mod key;
pub mod kind;
pub mod lost;
pub mod marks;
pub mod merkle;
pub mod moved;
pub mod offline;
mod packed;
pub mod person;
pub mod prove;
pub mod read;
pub mod receipt;
pub mod restored;
pub mod stored;
#[cfg(test)]
mod tests;
pub mod verify;
pub mod witnessed;
pub mod writer;

pub use code::{Code, Subject};
pub use entry::{AgreementRef, Entry, EntryRef, Kind, Operation, Portal, Withheld};
pub use finding::{Finding, FindingKind, Report};
pub use key::{HeadKey, PublicKey};
pub use read::{Cursor, about_family, latest};
pub use writer::{Health, Trail, TrailError, TrailOptions};
