//! What documents name exists: files, links, settings, counters. A document that speaks of what is not there misleads.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::fail_on;

fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Every document, with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut files = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 15, "the documents were not found");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a readable document");
        (path, text)
    };
    files.into_iter().map(read).collect()
}

/// What all Rust files under a folder say, without what they say in comments.
fn code_in(folder: &str) -> String {
    let mut folders = vec![root().join(folder)];
    let mut all = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a readable file");
                let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                lines.for_each(|line| all.extend([line, "\n"]));
            }
        }
    }
    all
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// What stands between single back-ticks, outside code blocks.
fn quoted(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn files_that_documents_name_are_there() {
    let mut broken = Vec::new();
    for (path, text) in documents() {
        for name in quoted(&text) {
            let folder = name.split_once('/').map(|(folder, _)| folder);
            // What is built is there on some machines only.
            let is_path = folder.is_some_and(|of| !["", "target"].contains(&of) && root().join(of).is_dir())
                && !name.contains(['…', '*', ' ', '<']);
            if is_path && !root().join(name).exists() {
                broken.push(format!("{}: {name}", shown(&path)));
            }
        }
    }
    fail_on(&broken, "a document names a file that is not there");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for (path, text) in documents() {
        let folder = path.parent().expect("a folder");
        for part in text.split("](").skip(1) {
            let target = part.split([')', '#']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !folder.join(target).exists() {
                broken.push(format!("{}: {target}", shown(&path)));
            }
        }
    }
    fail_on(&broken, "a link leads nowhere");
}

#[test]
fn every_decision_is_in_the_list() {
    let folder = root().join("docs/decisions");
    let list = fs::read_to_string(folder.join("README.md")).expect("the list of decisions");
    let mut numbers = BTreeSet::new();
    let mut broken = Vec::new();
    for entry in fs::read_dir(&folder).expect("a readable folder") {
        let name = entry
            .expect("a readable entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        if name == "README.md" {
            continue;
        }
        if !list.contains(&format!("({name})")) {
            broken.push(format!("{name} is not in the list"));
        }
        if !numbers.insert(name.chars().take(4).collect::<String>()) {
            broken.push(format!("{name} has a number that is used twice"));
        }
        let text = fs::read_to_string(folder.join(&name)).expect("a readable decision");
        for heading in ["## Context", "## Decision", "## Consequences"] {
            if !text.contains(heading) {
                broken.push(format!("{name} has no {heading}"));
            }
        }
    }
    let listed: Vec<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("| [")?.get(..4))
        .collect();
    if listed.len() != numbers.len() || !listed.is_sorted() {
        broken.push("README.md does not list each once, in their order".to_owned());
    }
    fail_on(&broken, "docs/decisions");
}

#[test]
fn counters_and_settings_in_documents_are_those_of_the_program() {
    let code = [code_in("src"), code_in("tests")].concat();
    let mut broken = Vec::new();
    for (path, text) in documents() {
        for word in text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_') {
            let is_name = word.starts_with("thinkfamily_") || word.starts_with("THINKFAMILY_");
            if is_name && !code.contains(word) {
                broken.push(format!("{}: {word}", shown(&path)));
            }
        }
    }
    fail_on(
        &broken,
        "a document names a counter or setting that the program does not have",
    );
}

#[test]
fn back_ticks_are_read_as_they_are_meant() {
    let text = "`src/a.rs` and\n```sh\n`src/b.rs`\n```\nthen `src/c.rs`.";
    assert_eq!(quoted(text), ["src/a.rs", "src/c.rs"]);
}
