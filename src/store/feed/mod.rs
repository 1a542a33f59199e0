//! The change feed: what changed, in commit order; what each consumer was told of it; and how waiting readers
//! are woken.
//!
//! A change gets its sequence number while its transaction holds its authority's lock, which it keeps until
//! it commits: whoever sees a number sees all changes with lower ones. That lets a reader continue from a
//! cursor without missing any, however long a writer takes. Nothing here decides who may be told what.

mod change;
mod consumer;
mod events;
mod trim;
mod wake;

pub(in crate::store) use self::{
    change::{Change, lock, notify, record},
    wake::{CHANNEL, Wake},
};
pub use self::{
    consumer::{Consumer, FeedProgress},
    events::{KnownMarker, MarkerChangeRow, MarkerEvent},
};
