//! Reading from PostgreSQL with as few round trips as there can be: statements that do not wait for each other are sent together, over connections
//! of their own. The library that writes cannot do that. What is read is the same, and so is the moment of which it is.

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
