//! Tests of `cli`.

use clap::CommandFactory;

use super::App;

#[test]
fn the_command_line_is_consistent() {
    App::command().debug_assert();
}

#[test]
fn settings_come_last_in_the_help() {
    let help = App::command().render_long_help().to_string();
    let at = |text: &str| help.find(text).unwrap_or_else(|| panic!("no {text} in:\n{help}"));
    assert!(at("Commands") < at("Settings"));
    for name in [
        "serve",
        "token",
        "agreement",
        "import",
        "export",
        "codes",
        "demo",
        "schema",
        "documents",
        "audit",
        "backup",
        "restore",
        "migrate",
        "move-authority",
        "health",
        "matching",
    ] {
        assert!(at(name) < at("Settings"), "{name}");
    }
    assert!(at("--database-url") > at("Settings"));
}
