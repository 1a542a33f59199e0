//! The only room that touches the database library, the entities and SQL.

pub mod connect;
pub mod database_url;
pub mod migrate;
pub mod transaction;
