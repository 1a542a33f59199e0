//! One request as bytes, so that it can be wrong in every way, and its answer without what differs in any two answers.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::support::process::Serving;

/// A question that anybody who is known may ask.
pub(crate) const BODY: &str = r#"{"query":"{ viewer { role } }"}"#;

/// What came back: the head without what differs in any two answers, and the body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) head: Vec<String>,
    pub(crate) body: String,
}

impl Got {
    /// The status.
    pub(crate) fn status(&self) -> u16 {
        self.head[0][9..12].parse().unwrap()
    }

    /// The value of a header; empty when it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.head
            .iter()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(found, value)| (found == name).then_some(value))
            .unwrap_or_default()
    }
}

/// Posts the question to an address with these header lines besides the usual ones.
pub(crate) fn post(serving: &Serving, address: &str, headers: &[Vec<u8>]) -> Got {
    let usual = format!("content-type: application/json\r\ncontent-length: {}\r\n", BODY.len());
    send(serving, &format!("POST {address}"), &usual, headers, BODY)
}

/// Sends any request without a body.
pub(crate) fn ask(serving: &Serving, line: &str, headers: &[&str]) -> Got {
    let headers: Vec<Vec<u8>> = headers.iter().map(|line| line.as_bytes().to_vec()).collect();
    send(serving, line, "", &headers, "")
}

fn send(serving: &Serving, line: &str, usual: &str, headers: &[Vec<u8>], body: &str) -> Got {
    let host = serving.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut bytes = format!("{line} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{usual}").into_bytes();
    for header in headers {
        bytes.extend_from_slice(header);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.as_bytes());
    stream.write_all(&bytes).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
    let differs = |line: &&str| line.starts_with("x-request-id:") || line.starts_with("date:");
    Got {
        head: head.lines().filter(|line| !differs(line)).map(str::to_owned).collect(),
        body: body.to_owned(),
    }
}
