//! The schema and its execution: from an operation and a caller to the bytes of an answer.
//!
//! Knows the store, the decision and the trail; knows nothing of HTTP, and no resolver decides.

pub mod operation;
