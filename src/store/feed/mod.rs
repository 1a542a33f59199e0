//! The feed: what changed, in the order in which it was committed; who was told what of it; and how those who wait are woken.
//!
//! A change gets its number while its transaction holds its authority's lock, which it keeps until it is committed: whoever sees a number
//! sees all changes with lesser ones. That is what lets a reader go on from a number and skip nothing, however long some writer takes.
//! Nothing here decides what is told.

mod change;
mod consumer;
mod told;
mod trim;
mod wake;

pub(in crate::store) use self::{
    change::{Change, lock, notify, record},
    wake::{CHANNEL, Wake},
};
pub use self::{
    consumer::{Consumer, Looked},
    told::{Fate, MarkerChangeRow, Told},
};
