//! Python's gql, with the WebSocket transport that comes with it and nothing set, against the program itself.

use std::{path::Path, process::Command};

use super::{environment, police};
use crate::support::{
    database::{TestDatabase, on_both},
    peers,
    process::Site,
};

async fn gql_subscribes_as_it_comes(database: &TestDatabase) {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/live/gql");
    let Some(libraries) = peers::python_with("gql", &scripts.join("requirements.txt")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&[]);
    let output = Command::new("python3")
        .arg(scripts.join("subscribe.py"))
        .envs(environment(&site, &serving, site.token(&police())))
        .env("PYTHONPATH", libraries)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("Python runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("subscribed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
on_both!(gql_subscribes_as_it_comes);
