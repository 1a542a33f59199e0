//! The door at which the counters are told: it has few places, and is held to the limits of every other one.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::support::{
    database::{TestDatabase, on_both},
    process::{COUNTERS, Serving, Site},
};

/// As many as the door has places for.
const PLACES: usize = 16;
/// Longer than a test takes.
const NEVER: [&str; 2] = ["--stranger-timeout-ms=600000", "--header-timeout-ms=600000"];
const METRICS: &str = "GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn server(folder: &tempfile::TempDir, database: &TestDatabase, settings: &[&str]) -> (Serving, String) {
    let site = Site::new(folder.path(), Some(database.text()));
    let serving = site.serve(&[&COUNTERS[..], settings].concat());
    let url = serving.counters_url();
    let address = url.trim_start_matches("http://").trim_end_matches("/metrics");
    let address = address.to_owned();
    (serving, address)
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    // So that a test of what never comes ends.
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream
}

/// All that comes until the server closes.
fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("the server closes");
    text
}

/// What the counters say of connections that had to make room.
fn dismissed(address: &str) -> usize {
    let mut stream = connect(address);
    let asked = METRICS.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let text = rest(stream);
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("thinkfamily_strangers_dismissed_total "));
    line.expect("the counter").parse().unwrap()
}

on_both!(the_door_has_few_places_and_is_in_nobodys_way);
async fn the_door_has_few_places_and_is_in_nobodys_way(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let (serving, address) = server(&folder, database, &NEVER);
    let clients = serving.url.trim_start_matches("http://").to_owned();
    let mut client = connect(&clients);
    let mut silent: Vec<_> = (0..2 * PLACES).map(|_| connect(&address)).collect();
    // Whoever asks is answered all the same: those who came first had to go, and the last of them for the one who asks.
    assert_eq!(dismissed(&address), PLACES + 1);
    for stream in silent.drain(..=PLACES) {
        assert_eq!(rest(stream), "");
    }
    // Where clients ask nobody had to go.
    client
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    assert!(rest(client).starts_with("HTTP/1.1 200"));
}

on_both!(a_large_head_is_refused_at_the_door);
async fn a_large_head_is_refused_at_the_door(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let (_serving, address) = server(&folder, database, &["--header-bytes=8192", "--headers=20"]);
    for large in [format!("x-a: {}\r\n", "a".repeat(10_000)), "x-a: b\r\n".repeat(21)] {
        let mut stream = connect(&address);
        let head = METRICS.replace("\r\n\r\n", &format!("\r\n{large}\r\n"));
        stream.write_all(head.as_bytes()).unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 431");
    }
    let mut stream = connect(&address);
    let wrong = METRICS.replace("host: localhost", "host: a\r\nhost: b");
    stream.write_all(wrong.as_bytes()).unwrap();
    assert!(
        rest(stream).starts_with("HTTP/1.1 400"),
        "heads are read to the letter here, too"
    );
}

on_both!(whoever_says_nothing_at_the_door_has_to_leave);
async fn whoever_says_nothing_at_the_door_has_to_leave(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let soon = ["--stranger-timeout-ms=300", "--header-timeout-ms=600000"];
    let (_serving, address) = server(&folder, database, &soon);
    let half = &METRICS[..METRICS.len() - 2];
    for said in ["", half] {
        let mut stream = connect(&address);
        stream.write_all(said.as_bytes()).unwrap();
        assert_eq!(rest(stream), "", "{said}");
    }
    // One that has been answered once has as long for its next head as anywhere.
    let soon = ["--stranger-timeout-ms=600000", "--header-timeout-ms=300"];
    let (_serving, address) = server(&folder, database, &soon);
    for said in ["", half] {
        let mut stream = connect(&address);
        stream.write_all([METRICS, said].concat().as_bytes()).unwrap();
        let text = rest(stream);
        assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{text}");
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    }
}
