//! What the tests stand on: fresh databases of both kinds.

pub(crate) mod api;
pub(crate) mod app;
pub(crate) mod database;
pub(crate) mod postgres;
pub(crate) mod tables;
