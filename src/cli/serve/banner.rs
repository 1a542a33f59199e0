//! The banner printed at start: the server's addresses, and an access token for each demonstration role.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use super::{ingress, roles};
use crate::auth::DevIssuer;

/// The content of the banner.
pub(super) struct Banner {
    /// Where the server listens.
    pub(super) address: SocketAddr,
    /// Whether the server speaks TLS.
    pub(super) over_https: bool,
    /// The URL of the metrics listener, if it is enabled.
    pub(super) metrics_url: Option<String>,
    /// The database's address, without its password.
    pub(super) database: String,
    /// Whether GraphiQL is served.
    pub(super) graphiql: bool,
    /// The development issuer, if demonstration roles are to be listed.
    pub(super) roles: Option<DevIssuer>,
}

impl Banner {
    /// Prints the banner.
    pub(super) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let base_url = format!("{}://{}", ingress::scheme(self.over_https), self.address);
        writeln!(
            out,
            "Think Family is served at {base_url}/graphql, from {}",
            self.database
        )?;
        if let Some(metrics_url) = &self.metrics_url {
            writeln!(out, "Counters for Prometheus are told at {metrics_url}")?;
        }
        if self.graphiql {
            writeln!(out, "Open {base_url}/graphiql in a browser to ask questions.")?;
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
                    curl(&base_url, &role.token, &role.purpose, &example.query)
                )?;
            }
        }
        out.flush()
    }
}

/// A curl command as one line for a shell.
fn curl(base_url: &str, token: &str, purpose: &str, query: &str) -> String {
    let one_line: Vec<&str> = query.split_whitespace().collect();
    let body = serde_json::json!({ "query": one_line.join(" ") }).to_string();
    format!(
        "curl -s {base_url}/graphql -H 'content-type: application/json' -H 'x-purpose-of-use: {purpose}' \
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
