//! Readiness of the server: the conditions that make it not ready, and the checks that find them.
//!
//! Depends on no other room: `cli::serve` supplies a check for each thing that can go wrong. To add a
//! condition: a variant of [`Condition`] with its label and description, a check that finds it, and its line
//! in `docs/operations.md`, which a test requires. Its metric follows automatically: `thinkfamily_unready` by
//! `condition`.

mod checks;
mod condition;
#[cfg(test)]
mod tests;

pub use checks::{Check, Readiness};
pub use condition::Condition;
