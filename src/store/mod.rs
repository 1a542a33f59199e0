//! store

pub mod rows;
