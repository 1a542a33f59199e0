//! The program itself against what the protocols say: the suite of GraphQL over HTTP, every close code of graphql-transport-ws, and what
//! this server says of HTTP beyond them.

mod bodies;
mod door;
mod headers;
mod heads;
mod raw;
mod refusals;

use crate::{
    live::{environment, police},
    support::{
        database::{TestDatabase, on_both},
        node::Node,
        process::Site,
    },
};

async fn every_audit_of_graphql_over_http_is_well(database: &TestDatabase) {
    let Some(node) = Node::ready() else { return };
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&[]);
    node.run("audits.mjs", &environment(&site, &serving, site.token(&police())));
}
on_both!(every_audit_of_graphql_over_http_is_well);

async fn sockets_are_closed_with_every_code_of_the_protocol(database: &TestDatabase) {
    let Some(node) = Node::ready() else { return };
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&["--socket-init-ms", "1000"]);
    let mut script = node.start("closings.mjs", &environment(&site, &serving, site.token(&police())));
    script.says("ready");
    serving.tell_to_stop();
    script.hears("it stops\n");
    script.says("closings: 1000 1001 1009 4400 4401 4403 4406 4408 4409 4429");
    script.ends_well();
}
on_both!(sockets_are_closed_with_every_code_of_the_protocol);
