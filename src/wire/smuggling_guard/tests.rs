//! Tests of `smuggling_guard`.

use super::*;

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

/// What the library receives, however the bytes are split into reads.
fn passed(text: &str) -> String {
    let whole = {
        let mut bytes = text.as_bytes().to_vec();
        State::head().inspect(&mut bytes);
        bytes
    };
    for size in [1, 2, 3, 7] {
        let mut bytes = text.as_bytes().to_vec();
        let mut state = State::head();
        bytes.chunks_mut(size).for_each(|piece| state.inspect(piece));
        assert_eq!(bytes, whole, "in pieces of {size}: {text:?}");
    }
    String::from_utf8(whole).expect("text")
}

#[test]
fn valid_framing_passes_unchanged_and_bodies_are_not_inspected() {
    let post = |headers: &str, body: &str| format!("POST / HTTP/1.1\r\nhost: a\r\n{headers}\r\n{body}");
    let long = format!("x-a: {}\r\n", "\u{e9}".repeat(500));
    for text in [
        GET.to_owned(),
        GET.repeat(3),
        format!("\r\n\r\n{GET}"),
        post("content-length: 4\r\n", "\n\n\r\n") + GET,
        post("Content-Length:  0\r\n", "") + GET,
        post("Transfer-Encoding: Chunked\r\n", "4\r\n\n\n\r\n\r\n0\r\n\r\n") + GET,
        post(
            "transfer-encoding: chunked\r\n",
            "a;b=\"c\"\r\n0\n23456789\r\n0\r\nx-a: b\r\nx-c: d\r\n\r\n",
        ) + GET,
        post(&long, "") + GET,
        post("Upgrade: WebSocket\r\nconnection: upgrade\r\n", "\n\u{81}\n\0\n"),
        post("upgrade: h2c\r\n", "") + GET,
    ] {
        assert_eq!(passed(&text), text, "{text:?}");
    }
}

#[test]
fn ambiguous_framing_is_invalidated_where_it_occurs() {
    let valid = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n";
    for (from, to) in [
        ("HTTP/1.1\r\n", "HTTP/1.1\n"),
        ("host: a\r\n", "host: a\n"),
        ("4\r\n\r\n", "4\n\n"),
        ("4\r\n\r\n", "4\r\n\n"),
        ("POST", "\nPOST"),
        ("host: a\r\n", "host: a\rb\r\n"),
        ("host: a\r\n", "host: a\r\n folded\r\n"),
        ("host: a\r\n", "host: a\r\n\tfolded\r\n"),
        ("host: a\r\n", "content-length: 4\r\n"),
        ("host: a\r\n", "content-length: 5\r\n"),
        ("host: a\r\n", "transfer-encoding: chunked\r\n"),
        ("content-length: 4", "content-length: 4, 4"),
        ("content-length: 4", "content-length: +4"),
        ("content-length: 4", "content-length: 0x4"),
        ("content-length: 4", "content-length:"),
        ("content-length: 4", "content-length: 99999999999999999999999"),
        ("content-length: 4", "transfer-encoding: gzip, chunked"),
        ("content-length: 4", "transfer-encoding: identity"),
        (
            "content-length: 4",
            "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
        ),
    ] {
        assert!(valid.contains(from), "{from:?}");
        let ambiguous = valid.replacen(from, to, 1);
        let passed = passed(&ambiguous);
        let invalid = passed.find('\0').unwrap_or_else(|| panic!("it passes: {ambiguous:?}"));
        assert_eq!(passed[..invalid], ambiguous[..invalid]);
    }
    let padded = valid.replace("length: 4", &format!("length: {}4", "0".repeat(MAX_LINE)));
    assert!(passed(&padded).contains('\0'));
    assert!(passed(&valid.replace("host", &format!("upgrade: {}\r\nhost", "a".repeat(MAX_LINE)))).contains('\0'));
    // In a pipelined request, and in the lines of a chunked body.
    assert!(passed(&(valid.to_owned() + "\n\n\n\nGET / HTTP/1.1\nhost: a\r\n\r\n")).contains('\0'));
    let chunked = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
    assert!(passed("GET / HTTP/1.1\r\nupgrade: h2c\r\n\r\n\n").contains('\0'));
    for body in ["0\r\n\n", "0\r\na: b\n"] {
        assert!(passed(&format!("{chunked}{body}")).contains('\0'), "{body:?}");
    }
    // Where the library refuses the bytes itself, inspection ends.
    for body in ["4\n", "4;a=b\n", "4\r\nabcd\n", "4\r\nabcdX", "fffffffffffffffff\r\n"] {
        let mut bytes = format!("{chunked}{body}").into_bytes();
        let mut state = State::head();
        state.inspect(&mut bytes);
        assert!(matches!(state, State::PassThrough), "{body:?}");
    }
}
