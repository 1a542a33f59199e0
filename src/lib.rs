//! Think Family: one GraphQL API through which the agencies around a family read and write exactly what the information
//! sharing agreement and the family's consent permit.
//!
//! The table of contents; each room's first lines say what it may touch.

#[cfg(all(feature = "permit-everything", not(bench_permit_everything)))]
compile_error!(
    "`permit-everything` gives everything to everybody and is for the bench alone: see docs/decisions/0022-beside-others.md"
);

pub mod audit;
pub mod auth;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod code;
pub mod config;
pub mod demo;
pub mod error;
pub mod graphql;
pub mod import;
mod json;
pub mod matching;
pub mod programme;
pub mod readiness;
pub mod records;
pub mod sharing;
pub mod store;
pub mod telemetry;
pub mod webhook;
pub mod wire;
pub mod witness;
