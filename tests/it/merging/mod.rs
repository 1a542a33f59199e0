//! Two records of one person, each in a family of its own, that are made one, and parted: from the next question on, through the wire.

mod decided;
mod imported;
mod parted;
mod together;
mod unseen;
mod world;
