//! What an operation says: variables and their defaults, what is left out, introspection, and what is told of what does not fit.

mod clients;
mod counts;
mod errors;
mod introspection;
mod reference;
mod values;
