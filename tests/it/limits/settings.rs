//! Every limit on requests and connections is a setting, holds on every transport, and is told with its number.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use serde_json::json;

use crate::support::{
    app::Partner,
    client::Client,
    database::TestDatabase,
    live::{BOTH, Live},
    process::{Serving, Site, someone},
};

/// Settings that leave little.
const LITTLE: [&str; 26] = [
    "--document-bytes=1000",
    "--document-tokens=60",
    "--bracket-depth=16",
    "--operations=2",
    "--fragments=2",
    "--variables=2",
    "--aliases=2",
    "--directives=2",
    "--repeats=2",
    "--root-fields=3",
    "--expanded-selections=50",
    "--depth=6",
    "--cost=100",
    "--cost-per-minute=100000",
    "--body-bytes=4096",
    "--header-bytes=8192",
    "--headers=20",
    "--header-timeout-ms=300",
    "--body-timeout-ms=300",
    "--write-timeout-ms=60000",
    "--socket-message-bytes=5000",
    "--socket-operations=3",
    "--socket-init-ms=60000",
    "--keep-alive-ms=60000",
    "--sockets=100",
    "--sockets-per-client=100",
];

/// Documents that are beyond one limit each, and what is told of it.
fn documents() -> [(&'static str, String); 13] {
    let brackets = format!("{{ a(b: {}1{}) }}", "[".repeat(16), "]".repeat(16));
    let doubling = "{ a { ...A } b { ...A } } fragment A on Q { a { ...B } b { ...B } } fragment B on Q";
    [
        ("1000 bytes", format!("{{ viewer {{ role }} }} #{}", "a".repeat(1000))),
        ("60 tokens", format!("{{ {}}}", "a ".repeat(60))),
        ("16 brackets", brackets),
        ("2 operations", "query A { a } query B { a } query C { a }".to_owned()),
        (
            "2 fragments",
            "{ a } fragment A on Q { a } fragment B on Q { a } fragment C on Q { a }".to_owned(),
        ),
        (
            "2 variables",
            "query($a: Int, $b: Int, $c: Int) { viewer { role } }".to_owned(),
        ),
        ("2 aliases", "{ viewer { a: role b: role c: role } }".to_owned()),
        ("2 directives", "{ viewer { role @a @b @c } }".to_owned()),
        ("2 uses", "{ viewer { role role role } }".to_owned()),
        ("3 fields at the root", "{ a b c d }".to_owned()),
        ("50 selections", format!("{doubling} {{ a b c d e f g h i j k l m }}")),
        ("6 fields inside", format!("{}{}", "{ a ".repeat(7), "}".repeat(7))),
        (
            "more values",
            "{ families(first: 100) { nodes { reference } } }".to_owned(),
        ),
    ]
}

#[tokio::test]
async fn every_limit_on_documents_is_a_setting_on_every_transport() {
    let database = TestDatabase::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&LITTLE);
    let token = site.token(&someone("cambs-police", "marker_lookup", "safeguarding", "somebody"));
    let client = Client::new(&serving.url, &token);
    let partner = Partner::at(&serving.url, token);
    for (told, document) in documents() {
        let answer = client.post(&document, json!({})).await.unwrap().json();
        let mut errors = vec![("POST", answer["errors"][0].clone())];
        for by in BOTH {
            let mut live = Live::begin(by, &partner, &document, &json!({})).await;
            errors.push((by, live.next().await.unwrap()["errors"][0].clone()));
        }
        for (by, error) in errors {
            assert_eq!(error["extensions"]["code"], "TOO_COMPLEX", "{told} by {by}: {error}");
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(told), "{told} by {by}: {message}");
        }
    }
    let within = "query A($a: Boolean!) { viewer { a: role b: role @include(if: $a) @skip(if: $a) role } }";
    let answer = client.post(within, json!({ "a": true })).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());

    // And what is not of a document.
    let padded = json!({ "query": "{ __typename }", "extensions": { "a": "a".repeat(5_000) } }).to_string();
    assert_eq!(client.send(&[], padded).await.unwrap().status, 413);
    connections(&serving);
}

/// Limits on what comes before a request.
fn connections(serving: &Serving) {
    let many = "x-a: b\r\n".repeat(21);
    let large = format!("x-a: {}\r\n", "a".repeat(9_000));
    for head in [many, large] {
        let answer = ask(serving, &format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{head}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    assert_eq!(ask(serving, "GET /healthz HTTP/1.1\r\nhost:"), "", "half a head");
}

/// What is answered before the connection is closed, which must be soon.
fn ask(serving: &Serving, request: &str) -> String {
    let mut stream = TcpStream::connect(serving.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("closed by the server");
    answer
}

#[tokio::test]
async fn bodies_that_do_not_come_and_strangers_are_bounded_by_settings() {
    let database = TestDatabase::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let few = [
        "--strangers=8",
        "--strangers-per-address=4",
        "--stranger-timeout-ms=60000",
    ];
    let serving = site.serve(&[["--body-timeout-ms=300", "--connections=1"].as_slice(), &few].concat());
    let token = site.token(&someone("cambs-police", "marker_lookup", "safeguarding", "somebody"));
    let half = format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 50\r\n\r\n{{"
    );
    let answer = ask(&serving, &half);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");

    // Of one address four may stay who have said nothing: each one more has the first leave.
    let address = serving.url.trim_start_matches("http://");
    let mut silent: Vec<TcpStream> = (0..6).map(|_| TcpStream::connect(address).unwrap()).collect();
    for (number, stream) in silent.iter_mut().enumerate() {
        if number < 2 {
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            assert!(matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_)), "{number}");
        } else {
            stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
            let kind = stream.read(&mut [0; 1]).unwrap_err().kind();
            assert!(
                matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut),
                "{number}: {kind:?}"
            );
        }
    }
    let answer = ask(
        &serving,
        "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
