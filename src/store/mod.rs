//! store

pub mod trail;
