//! What is built in: licences, sources and bans as `deny.toml` has them, and no dependency that nothing uses. Needs no network where
//! every package of the lock file was fetched.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use serde_json::Value as Json;
use toml::Table;

use crate::{
    fail_on,
    paths::{Token, tokens},
};

fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

fn table(file: &str) -> Table {
    let text = fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    text.parse().unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every package that may be built, for whatever machine, as the lock file has them.
fn packages() -> Vec<Json> {
    // Packages for other machines may not be here yet; then they are fetched.
    let mut metadata: Json = metadata(&["--offline"])
        .or_else(|_| metadata(&[]))
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    match metadata["packages"].take() {
        Json::Array(packages) => packages,
        other => panic!("no packages: {other}"),
    }
}

fn metadata(more: &[&str]) -> Result<Json, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(more)
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

fn text<'a>(value: &'a Json, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn strings(value: Option<&toml::Value>) -> Vec<&str> {
    value
        .and_then(toml::Value::as_array)
        .map(|array| array.iter().filter_map(toml::Value::as_str).collect())
        .unwrap_or_default()
}

/// Packages whose manifest names a file and no licence, and what that file was found to be when somebody read it.
fn read_by_us(name: &str) -> Option<&'static str> {
    const READ: [(&str, &str); 1] = [("jsonpath-rust", "MIT")];
    READ.iter().find(|(read, _)| *read == name).map(|(_, licence)| *licence)
}

#[test]
fn every_licence_is_allowed() {
    let deny = table("deny.toml");
    let licences = deny["licenses"].as_table().expect("[licenses]");
    let allowed: BTreeSet<&str> = strings(licences.get("allow")).into_iter().collect();
    assert!(!allowed.is_empty());
    let packages = packages();
    assert!(packages.len() > 100, "the packages were not found");
    let broken: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let name = text(package, "name");
            let licence = package["license"]
                .as_str()
                .or_else(|| read_by_us(name))
                .unwrap_or("none");
            (!is_allowed(licence, &allowed)).then(|| format!("{name} {}: {licence}", text(package, "version")))
        })
        .collect();
    fail_on(&broken, "a licence is not in deny.toml");
}

#[test]
fn every_package_comes_from_the_one_registry() {
    let deny = table("deny.toml");
    let registries = strings(deny["sources"].get("allow-registry"));
    let broken: Vec<String> = packages()
        .iter()
        .filter_map(|package| {
            let source = package["source"].as_str()?;
            let known = registries
                .iter()
                .any(|registry| source == format!("registry+{registry}"));
            (!known).then(|| format!("{} from {source}", text(package, "name")))
        })
        .collect();
    fail_on(&broken, "a package comes from a source that is not in deny.toml");
}

#[test]
fn nothing_that_is_banned_is_built_in() {
    let deny = table("deny.toml");
    let bans = deny["bans"]["deny"].as_array().expect("[bans] deny");
    assert!(bans.len() >= 3);
    let packages = packages();
    let broken: Vec<String> = bans
        .iter()
        .filter_map(|ban| ban["crate"].as_str())
        .flat_map(|ban| {
            let banned = move |package: &&Json| is_banned(ban, text(package, "name"), text(package, "version"));
            packages
                .iter()
                .filter(banned)
                .map(move |package| format!("{ban}: {}", text(package, "version")))
        })
        .collect();
    fail_on(&broken, "deny.toml bans it");
}

#[test]
fn every_dependency_is_used() {
    let mut broken = Vec::new();
    for package in ["", "entity/", "migration/"] {
        let manifest = table(&format!("{package}Cargo.toml"));
        let kinds: [(&str, &[&str]); 3] = [
            ("dependencies", &["src"]),
            ("dev-dependencies", &["src", "tests"]),
            ("build-dependencies", &["build.rs"]),
        ];
        for (kind, places) in kinds {
            let Some(dependencies) = manifest.get(kind).and_then(toml::Value::as_table) else {
                continue;
            };
            let words: BTreeSet<String> = places
                .iter()
                .flat_map(|place| words_below(root().join(package).join(place)))
                .collect();
            assert!(!words.is_empty(), "{package}{kind}: no code was found");
            broken.extend(
                dependencies
                    .keys()
                    .filter(|name| !words.contains(&name.replace('-', "_")))
                    .map(|name| format!("{package}Cargo.toml: {name} in [{kind}]")),
            );
        }
    }
    fail_on(&broken, "a dependency is not used; take it out");
}

/// Every word of the code below a folder, or of a file.
fn words_below(place: PathBuf) -> Vec<String> {
    if place.is_dir() {
        let entries = fs::read_dir(place).expect("a readable folder");
        return entries
            .flat_map(|entry| words_below(entry.expect("an entry").path()))
            .collect();
    }
    if place.extension().is_none_or(|extension| extension != "rs") {
        return Vec::new();
    }
    let code = fs::read_to_string(&place).expect("a readable source");
    let word = |token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    };
    tokens(&code).into_iter().filter_map(word).collect()
}

/// Whether a ban (`name` or `name@<1.2.3`) meets a package.
fn is_banned(ban: &str, name: &str, version: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        let core = version.split(['-', '+']).next().unwrap_or_default();
        core.split('.').map(|part| part.parse().unwrap_or(0)).collect()
    };
    match ban.split_once('@') {
        None => ban == name,
        Some((banned, below)) => {
            let below = below
                .strip_prefix('<')
                .unwrap_or_else(|| panic!("{ban}: only name@<version is understood"));
            banned == name && numbers(version) < numbers(below)
        }
    }
}

/// Whether an SPDX expression is met by licences of the list. `/` is the old way to write `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&words, &mut at, allowed);
    met && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let mut met = both(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at, allowed);
    }
    met
}

fn both(words: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = either(words, at, allowed);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return met && closed;
    }
    if words.get(*at) == Some(&"WITH") {
        // An exception gives more rights, but is a licence text of its own that nobody has read yet.
        let whole = format!("{word} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
        return allowed.contains(whole.as_str());
    }
    allowed.contains(word)
}

#[test]
fn licences_are_read_as_they_are_meant() {
    let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]);
    for good in [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0 OR MIT",
        "MIT/GPL-3.0",
        "MIT AND Apache-2.0",
        "(MIT OR GPL-3.0) AND Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "GPL-3.0 OR MIT AND Apache-2.0",
    ] {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in [
        "",
        "none",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "GPL-3.0 AND MIT OR GPL-2.0",
        "(MIT OR GPL-3.0) AND GPL-2.0",
        "MIT WITH something",
        "(MIT",
        "MIT GPL-3.0",
    ] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}

#[test]
fn bans_are_read_as_they_are_meant() {
    assert!(is_banned("openssl", "openssl", "1.0.0"));
    assert!(!is_banned("openssl", "openssl-probe", "1.0.0"));
    assert!(is_banned("jsonwebtoken@<10.3.0", "jsonwebtoken", "10.2.9"));
    assert!(is_banned("jsonwebtoken@<10.3.0", "jsonwebtoken", "9.10.0"));
    assert!(!is_banned("jsonwebtoken@<10.3.0", "jsonwebtoken", "10.3.0"));
    assert!(!is_banned("jsonwebtoken@<10.3.0", "jsonwebtoken", "11.1.0"));
}
