//! What is printed when the server begins: where it is, and a ready token for each demonstration role.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use super::{front, roles};
use crate::auth::DevIssuer;

/// What there is to print.
pub(super) struct Banner {
    /// Where the server listens.
    pub(super) address: SocketAddr,
    /// Whether it speaks TLS.
    pub(super) by_tls: bool,
    /// Where the counters are told, if they are.
    pub(super) counters: Option<String>,
    /// The database's address, without its password.
    pub(super) database: String,
    /// Whether there is a query page.
    pub(super) graphiql: bool,
    /// The development issuer, when demonstration roles are to be shown.
    pub(super) roles: Option<DevIssuer>,
}

impl Banner {
    /// Prints it, whole.
    pub(super) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let at = format!("{}://{}", front::scheme(self.by_tls), self.address);
        writeln!(out, "Think Family is served at {at}/graphql, from {}", self.database)?;
        if let Some(counters) = &self.counters {
            writeln!(out, "Counters for Prometheus are told at {counters}")?;
        }
        if self.graphiql {
            writeln!(out, "Open {at}/graphiql in a browser to ask questions.")?;
        }
        if let Some(issuer) = &self.roles {
            writeln!(
                out,
                "\nDevelopment only: every program on this machine can get such tokens. One for each demonstration role, \
                 with a first question:"
            )?;
            for role in roles::for_page(issuer) {
                let Some(example) = role.examples.first() else {
                    continue;
                };
                writeln!(
                    out,
                    "\n{} ({})\n{}",
                    role.label,
                    role.purpose,
                    curl(&at, &role.token, &role.purpose, &example.query)
                )?;
            }
        }
        out.flush()
    }
}

/// One line for a shell.
fn curl(at: &str, token: &str, purpose: &str, query: &str) -> String {
    let one_line: Vec<&str> = query.split_whitespace().collect();
    let body = serde_json::json!({ "query": one_line.join(" ") }).to_string();
    format!(
        "curl -s {at}/graphql -H 'content-type: application/json' -H 'x-purpose-of-use: {purpose}' \
         -H 'authorization: Bearer {token}' -d '{}'",
        body.replace('\'', r"'\''")
    )
}

#[cfg(test)]
mod tests {
    use super::curl;

    #[test]
    fn the_line_is_safe_in_a_shell() {
        let line = curl(
            "http://127.0.0.1:1",
            "a.b.c",
            "audit",
            "{\n  family(reference: \"it's\") { id }\n}",
        );
        assert!(!line.contains('\n'));
        assert!(
            line.ends_with(r#"-d '{"query":"{ family(reference: \"it'\''s\") { id } }"}'"#),
            "{line}"
        );
    }
}
