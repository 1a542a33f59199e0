//! A real identity provider and a client of it: npm `oidc-provider`, `tests/provider`.

use crate::support::{
    database::{TestDatabase, on_both},
    node::Node,
    process::Site,
};

/// The provider and its version; what it brings along comes with it.
const PACKAGES: [&str; 2] = ["oidc-provider@9.13.3", "jose@6.2.17"];
/// The name of this set of versions; another set needs another name.
const SET: &str = "2026-11";

async fn tokens_of_a_real_identity_provider_are_accepted(database: &TestDatabase) {
    let Some(node) = Node::with("provider", SET, &PACKAGES, "tests/provider") else {
        return;
    };
    let mut script = node.start("provider.mjs", &[]);
    let issuer = script.line();
    let folder = tempfile::tempdir().unwrap();
    let settings = format!(
        "[[issuer]]\nissuer = \"{issuer}\"\nalgorithms = [\"ES256\"]\njwks_address = \"{issuer}/jwks\"\n\
         agencies = [\"cambridgeshire/cambs-police\"]\n"
    );
    std::fs::write(folder.path().join("trusting.toml"), settings).unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&["--config", "trusting.toml"]);
    script.hears(&format!("{}\n", serving.url));
    script.ends_well();
}
on_both!(tokens_of_a_real_identity_provider_are_accepted);
