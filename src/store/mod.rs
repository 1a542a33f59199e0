//! store

pub mod dataset;
pub mod rows;
