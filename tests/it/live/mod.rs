//! The reference clients of the protocols against the program itself, over a real port and with real time: `tests/clients`.

mod python;

use chrono::TimeDelta;
use thinkfamily::{
    auth::{DevIssuer, TokenRequest},
    clock::{Clock, Ids},
};

use crate::support::{
    database::{TestDatabase, on_both},
    node::Node,
    process::{Serving, Site, someone},
};

pub(crate) fn police() -> TokenRequest {
    someone("cambs-police", "marker_lookup", "safeguarding", "a-police-system")
}

/// A token that lasts a few seconds from now on: minted a while ago.
fn brief(folder: &std::path::Path) -> String {
    let audience = "https://thinkfamily.example/graphql";
    let then = Clock::system().now() - TimeDelta::seconds(54);
    let issuer = DevIssuer::open(folder, audience, Clock::fixed(then), Ids::random()).unwrap();
    let request = TokenRequest { minutes: 1, ..police() };
    issuer.mint(&request).unwrap()
}

/// What the scripts are given.
pub(crate) fn environment(site: &Site, serving: &Serving, police: String) -> Vec<(&'static str, String)> {
    let token = |agency, role, purpose| site.token(&someone(agency, role, purpose, "somebody"));
    vec![
        ("TF_URL", serving.url.clone()),
        ("TF_POLICE", police),
        (
            "TF_OUTSIDER",
            token("jcp-cambridge", "practitioner", "performance_analysis"),
        ),
        (
            "TF_COORDINATOR",
            token("tff-team", "coordinator", "programme_management"),
        ),
    ]
}

async fn reference_clients_are_served(database: &TestDatabase) {
    let Some(node) = Node::ready() else { return };
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&[]);
    for script in ["graphql_ws.mjs", "graphql_sse.mjs", "urql.mjs"] {
        node.run(script, &environment(&site, &serving, site.token(&police())));
    }
    node.run("expiry.mjs", &environment(&site, &serving, brief(folder.path())));
    let (_, log) = serving.ended();
    assert!(!log.contains("Dawn") && !log.contains("TF-10001"), "{log}");
}
on_both!(reference_clients_are_served);

async fn a_client_goes_on_after_a_restart(database: &TestDatabase) {
    let Some(node) = Node::ready() else { return };
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let mut serving = site.serve(&[]);
    let mut script = node.start("restart.mjs", &environment(&site, &serving, site.token(&police())));
    script.says("ready");
    serving.kill();
    let address = serving.url.trim_start_matches("http://").to_owned();
    let _again = site.serve_at(&address, &[]);
    script.hears("there again\n");
    script.ends_well();
}
on_both!(a_client_goes_on_after_a_restart);
