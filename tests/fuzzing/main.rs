//! Some thousand changed examples for each target of `fuzz`, the same in every run and without a nightly compiler.
//!
//! With `THINKFAMILY_FUZZ_SEEDS=fuzz/corpus` the examples are written there as well, for libFuzzer to begin with.

mod mutate;
mod targets;

use std::{env, fs, path::Path};

use mutate::{Chance, mutated};
use targets::{CURSOR, ID, Tokens};
use thinkfamily::import::FILES;

/// Feeds the target of that name with changed examples. A case that fails is told with what it was.
fn run<T>(name: &str, (seed, cases): (u64, usize), examples: &[Vec<u8>], words: &[&str], target: impl Fn(&[u8]) -> T) {
    if let Some(folder) = env::var_os("THINKFAMILY_FUZZ_SEEDS") {
        let folder = Path::new(&folder).join(name);
        fs::create_dir_all(&folder).expect("a folder for examples");
        for (at, example) in examples.iter().enumerate() {
            fs::write(folder.join(format!("seed-{at}")), example).expect("an example is written");
        }
    }
    let mut chance = Chance::seeded(seed);
    for case in 0..cases {
        let data = mutated(&mut chance, examples, words);
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| target(&data)));
        assert!(
            told.is_ok(),
            "seed {seed}, case {case}: {:?}",
            String::from_utf8_lossy(&data)
        );
    }
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn documents() {
    let examples = texts(&[
        include_str!("../../src/wire/precheck/introspection.graphql"),
        "{ family(reference: \"TF-10001\") { reference members(first: 3) { givenName ...M } } } fragment M on Member { id }",
        "query A($a: [Int!]! = [1, 2], $b: In = { c: \"d\", e: \"\"\"f\"\"\" }) @x(y: 1.5e3) { a: b(c: $a) ... on Q @skip(if: true) { d } }",
        "mutation { recordConsent(input: { reason: \"\\u00e9\\n\", at: null }) { errors { code } } }",
        "subscription S { markerChanged(after: \"x\") { kind cursor } } # a comment",
    ]);
    let words = [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "...",
        "...F",
        "fragment F on Query {",
        "@a",
        "$a",
        "\"",
        "\"\"\"",
        "a:",
        "#",
        "\u{feff}",
        "\0",
        "é",
        "query",
        "on",
        "1e9",
        "-0",
        "&",
        "|",
        "!",
    ];
    assert!(examples.iter().all(|example| targets::document(example)));
    run("document", (1, 20_000), &examples, &words, targets::document);
}

#[test]
fn agreements() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("agreements");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    let examples: Vec<_> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(!examples.is_empty());
    assert!(examples.iter().any(|example| targets::agreement(example)));
    let words = [
        "[[clause]]",
        "[agreement]",
        "[[signatory]]",
        "=",
        "\"",
        "[",
        "]",
        "true",
        "false",
        "2026-01-01",
        "9999-99-99",
        "purposes = []",
        "id = \"a\"",
        "\n",
        "#",
        "\0",
        "é",
        "1e400",
        "'''",
    ];
    run("agreement", (2, 2_000), &examples, &words, targets::agreement);
}

#[test]
fn ids_and_cursors() {
    let examples = vec![
        ID.as_bytes().to_vec(),
        CURSOR.as_bytes().to_vec(),
        b"AAAA".to_vec(),
        Vec::new(),
    ];
    targets::opaque(ID.as_bytes());
    targets::opaque(CURSOR.as_bytes());
    run(
        "opaque",
        (3, 50_000),
        &examples,
        &["=", "==", "A", "_", "-", "+", "/", " ", "\n"],
        targets::opaque,
    );
}

#[test]
fn tokens() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::new(folder.path());
    tokens.check(tokens.good.as_bytes());
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.";
    let examples = vec![tokens.good.clone().into_bytes(), none.as_bytes().to_vec()];
    run(
        "token",
        (4, 5_000),
        &examples,
        &[".", "=", "A", " ", ",", "eyJ", "e30", "null", "\t"],
        |data| tokens.check(data),
    );
}

#[test]
fn imports() {
    let mut examples = Vec::new();
    for (at, table) in FILES.iter().enumerate() {
        let header: Vec<_> = table.in_file().iter().map(|column| column.file).collect();
        let line = vec!["1"; header.len()].join(",");
        let text = format!("{}\n{line}\na,\"b\nc\",2020-02-29,,é\n", header.join(","));
        examples.push([&[u8::try_from(at).unwrap()], text.as_bytes()].concat());
    }
    // One that is good.
    let good = "code,name,kind\neastshire-police,Eastshire Police,police\n";
    examples.push([&[0], good.as_bytes()].concat());
    let words = [
        ",",
        "\n",
        "\r\n",
        "\"",
        "\"\"",
        "2020-02-29",
        "2021-02-29",
        "true",
        "eastshire-police",
        "-1",
        "\0",
        "\u{feff}",
        "1e9",
        "CRIME",
        "99999999999999999999",
    ];
    assert!(targets::import(examples.last().unwrap()));
    run("import", (5, 20_000), &examples, &words, targets::import);
}
