//! Heads that can be read in two ways: a program in front could see two requests where the server sees one, so each is refused and the connection ends.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use super::door::Door;
use crate::support::{
    database::{TestDatabase, on_both},
    process::Site,
};

/// A second request, which must not be answered.
const NEXT: &str = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

/// The statuses of all that comes back until the server closes.
fn statuses(door: &Door, bytes: &str) -> Vec<u16> {
    let mut stream = TcpStream::connect(door.serving.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let _ = stream.write_all(bytes.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let parts = answer.split("HTTP/1.").skip(1);
    parts.map(|part| part[2..5].parse().unwrap()).collect()
}

async fn what_can_be_read_in_two_ways_is_refused(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::of(&Site::new(folder.path(), Some(database.text())));
    let get = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let body = "{\"query\":\n\"{ __typename }\"}\n\n";
    let post = format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\n{}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        door.good,
        body.len()
    );
    let pieces = post.replace(&format!("content-length: {}", body.len()), "transfer-encoding: chunked");
    let (head, _) = pieces.split_once("\r\n\r\n").unwrap();
    let pieces = format!("{head}\r\n\r\n{:x};a=b\r\n{body}\r\n0\r\nx-a: b\r\n\r\n", body.len());

    // What is right is answered, one after another, on one connection.
    let all = [get, &post, &pieces, get, NEXT].concat();
    assert_eq!(statuses(&door, &all), [200; 5]);
    let older = "GET /healthz HTTP/1.0\r\n\r\n";
    assert_eq!(statuses(&door, older), [200], "before HTTP/1.1 there was no Host");

    for (what, from, to) in [
        ("no host", "host: a\r\n", ""),
        ("two hosts", "host: a\r\n", "host: a\r\nhost: b\r\n"),
        ("one host twice", "host: a\r\n", "host: a\r\nhost: a\r\n"),
        ("an empty host", "host: a\r\n", "host: \r\n"),
        ("a list of hosts", "host: a\r\n", "host: a, b\r\n"),
        ("a host with somebody in it", "host: a\r\n", "host: me@a\r\n"),
        ("a host with a path", "host: a\r\n", "host: a/b\r\n"),
        ("the request line ends in a line feed", "HTTP/1.1\r\n", "HTTP/1.1\n"),
        ("a header ends in a line feed", "host: a\r\n", "host: a\n"),
        ("the head ends in line feeds", "\r\n\r\n", "\n\n"),
        ("the head ends in a line feed", "\r\n\r\n", "\r\n\n"),
        (
            "a carriage return in a header",
            "host: a\r\n",
            "host: a\r\nx-a: b\rc\r\n",
        ),
        ("a NUL in a header", "host: a\r\n", "host: a\r\nx-a: b\0c\r\n"),
        (
            "a header that goes on in the next line",
            "host: a\r\n",
            "host: a\r\nx-a: b\r\n c\r\n",
        ),
        ("a blank before the colon", "host: a\r\n", "host : a\r\n"),
        ("a header without a colon", "host: a\r\n", "host: a\r\nx-a\r\n"),
        (
            "two lengths",
            "content-length: ",
            "content-length: 3\r\ncontent-length: ",
        ),
        ("a list of lengths", "content-length: ", "content-length: 3, "),
        ("a length with a sign", "content-length: ", "content-length: +"),
        (
            "a length and pieces",
            "content-length: ",
            "transfer-encoding: chunked\r\ncontent-length: ",
        ),
        (
            "pieces of something else",
            "transfer-encoding: chunked",
            "transfer-encoding: gzip, chunked",
        ),
        (
            "another coding",
            "transfer-encoding: chunked",
            "transfer-encoding: identity",
        ),
        (
            "pieces twice",
            "transfer-encoding: chunked",
            "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
        ),
        ("the size of a piece ends in a line feed", ";a=b\r\n", ";a=b\n"),
        ("a piece that is too long", "\r\n0\r\n", "x\r\n0\r\n"),
        ("what follows the pieces ends in a line feed", "x-a: b\r\n", "x-a: b\n"),
    ] {
        let mut tried = 0;
        for (request, right) in [(get, 200), (post.as_str(), 200), (pieces.as_str(), 200)] {
            if !request.contains(from) {
                continue;
            }
            tried += 1;
            let wrong = request.replacen(from, to, 1);
            let got = statuses(&door, &(wrong + NEXT));
            // Where no body can be read any more there may be an answer to what was read of it, and never one to what follows.
            assert!(got == [400] || got.is_empty() && request == pieces, "{what}: {got:?}");
            // Nor is it read where a right one stands before it.
            let got = statuses(&door, &[request, &request.replacen(from, to, 1), NEXT].concat());
            assert_eq!(got.first(), Some(&right), "{what}: {got:?}");
            assert!(
                got.len() <= 2 && got.get(1).is_none_or(|status| *status == 400),
                "{what}: {got:?}"
            );
        }
        assert!(tried > 0, "{what}");
    }
    // Whoever asks for a socket and is not given one gets nothing else on that connection.
    let asked = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
    assert_eq!(statuses(&door, &format!("{asked}{NEXT}")), [200]);
}
on_both!(what_can_be_read_in_two_ways_is_refused);
