//! The subcommands, one file each.

pub mod audit;
pub mod token;
