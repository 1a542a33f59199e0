//! The tests of the whole: one binary, so that it is linked once and shares one throw-away PostgreSQL.

#![expect(clippy::unwrap_used, reason = "what a test cannot do, it fails with")]

mod cli;
mod coverage;
mod demo;
mod mutations;
mod snapshots;
mod store;
mod support;
mod trail;
