//! What browsers are told: which pages of other origins may ask, and how every answer is to be handled.

use crate::{
    live::police,
    support::process::Site,
    tokens::exchange::{Got, ask, post},
};

const PORTAL: &str = "https://portal.example";
const HERE: &str = "http://localhost:5173";
const CORS: [&str; 7] = [
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-allow-credentials",
    "access-control-max-age",
    "access-control-expose-headers",
    "vary",
];

fn asked_before(serving: &crate::support::process::Serving, origin: &str) -> Got {
    let headers = [
        format!("origin: {origin}"),
        "access-control-request-method: POST".to_owned(),
        "access-control-request-headers: authorization,content-type,dpop,x-purpose-of-use".to_owned(),
    ];
    ask(serving, "OPTIONS /graphql", &headers.each_ref().map(String::as_str))
}

#[tokio::test]
async fn only_pages_of_named_origins_may_ask() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), None);
    let serving = site.serve(&["--cors-origins", &format!("{PORTAL}, {HERE}")]);
    let token = format!("authorization: Bearer {}", site.token(&police()));
    for origin in [PORTAL, HERE] {
        let told = asked_before(&serving, origin);
        assert_eq!(told.status(), 200);
        assert_eq!(told.header("access-control-allow-origin"), origin);
        assert_eq!(told.header("access-control-allow-methods"), "GET,POST");
        for name in [
            "authorization",
            "content-type",
            "dpop",
            "x-purpose-of-use",
            "x-withheld",
        ] {
            assert!(told.header("access-control-allow-headers").contains(name), "{told:?}");
        }
        assert_eq!(told.header("access-control-allow-credentials"), "", "no cookies count");
        assert!(told.header("vary").contains("origin"), "{told:?}");
        let lines = [token.clone(), format!("origin: {origin}")].map(String::into_bytes);
        let answer = post(&serving, "/graphql", &lines);
        assert_eq!(
            (answer.status(), answer.header("access-control-allow-origin")),
            (200, origin)
        );
        assert!(
            answer
                .header("access-control-expose-headers")
                .contains("www-authenticate"),
            "{answer:?}"
        );
        let refused = post(&serving, "/graphql", &lines[1..]);
        assert_eq!(
            (refused.status(), refused.header("access-control-allow-origin")),
            (401, origin),
            "so that the page can read why"
        );
    }
    for origin in [
        "https://portal.example.evil.example",
        "https://portal.example:444",
        "http://portal.example",
        "https://PORTAL.example",
        "null",
        "*",
    ] {
        let told = asked_before(&serving, origin);
        assert_eq!(told.header("access-control-allow-origin"), "", "{origin}");
        let lines = [token.clone(), format!("origin: {origin}")].map(String::into_bytes);
        let answer = post(&serving, "/graphql", &lines);
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
    drop(serving);
    // Nobody is named by default, and nothing is said.
    let serving = site.serve(&[]);
    let lines = [token, format!("origin: {PORTAL}")].map(String::into_bytes);
    for got in [asked_before(&serving, PORTAL), post(&serving, "/graphql", &lines)] {
        for name in CORS {
            assert_eq!(got.header(name), "", "{name}");
        }
    }
    drop(serving);
    for wrong in [
        "*",
        "null",
        "portal.example",
        "https://portal.example/",
        "http://portal.example",
        "https://me@portal.example",
    ] {
        let run = site.run(&["serve", "--cors-origins", wrong]);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(
            run.status.code() == Some(2) && said.contains("cors_origins"),
            "{wrong}: {said}"
        );
    }
}

#[tokio::test]
async fn every_answer_says_how_it_is_to_be_handled() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), None);
    let serving = site.serve(&["--public-url", "https://thinkfamily.example/"]);
    for (line, status) in [
        ("GET /", 200),
        ("GET /style.css", 200),
        ("GET /graphiql", 200),
        ("GET /graphiql/roles.json", 200),
        ("GET /schema.graphql", 401),
        ("GET /sharing", 401),
        ("GET /healthz", 200),
        ("GET /readyz", 200),
        ("GET /metrics", 404),
        ("GET /.well-known/jwks.json", 200),
        ("GET /nothing", 404),
        ("GET /graphql", 401),
        ("DELETE /graphql", 405),
        ("OPTIONS /graphql", 405),
        ("DELETE /healthz", 405),
    ] {
        let got = ask(&serving, line, &[]);
        assert_eq!(got.status(), status, "{line}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(got.header(name), value, "{line}");
        }
        let policy = got.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{line}: {policy}"
        );
        assert!(!got.header("cache-control").is_empty(), "{line}");
        assert_eq!(got.header("server"), "", "{line}");
    }
}
