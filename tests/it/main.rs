//! The tests of the whole: one binary, so that it is linked once and shares one throw-away PostgreSQL.

#![expect(clippy::unwrap_used, reason = "what a test cannot do, it fails with")]

mod cli;
mod demo;
mod first_look;
mod mutations;
mod store;
mod support;
mod trail;
