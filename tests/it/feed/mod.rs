//! The feed of markers: what a partner is told of, in which order, and of what it is told nothing.

mod backwards;
mod causes;
mod cursors;
mod live;
mod order;
pub(crate) mod reader;
mod trail;
mod trim;
mod wake;
