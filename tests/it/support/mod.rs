//! What the tests stand on: fresh databases of both kinds, servers in this process and processes of their own.

pub(crate) mod api;
pub(crate) mod app;
pub(crate) mod authority;
pub(crate) mod changes;
pub(crate) mod client;
pub(crate) mod database;
pub(crate) mod live;
pub(crate) mod node;
pub(crate) mod partner;
pub(crate) mod peers;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod receiver;
pub(crate) mod samples;
pub(crate) mod secure;
pub(crate) mod small_disk;
pub(crate) mod stamper;
pub(crate) mod synthetic;
pub(crate) mod tables;
pub(crate) mod trail;
