//! The demonstration roles that the query page offers.

use std::sync::Arc;

use serde::Serialize;

/// The query page and, when the development issuer is on, the roles it offers.
#[derive(Clone, Debug, Default)]
pub struct Graphiql {
    pub(super) roles: Option<Roles>,
}

/// Makes the list of roles anew for each page, so that its tokens are fresh.
pub type MakeRoles = Arc<dyn Fn() -> Vec<Role> + Send + Sync>;

/// Makes the roles.
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
    /// What the list shows (`Police: marker look-up`).
    pub label: String,
    /// A token of the development issuer.
    pub token: String,
    /// The purpose to start with.
    pub purpose: String,
    /// Every purpose of the token.
    pub purposes: Vec<String>,
    /// Queries to start from.
    pub examples: Vec<Example>,
}

/// A query that a role may start from.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// What the list shows.
    pub label: String,
    /// The document.
    pub query: String,
    /// Its variables, as JSON text; may be empty.
    pub variables: String,
}

impl Graphiql {
    /// The page alone: whoever opens it brings a token.
    pub fn new() -> Self {
        Self::default()
    }

    /// The page with demonstration roles, for as long as the development issuer is on. Their tokens are given only to a
    /// browser that opened the page by a loopback name, so that no other site's name can be pointed at this server.
    #[must_use]
    pub fn with_roles(make: MakeRoles) -> Self {
        Self {
            roles: Some(Roles(make)),
        }
    }
}
