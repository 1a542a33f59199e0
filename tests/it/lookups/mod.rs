//! Look-ups through the wire: who is found by what, who is not, and that nothing tells the ones from the others.

mod alerts;
mod budget;
mod failing;
mod found;
mod hidden;
pub(crate) mod households;
mod list;
mod names;
mod numbers;
mod repeats;
mod sheltered;
mod tries;
pub(crate) mod world;
