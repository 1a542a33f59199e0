//! Can this server do its work? A list of conditions that keep it from it, and the looks that find them.
//!
//! Names nothing of ours: whoever puts the rooms together (`cli::serve`) gives it a look for each thing that can go wrong. To add a
//! condition: a variant of [`Condition`] with its word and its sentence, a look that finds it, and its line in `docs/operations.md`,
//! which a test asks for. Its metric comes by itself: `thinkfamily_unready` by `condition`.

mod condition;
mod looks;
#[cfg(test)]
mod tests;

pub use condition::Condition;
pub use looks::{Look, Readiness};
