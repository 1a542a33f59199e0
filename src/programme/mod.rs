//! The rules of the programme: which step is possible, and what is missing for it.
//!
//! Pure: facts in, answer out. Nothing here knows SQL, GraphQL, files, the clock or async, and no agency, role or authority is named:
//! who may is the agreement's business. A day is an argument, and is a day of the United Kingdom.

pub mod plan;
pub mod steps;
