//! The schema as the library that executes has it: the three roots, and nothing checked but what `Language` leaves to it.

use async_graphql::{Schema, SchemaBuilder, ValidationMode};

use super::{mutations::Mutation, query::Query, subscriptions::SubscriptionRoot};

/// The library's schema.
pub(super) type Library = Schema<Query, Mutation, SubscriptionRoot>;

/// The library's schema, for what needs no running server.
pub fn library_sdl() -> String {
    schema().finish().sdl()
}

/// What is executed has been compared with the schema by [`Language`], more strictly than the library does it.
pub(super) fn schema() -> SchemaBuilder<Query, Mutation, SubscriptionRoot> {
    Schema::build(Query::default(), Mutation::default(), SubscriptionRoot)
        .disable_introspection()
        .validation_mode(ValidationMode::Fast)
}
