//! Who may see what: the one decision.
//!
//! Pure: facts in, decision out. Nothing here knows SQL, GraphQL, the clock or async; everything else carries its answer.

pub mod caller;
pub mod category;
