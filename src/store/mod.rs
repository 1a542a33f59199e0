//! The only room that touches the database library, the entities and SQL.
//!
//! Rows about a family leave it only locked up ([`crate::sharing::grant::Guarded`]), for a caller whose ceiling it was given.

pub mod connect;
pub mod database_url;
pub mod migrate;
pub mod rows;
pub mod transaction;
