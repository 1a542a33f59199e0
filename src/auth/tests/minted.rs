//! Tests of the development issuer: its key, its tokens, and the subcommand that prints one.

use std::sync::Arc;

use clap::Parser;
use serde_json::json;

use super::kit::{AUDIENCE, Register, noon};
use crate::{
    auth::{AuthRefusal, Authenticator, DevIssuer, DevIssuerError, PortalRequest, TokenRequest},
    cli::token::{TokenArgs, TokenError, run},
    clock::{Clock, Ids},
    config::{Config, ConfigArgs},
};

fn request() -> TokenRequest {
    TokenRequest {
        authority: "cambridgeshire".to_owned(),
        agency: "cambs-police".to_owned(),
        role: "marker_lookup".to_owned(),
        purposes: vec!["safeguarding".to_owned()],
        subject: "officer-3".to_owned(),
        client: "records".to_owned(),
        portal: Some(PortalRequest {
            agency: "cambs-portal".to_owned(),
            subject: "portal".to_owned(),
            client: "portal".to_owned(),
        }),
        minutes: 5,
    }
}

fn open(directory: &std::path::Path) -> Result<DevIssuer, DevIssuerError> {
    DevIssuer::open(directory, AUDIENCE, Clock::fixed(noon()), Ids::seeded(1))
}

fn authenticator(issuer: &DevIssuer) -> Authenticator {
    let trusted = issuer.trusted().unwrap();
    Authenticator::new(vec![trusted], Arc::new(Register::default()), Clock::fixed(noon())).unwrap()
}

#[tokio::test]
async fn an_issued_token_is_accepted_and_the_key_outlives_the_process() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("new/data");
    let token = open(&directory).unwrap().mint(&request()).unwrap();
    let reopened = open(&directory).unwrap();
    let caller = authenticator(&reopened)
        .sign_in_with(&token, None)
        .await
        .unwrap()
        .caller;
    assert_eq!(caller.principal.role, "marker_lookup");
    assert_eq!(caller.portal.unwrap().agency_code, "cambs-portal");
    let elsewhere = open(&home.path().join("other")).unwrap();
    assert_ne!(elsewhere.jwks(), reopened.jwks());
    let refusal = authenticator(&elsewhere).sign_in_with(&token, None).await.unwrap_err();
    assert_eq!(refusal, AuthRefusal::KeyUnknown);
    assert_eq!(reopened.jwks()["keys"][0].get("d"), None);
}

#[test]
fn tokens_that_would_be_refused_are_not_issued() {
    let home = tempfile::tempdir().unwrap();
    let issuer = open(home.path()).unwrap();
    let refused = |change: &dyn Fn(&mut TokenRequest)| {
        let mut request = request();
        change(&mut request);
        match issuer.mint(&request) {
            Err(DevIssuerError::Claims(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        refused(&|request| request.role = "portal".to_owned()),
        AuthRefusal::RoleIsPortal
    );
    assert_eq!(
        refused(&|request| request.purposes.clear()),
        AuthRefusal::ClaimMalformed("purposes")
    );
    assert_eq!(
        refused(&|request| request.subject = "a\n".to_owned()),
        AuthRefusal::ClaimMalformed("sub")
    );
    assert_eq!(refused(&|request| request.minutes = 0), AuthRefusal::Expired);
    assert_eq!(refused(&|request| request.minutes = 1441), AuthRefusal::LivesTooLong);
}

#[cfg(unix)]
#[test]
fn the_key_file_is_private() {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt as _,
    };
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("data");
    open(&directory).unwrap();
    assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
    let files: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let [key] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(key, Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(open(&directory), Err(DevIssuerError::ReadableByOthers)));
    fs::set_permissions(key, Permissions::from_mode(0o600)).unwrap();
    fs::write(key, b"nonsense").unwrap();
    assert!(matches!(open(&directory), Err(DevIssuerError::NotAKey)));
}

#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    settings: ConfigArgs,
    #[command(flatten)]
    token: TokenArgs,
}

#[tokio::test]
async fn the_subcommand_prints_one_token_or_reports_that_the_issuer_is_off() {
    let home = tempfile::tempdir().unwrap();
    let data = format!("--data-dir={}", home.path().display());
    let line = |more: &[&str]| {
        let fixed = [
            "token",
            &data,
            "--agency=cambs-police",
            "--role=practitioner",
            "--purpose=a",
            "--purpose=b",
        ];
        CommandLine::try_parse_from(fixed.iter().chain(more)).unwrap()
    };
    let print = |line: &CommandLine| {
        let config = Config::load_with(&line.settings, &|_| None).unwrap();
        let mut out = Vec::new();
        run(&config, &line.token, &Clock::fixed(noon()), &Ids::seeded(2), &mut out)
            .map(|()| String::from_utf8(out).unwrap())
    };
    let printed = print(&line(&["--for-user=nurse-1", "--portal=cambs-portal", "--minutes=2"])).unwrap();
    let signed_in = authenticator(&open(home.path()).unwrap())
        .sign_in_with(printed.trim_end(), Some("b"))
        .await
        .unwrap();
    assert_eq!(signed_in.caller.principal.subject, "nurse-1");
    assert_eq!(json!(signed_in.caller.purposes), json!(["a", "b"]));
    assert_eq!((signed_in.expires_at - noon()).num_minutes(), 2);
    let off = print(&line(&["--dev-issuer=off"])).unwrap_err();
    assert!(matches!(off, TokenError::IssuerOff));
    assert!(CommandLine::try_parse_from(["token", "--agency=a", "--role=portal", "--purpose=b"]).is_err());
    assert!(CommandLine::try_parse_from(["token", "--agency=a", "--role=manager"]).is_err());
}
