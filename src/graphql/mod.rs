//! The schema and its execution: from an operation and a caller to the bytes of an answer.
//!
//! Knows the store, the decision and the trail; knows nothing of HTTP, and no resolver decides.

mod agreements;
mod alerts;
mod announced;
mod answer;
mod api_error;
pub mod codes;
mod connections;
mod contacts;
mod context;
mod counting;
mod cursor;
pub mod documents;
mod endpoints;
pub mod engine;
pub mod escapes;
mod feed;
pub mod ids;
mod introspection;
mod language;
pub mod library;
mod lists;
mod loaders;
pub mod lookups;
pub mod matrix;
mod mutations;
mod named;
mod node;
mod objects;
pub mod operation;
mod page;
mod plan;
mod query;
mod reads;
mod receipt;
pub mod sdl;
pub mod services;
mod shape;
mod shared;
mod spending;
mod subscriptions;
pub mod trail;
mod trail_page;
mod wants;
pub mod write_budget;
