//! Pipelined reads from PostgreSQL with as few round trips as possible: independent statements are sent
//! together, over separate connections. The library that writes cannot do that. The data read, and the
//! snapshot, are the same.

mod address;
mod bind;
mod failed;
mod pool;
mod snapshot;

pub(super) use self::{
    bind::Bind,
    pool::Pool,
    snapshot::{Answer, Snapshot},
};
