//! The tests of the whole: one binary, so that it is linked once and shares one throw-away PostgreSQL.

#![expect(clippy::unwrap_used, reason = "what a test cannot do, it fails with")]

mod again;
mod archive;
mod attacks;
mod births;
mod canaries;
mod cli;
mod conformance;
mod contacts;
mod coverage;
mod demo;
mod disk;
mod documents;
mod examples;
mod existence;
mod feed;
mod held_to;
mod hidden;
mod kill;
mod known;
mod language;
mod limits;
mod lists;
mod live;
mod lookups;
mod moving;
mod mutations;
mod operation;
mod own;
mod partners;
mod readme;
mod restore;
mod revocation;
mod schema_changes;
mod snapshots;
mod statements;
mod store;
mod support;
mod tokens;
mod tools;
mod trail;
mod trail_of_answers;
mod transport;
mod variables;
mod webhooks;
