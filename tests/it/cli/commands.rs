//! Help, settings, migration and tokens.

use super::Home;
use crate::support::small_disk::SmallDisk;

#[test]
fn help_tells_the_commands_and_then_the_settings() {
    let home = Home::new();
    let help = home.run(&["--help"]).ok();
    for word in [
        "serve",
        "import",
        "--database-url",
        "DATABASE_URL",
        "THINKFAMILY_LISTEN",
        "Exit codes",
    ] {
        assert!(help.contains(word), "no {word} in:\n{help}");
    }
    assert!(home.run(&["agreement", "--help"]).ok().contains("matrix"));
    assert!(
        std::fs::read_dir(home.path("")).unwrap().next().is_none(),
        "help makes nothing"
    );
}

#[test]
fn a_wrong_command_line_or_setting_is_a_usage_error() {
    let home = Home::new();
    home.run(&["sevre"]).failed(2, &["sevre"]);
    home.run(&["migrate"]).failed(2, &[]);
    home.run(&["--listen", "nowhere"])
        .failed(2, &["`listen`", "127.0.0.1:8080"]);
    home.run(&["migrate", "up", "--database-url", "mysql://a/b"])
        .failed(2, &["`database_url`"]);
    home.run(&["demo", "--families", "many"]).failed(2, &["--families"]);
    home.run(&["schema", "--role", "practitioner"])
        .failed(2, &["--agency-kind"]);
    home.run(&["--config", "missing.toml", "migrate", "status"])
        .failed(2, &["config"]);
    assert!(!home.path("data").exists(), "what is refused makes nothing");
}

#[test]
fn migration_is_told_before_and_after() {
    let home = Home::new();
    home.run(&["migrate", "status"])
        .failed(1, &["no database", "migrate up"]);
    assert!(!home.path("data").exists(), "a look makes nothing");
    assert!(home.run(&["migrate", "up"]).ok().contains(" steps applied"));
    let status = home.run(&["migrate", "status"]).ok();
    assert!(status.contains("applied  main   m0001_who_is_who"), "{status}");
    assert!(status.contains("applied  trail  t0001_trail"), "{status}");
    assert!(!status.contains("pending"), "{status}");
    assert!(home.run(&["migrate", "up"]).ok().contains("nothing to apply"));
}

#[test]
fn a_database_that_is_behind_is_refused_where_migration_is_off() {
    let home = Home::new();
    for name in ["thinkfamily.db", "thinkfamily.trail.db"] {
        home.write(&format!("data/{name}"), "");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = home.path(&format!("data/{name}"));
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    for arguments in [
        &["serve", "--migrate=off", "--listen", "127.0.0.1:0"][..],
        &["demo", "--families", "1", "--migrate=off"],
        &["audit", "verify"],
    ] {
        home.run(arguments).failed(1, &["behind this program", "migrate up"]);
    }
}

#[test]
fn evidence_that_may_only_be_read_is_verified_and_nothing_is_made() {
    let Some(disk) = SmallDisk::new(64) else { return };
    let home = Home::with_database(&disk.url("evidence.db"));
    home.run(&["demo", "--families", "3", "--disk-reserve-mb", "0"]).ok();
    let listed = || {
        let names = std::fs::read_dir(disk.path()).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = listed();
    assert!(before.iter().any(|name| name == "evidence.trail.db"), "{before:?}");
    disk.seal();
    let verified = home.run(&["audit", "verify"]).ok();
    assert!(verified.contains("nothing found"), "{verified}");
    home.run(&["migrate", "status"]).ok();
    assert_eq!(listed(), before);
}

#[test]
fn a_trail_that_is_missing_is_said_to_be_missing_and_not_made() {
    let home = Home::new();
    home.run(&["migrate", "up"]).ok();
    let trail = home.path("data/thinkfamily.trail.db");
    std::fs::remove_file(&trail).unwrap();
    for arguments in [&["audit", "verify"][..], &["migrate", "status"]] {
        home.run(arguments).failed(1, &["no trail at", "missing"]);
    }
    assert!(!trail.exists());
}

#[test]
fn a_token_is_printed_alone_in_development_only() {
    let home = Home::new();
    let arguments = [
        "token",
        "--agency",
        "cambs-police",
        "--role",
        "marker_lookup",
        "--purpose",
        "safeguarding",
    ];
    let token = home.run(&arguments).ok();
    assert_eq!(token.trim_end().split('.').count(), 3, "{token}");
    assert_eq!(token.lines().count(), 1);
    let mut production = arguments.to_vec();
    production.extend(["--mode", "production"]);
    home.run(&production).failed(1, &["the development issuer is off"]);
    home.run(&[
        "token",
        "--agency",
        "cambs-police",
        "--role",
        "king",
        "--purpose",
        "safeguarding",
    ])
    .failed(2, &["--role"]);
}

#[test]
fn a_schema_is_printed_whole_or_for_a_partner() {
    let home = Home::new();
    assert!(home.run(&["schema"]).ok().contains("type Query"));
    let police = [
        "schema",
        "--agency-kind",
        "police",
        "--role",
        "marker_lookup",
        "--purpose",
        "safeguarding",
    ];
    home.run(&police).failed(1, &["no database"]);
    home.run(&["demo", "--families", "0"]).ok();
    assert!(home.run(&police).ok().contains("type Query"));
    let mut elsewhere = police.to_vec();
    elsewhere.extend(["--authority", "nowhere"]);
    home.run(&elsewhere).failed(1, &["no authority of that code"]);
}
