//! The build that permits everything is never one for use: nothing switches its feature or its flag on.

use std::{fs, path::PathBuf};

use toml::Table;

use crate::fail_on;

const FEATURE: &str = "permit-everything";
const FLAG: &str = "bench_permit_everything";

fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn nothing_switches_on_what_permits_everything() {
    let mut broken = Vec::new();
    let manifest: Table = text("Cargo.toml").parse().expect("TOML");
    for (name, needs) in manifest["features"].as_table().expect("features") {
        if needs.to_string().contains(FEATURE) || (name == FEATURE && needs.as_array().is_none_or(|of| !of.is_empty()))
        {
            broken.push(format!("Cargo.toml: the feature {name}"));
        }
    }
    for member in ["entity", "migration", "benches"] {
        if text(&format!("{member}/Cargo.toml")).contains(FEATURE) {
            broken.push(format!("{member}/Cargo.toml"));
        }
    }
    let ci = text(".ci/run");
    if ci.contains(FEATURE) || ci.contains(FLAG) || ci.contains("--all-features") {
        broken.push(".ci/run".to_owned());
    }
    for file in [".cargo/config.toml", ".cargo/config", "build.rs"] {
        if fs::read_to_string(root().join(file)).is_ok_and(|text| text.contains(FLAG) || text.contains(FEATURE)) {
            broken.push(file.to_owned());
        }
    }
    fail_on(
        &broken,
        "the bench's build that permits everything is switched on (docs/decisions/0022-beside-others.md)",
    );
}

#[test]
fn the_feature_alone_does_not_build() {
    let library = text("src/lib.rs");
    let guard = format!("#[cfg(all(feature = \"{FEATURE}\", not({FLAG})))]\ncompile_error!(");
    assert!(library.contains(&guard), "src/lib.rs refuses {FEATURE} without {FLAG}");
}
