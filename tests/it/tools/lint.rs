//! The schema against the rules that other people have for schemas: `@graphql-eslint`'s presets schema-recommended and schema-relay.

use std::process::Command;

use super::{Copy, on_node, partners, schema_for};
use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
};
use thinkfamily::graphql::sdl;

fn lint(copy: &Copy, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new("node");
    command.args(["lint.mjs", "schema.graphql"]).args(arguments);
    copy.run(command)
}

#[test]
fn the_schema_keeps_to_the_rules() {
    let Some(tools) = on_node() else { return };
    let (well, said) = lint(&Copy::of("lint", &tools, &sdl::whole()), &["whole"]);
    assert!(well, "{said}");
    println!("{said}");
    // What is left undescribed is found, on whatever level.
    for (what, described) in [
        ("a type", "\"\"\"Where every reading begins.\"\"\"\n"),
        ("a field", "\"\"\"The rows with their cursors."),
        ("a directive's argument", "\"\"\"Whether write access is needed.\"\"\""),
    ] {
        let whole = sdl::whole();
        let without = match what {
            "a field" => without_the_first_description(&whole, "edges:"),
            _ => whole.replacen(described, "", 1),
        };
        assert_ne!(without, whole, "{what}");
        let (well, said) = lint(&Copy::of("lint", &tools, &without), &[]);
        assert!(!well && said.contains("require-description"), "{what}: {said}");
    }
}

/// The text without the description that stands before the first line that begins with a word.
fn without_the_first_description(sdl: &str, word: &str) -> String {
    let mut lines: Vec<&str> = sdl.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.trim_start().starts_with(word))
        .unwrap();
    let end = at - 1;
    let begin = lines[..end].iter().rposition(|line| line.trim() == "\"\"\"").unwrap();
    lines.drain(begin..=end);
    lines.join("\n")
}

async fn what_a_role_is_given_keeps_to_the_rules(database: &TestDatabase) {
    let Some(tools) = on_node() else { return };
    let app = App::start(database).await;
    for (name, partner) in partners(&app) {
        let (well, said) = lint(&Copy::of("lint", &tools, &schema_for(&partner).await), &[]);
        assert!(well, "{name}: {said}");
    }
}
on_both!(what_a_role_is_given_keeps_to_the_rules);
