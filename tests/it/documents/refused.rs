//! What is not registered: documents that could not be executed, and manifests that are not what they say.

use std::path::Path;

use serde_json::json;
use thinkfamily::graphql::documents::sha256;

use super::{LOOKUP, Place, VIEWER, said};
use crate::support::database::{TestDatabase, on_both};

/// Registering must fail, for these reasons, and leave nothing behind.
#[track_caller]
fn refused(place: &Place, manifest: &Path, more: &[&str], reasons: &[&str]) {
    let mut all = vec!["--from", manifest.to_str().unwrap()];
    all.extend(more);
    let output = place.command("register", &all);
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for reason in reasons {
        assert!(told.contains(reason), "{reason} in {told}");
    }
    assert_eq!(
        said(&place.site.run(&["documents", "list"])),
        "",
        "nothing was registered"
    );
}

async fn what_could_not_be_executed_is_not_registered(database: &TestDatabase) {
    let place = Place::new(database);
    let role = ["--role", "marker_lookup", "--purpose", "safeguarding"];
    let beyond = "{ families(first: 1) { nodes { members { givenName ethnicity } } } }";
    refused(
        &place,
        &place.manifest(&[VIEWER, beyond]),
        &role,
        &[&sha256(beyond), "members", "1 of 2 documents"],
    );
    let deep = format!("{{ family {}{} }}", "{ members { family ".repeat(40), "} }".repeat(40));
    for (text, reason) in [
        ("{ nothingOfTheKind }", "nothingOfTheKind"),
        ("{ viewer { purpose }", "not closed"),
        ("query($unused: Int) { viewer { purpose } }", "unused"),
        ("type Query { a: Int }", "operations"),
        (&deep, "too complex"),
    ] {
        refused(&place, &place.manifest(&[LOOKUP, text]), &[], &[&sha256(text), reason]);
    }
    // One document must not pass for another.
    let swapped = json!({ sha256(VIEWER): LOOKUP }).to_string();
    refused(
        &place,
        &place.file("swapped.json", &swapped),
        &[],
        &["not the SHA-256 of its text"],
    );
    refused(
        &place,
        &place.file("none.json", "[1]"),
        &[],
        &["a manifest is a JSON object"],
    );
    refused(&place, Path::new("not-there.json"), &[], &["cannot be read"]);
    let good = place.manifest(&[VIEWER]);
    let from = ["--from", good.to_str().unwrap()];
    for client in [
        ["--agency", "nobody", "--client", "a"],
        ["--agency", "cambs-police", "--client", "a"],
    ] {
        let mut arguments = vec!["documents", "register"];
        arguments.extend(client);
        arguments.extend(from);
        let known = client[1] == "cambs-police";
        assert_eq!(place.site.run(&arguments).status.success(), known, "{client:?}");
    }
}
on_both!(what_could_not_be_executed_is_not_registered);
