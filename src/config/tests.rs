//! Tests of the precedence of sources, and of refused values.

use std::{path::PathBuf, time::Duration};

use clap::{CommandFactory, Parser};

use super::{Config, ConfigArgs, ConfigError, KeyLocation, Limits, LogFormat, Mode, Origin, SETTINGS, is_key_address};

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    settings: ConfigArgs,
}

/// Loads with these flags, this environment and this file.
fn load(flags: &[&str], environment: &[(&str, &str)], file: Option<&str>) -> Result<Config, ConfigError> {
    let home = tempfile::tempdir().unwrap();
    let mut line = CommandLine::try_parse_from(std::iter::once(&"thinkfamily").chain(flags)).unwrap();
    if let Some(text) = file {
        let path = home.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        line.settings.config = Some(path);
    }
    Config::load_with(&line.settings, &|name| {
        environment
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

#[track_caller]
fn assert_refused(result: Result<Config, ConfigError>, setting: &str, wanted: &str) {
    let error = result.expect_err(setting);
    assert_eq!(error.setting, setting, "{error}");
    assert!(error.to_string().contains(wanted), "{error}");
}

#[test]
fn the_defaults_serve_this_machine_only() {
    let config = load(&[], &[], None).unwrap();
    assert_eq!(config.mode, Mode::Development);
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.data_dir, PathBuf::from("data"));
    assert_eq!(config.database.url.text(), "sqlite://data/thinkfamily.db");
    assert_eq!(config.database.trail_url, None);
    assert_eq!(config.audience, "https://thinkfamily.example/graphql");
    assert!(config.dev_issuer && config.graphiql && config.demo_data && config.migrate);
    assert_eq!(config.log.format, LogFormat::Text);
    assert!(config.issuers.is_empty());
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.limits.document_bytes, 32 * 1024);
    assert_eq!(config.limits.document_tokens, 2_000);
    assert_eq!(config.request_timeout, Duration::from_secs(15));
    assert_eq!(config.drain_time, Duration::ZERO);
    assert_eq!(config.connections.token_bytes, 16 * 1024);
    let small = load(&["--header-bytes=8192"], &[], None).unwrap().connections;
    assert_eq!(small.token_bytes, 8192, "a token has room in the headers");
}

#[test]
fn flags_override_environment_overrides_file() {
    let file = "listen = \"127.0.0.1:3\"\naliases = 3\nmigrate = false\nfragments = 3\n";
    let environment = [("THINKFAMILY_LISTEN", "127.0.0.1:2"), ("THINKFAMILY_ALIASES", "2")];
    let config = load(&["--listen", "127.0.0.1:1"], &environment, Some(file)).unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!(config.limits.aliases, 2);
    assert_eq!(config.limits.fragments, 3);
    assert!(!config.migrate);
}

#[test]
fn the_specific_database_variable_overrides_database_url() {
    let url = |environment: &[(&str, &str)]| load(&[], environment, None).unwrap().database.url.text().to_owned();
    let common = ("DATABASE_URL", "postgres://db.example/tf");
    assert_eq!(url(&[common]), "postgres://db.example/tf");
    assert_eq!(
        url(&[common, ("THINKFAMILY_DATABASE_URL", "sqlite://own.db")]),
        "sqlite://own.db"
    );
    assert_eq!(
        url(&[("DATABASE_URL", ""), ("THINKFAMILY_DATA_DIR", "/srv/tf")]),
        "sqlite:///srv/tf/thinkfamily.db"
    );
}

#[test]
fn the_configuration_file_may_be_set_by_environment_and_must_exist() {
    let environment = [("THINKFAMILY_CONFIG", "/nowhere/thinkfamily.toml")];
    assert_refused(load(&[], &environment, None), "config", "want a file that can be read");
    assert_refused(load(&[], &[], Some("listen = [")), "config", "want TOML; line 1");
}

#[test]
fn development_conveniences_are_off_in_production_unless_switched_on() {
    let config = load(&["--mode=production", "--listen=0.0.0.0:443"], &[], None).unwrap();
    assert!(!config.dev_issuer && !config.graphiql && !config.demo_data);
    assert!(config.migrate);
    assert_eq!(
        config.drain_time,
        Duration::from_secs(5),
        "whoever is in front has to notice"
    );
    assert_eq!(config.log.format, LogFormat::Json);
    let asked = load(
        &["--mode=production", "--graphiql", "--demo-data=on", "--dev-issuer"],
        &[],
        None,
    )
    .unwrap();
    assert!(asked.graphiql && asked.demo_data && asked.dev_issuer);
}

#[test]
fn the_development_issuer_requires_a_loopback_listener() {
    for flags in [
        &["--listen=0.0.0.0:8080"][..],
        &["--listen=[::]:8080"],
        &["--listen=192.0.2.1:8080"],
        &["--mode=production", "--listen=0.0.0.0:443", "--dev-issuer=on"],
    ] {
        assert_refused(load(flags, &[], None), "listen", "loopback");
    }
    assert!(load(&["--listen=0.0.0.0:8080", "--dev-issuer=off"], &[], None).is_ok());
    assert!(load(&["--listen=[::1]:8080"], &[], None).is_ok());
}

#[test]
fn the_metrics_listener_needs_a_token_off_loopback() {
    let metrics_listener = |flags: &[&str]| load(flags, &[], None).unwrap().metrics_listener;
    assert_eq!(metrics_listener(&[]), None);
    assert_eq!(metrics_listener(&["--metrics-listen=off"]), None);
    let here = metrics_listener(&["--metrics-listen=127.0.0.1:9464"]).unwrap();
    assert_eq!((here.listen.port(), here.token_file), (9464, None));
    let there = ["--metrics-listen=0.0.0.0:9464", "--metrics-token-file=/etc/token"];
    assert_eq!(
        metrics_listener(&there).unwrap().token_file,
        Some(PathBuf::from("/etc/token"))
    );
    for open in ["0.0.0.0:9464", "[::]:9464", "192.0.2.1:9464"] {
        let flag = format!("--metrics-listen={open}");
        assert_refused(load(&[&flag], &[], None), "metrics_token_file", "loopback");
    }
    assert_refused(load(&there[1..], &[], None), "metrics_listen", "want an address");
}

#[test]
fn a_bad_value_is_refused_with_its_name_and_expectation_and_not_echoed() {
    for (setting, bad, wanted) in [
        ("mode", "test", "development or production"),
        ("listen", "localhost", "127.0.0.1:8080"),
        ("metrics_listen", "on", "127.0.0.1:9464"),
        ("database_connections", "0", "from 1 to 1000"),
        ("statement_timeout_ms", "-5", "from 10 to 600000"),
        ("request_timeout_ms", "1s", "a whole number"),
        ("audience", "two words", "without spaces"),
        ("dev_issuer", "yes", "on or off"),
        ("graphiql", "1", "on or off"),
        ("log_format", "xml", "json or text"),
        ("log_level", "loud", "error, warn, info, debug or trace"),
        ("document_tokens", "99999999999", "a whole number"),
        ("repeats", "0", "from 1 to"),
        ("requests_per_client", "0", "from 1 to"),
    ] {
        let variable = format!("THINKFAMILY_{}", setting.to_uppercase());
        let by_environment = load(&[], &[(&variable, bad)], None);
        assert!(!by_environment.as_ref().unwrap_err().to_string().contains("secret"));
        assert_eq!(by_environment.as_ref().unwrap_err().origin, Some(Origin::Environment));
        assert_refused(by_environment, setting, wanted);
        assert_refused(load(&[], &[], Some(&format!("{setting} = {bad:?}"))), setting, wanted);
        let flag = format!("--{}={bad}", setting.replace('_', "-"));
        assert_refused(load(&[&flag], &[], None), setting, wanted);
    }
    assert_refused(
        load(&["--document-bytes=9000", "--body-bytes=2000"], &[], None),
        "document_bytes",
        "body_bytes",
    );
    assert_refused(
        load(&["--cost=9000", "--cost-per-minute=8999"], &[], None),
        "cost_per_minute",
        "cost",
    );
    assert_refused(
        load(&["--token-bytes=9000", "--header-bytes=8192"], &[], None),
        "token_bytes",
        "header_bytes",
    );
    assert_refused(
        load(&["--strangers=8", "--strangers-per-address=9"], &[], None),
        "strangers_per_address",
        "strangers",
    );
    assert_refused(
        load(&["--data-dir=a?mode=memory"], &[], None),
        "data_dir",
        "database_url",
    );
}

#[test]
fn unknown_or_misplaced_keys_of_the_file_are_refused() {
    assert_refused(
        load(&[], &[], Some("lisen = \"127.0.0.1:1\"")),
        "lisen",
        "no setting of that name",
    );
    assert_refused(
        load(&[], &[], Some("[limits]\naliases = 1")),
        "limits",
        "no setting of that name",
    );
    assert_refused(load(&[], &[], Some("aliases = 1.5")), "aliases", "whole number");
    assert_refused(load(&[], &[], Some("aliases = 1\naliases = 2")), "config", "line 2");
}

#[test]
fn a_database_url_is_not_printed_by_debug() {
    let flag = ["--database-url=postgres://u:secret@db.example/tf"];
    let config = load(&flag, &[], None).unwrap();
    assert!(config.database.url.text().contains("secret") && !format!("{config:?}").contains("secret"));
}

const ISSUER: &str = r#"
[[issuer]]
issuer = "https://login.police.example"
algorithms = ["ES256", "EdDSA"]
jwks_address = "https://login.police.example/keys"
agencies = ["cambridgeshire/cambs-police"]
"#;

#[test]
fn issuers_are_read_with_their_defaults() {
    let config = load(&[], &[], Some(ISSUER)).unwrap();
    let [issuer] = config.issuers.as_slice() else { panic!() };
    assert_eq!(issuer.audience, config.audience);
    assert_eq!(issuer.algorithms.len(), 2);
    assert_eq!(
        issuer.agencies.first().unwrap().to_string(),
        "cambridgeshire/cambs-police"
    );
    assert_eq!(
        issuer.keys,
        KeyLocation::Address("https://login.police.example/keys".to_owned())
    );
    assert_eq!(
        (issuer.leeway, issuer.refresh),
        (Duration::from_secs(5), Duration::from_mins(10))
    );
    let wider = load(&[], &[], Some(&format!("{ISSUER}leeway_seconds = 300"))).unwrap();
    assert_eq!(wider.issuers[0].leeway, Duration::from_mins(5));
}

#[test]
fn invalid_issuers_are_refused() {
    let agencies = "agencies = [\"cambridgeshire/cambs-police\"]";
    let address = "jwks_address = \"https://login.police.example/keys\"";
    for (from, to, setting) in [
        (agencies, "agencies = []", "issuer[1].agencies"),
        (agencies, "agencies = [\"cambs-police\"]", "issuer[1].agencies"),
        (agencies, "agencies = [\"*\"]", "issuer[1].agencies"),
        (agencies, "", "issuer"),
        ("\"ES256\", \"EdDSA\"", "", "issuer[1].algorithms"),
        ("\"ES256\"", "\"HS256\"", "issuer[1].algorithms"),
        ("\"ES256\"", "\"none\"", "issuer[1].algorithms"),
        (address, "", "issuer[1].jwks_file"),
        (
            address,
            "jwks_address = \"http://login.police.example/keys\"",
            "issuer[1].jwks_address",
        ),
        ("https://login.police.example\"\nalgo", "\"\nalgo", "issuer[1].issuer"),
        (
            "https://login.police.example\"\nalgo",
            "urn:thinkfamily:development-issuer\"\nalgo",
            "issuer[1].issuer",
        ),
        (
            agencies,
            &format!("{agencies}\nleeway_seconds = 301"),
            "issuer[1].leeway_seconds",
        ),
        (agencies, &format!("{agencies}\nportals = [\"x\"]"), "issuer[1].portals"),
        (agencies, &format!("{agencies}\ntrust_everyone = true"), "issuer"),
    ] {
        let text = ISSUER.replace(from, to);
        assert_ne!(text, ISSUER);
        assert_refused(load(&[], &[], Some(&text)), setting, "want");
    }
    assert_refused(
        load(&[], &[], Some(&format!("{ISSUER}{ISSUER}"))),
        "issuer[2].issuer",
        "named once",
    );
}

#[test]
fn keys_come_over_https_or_from_this_machine() {
    for good in [
        "https://a.example/keys",
        "http://127.0.0.1:9/k",
        "http://[::1]/k",
        "http://localhost:8080/k",
    ] {
        assert!(is_key_address(good), "{good}");
    }
    for bad in [
        "http://a.example/keys",
        "http://localhost.evil.example/k",
        "http://127.0.0.1.evil.example/",
        "https://user:secret@a.example/",
        "ftp://a.example/",
        "file:///etc/passwd",
        "a.example/keys",
        "https://a.example/#x",
        "",
    ] {
        assert!(!is_key_address(bad), "{bad}");
    }
}

#[test]
fn every_setting_has_a_flag_a_variable_and_help() {
    let help = CommandLine::command().render_long_help().to_string();
    for setting in SETTINGS {
        assert_eq!(setting.variable, format!("THINKFAMILY_{}", setting.name.to_uppercase()));
        assert!(
            help.contains(&format!("--{}", setting.name.replace('_', "-"))),
            "{}",
            setting.name
        );
        assert!(help.contains(setting.variable), "{}", setting.name);
    }
    CommandLine::command().debug_assert();
}
