//! The demonstration roles that the GraphiQL page offers.

use std::sync::Arc;

use serde::Serialize;

/// The GraphiQL page and, when the development issuer is enabled, the roles it offers.
#[derive(Clone, Debug, Default)]
pub struct Graphiql {
    pub(super) roles: Option<Roles>,
}

/// Builds the list of roles for each page load, so that its tokens are fresh.
pub type MakeRoles = Arc<dyn Fn() -> Vec<Role> + Send + Sync>;

/// Builds the roles.
#[derive(Clone)]
pub(super) struct Roles(pub(super) MakeRoles);

impl std::fmt::Debug for Roles {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Roles")
    }
}

/// A demonstration role that the page offers.
#[derive(Clone, Debug, Serialize)]
pub struct Role {
    /// The label in the list (`Police: marker look-up`).
    pub label: String,
    /// An access token of the development issuer.
    pub token: String,
    /// The purpose preselected.
    pub purpose: String,
    /// All purposes the token allows.
    pub purposes: Vec<String>,
    /// Example queries.
    pub examples: Vec<Example>,
}

/// An example query of a role.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// The label in the list.
    pub label: String,
    /// The GraphQL document.
    pub query: String,
    /// Its variables, as JSON text; may be empty.
    pub variables: String,
}

impl Graphiql {
    /// The page without roles: its user supplies a token.
    pub fn new() -> Self {
        Self::default()
    }

    /// The page with demonstration roles, for as long as the development issuer is enabled. Their tokens are
    /// given only to a browser that opened the page by a loopback host name, against DNS rebinding.
    #[must_use]
    pub fn with_roles(make: MakeRoles) -> Self {
        Self {
            roles: Some(Roles(make)),
        }
    }
}
