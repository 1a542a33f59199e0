//! Heads of requests are read to the letter. The library takes a line feed alone for the end of a line, a length that is said twice, and both ways to
//! say a length at once; programs in front may see two requests where it sees one. Here the bytes are followed as they come, and what can be read in
//! two ways is spoilt on its way to the library, which then answers 400 and closes.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use http::{HeaderMap, header::UPGRADE};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// No line of a head or of a chunk may hold this.
const SPOILT: u8 = 0;
/// The lines that say how long a body is are shorter.
const LINE: usize = 128;

/// A connection whose heads are read to the letter.
pub(super) struct Strict<S> {
    inner: S,
    at: At,
}

impl<S> Strict<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, at: At::head() }
    }
}

/// What the next byte is of.
#[derive(Debug)]
enum At {
    Head(Head),
    Body(u64),
    Chunk(Chunk),
    /// Something else than HTTP, or nothing any more.
    Through,
}

/// What a head has said so far.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what a head may say is said or not")]
struct Head {
    line: Vec<u8>,
    /// Whether the line is longer than what is kept of it.
    cut: bool,
    last: u8,
    /// Whether the request line is over.
    asked: bool,
    length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

/// A body in pieces.
#[derive(Debug)]
enum Chunk {
    Size {
        size: u64,
        read: bool,
        last: u8,
    },
    Data(u64),
    /// So many bytes of the end of a line are to come.
    End(u8),
    Trailer {
        length: usize,
        last: u8,
    },
}

impl At {
    fn head() -> Self {
        Self::Head(Head::default())
    }

    /// Follows what came, and spoils it where it can be read in two ways.
    fn follow(&mut self, bytes: &mut [u8]) {
        let mut rest = bytes;
        while let Some(first) = rest.first_mut() {
            let passed = match self {
                Self::Through => return,
                Self::Body(left) | Self::Chunk(Chunk::Data(left)) => {
                    let passed = rest.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= passed as u64;
                    passed
                }
                Self::Head(head) => {
                    match head.take(*first) {
                        Taken::On => {}
                        Taken::Over(next) => *self = next,
                        Taken::Wrong => {
                            *first = SPOILT;
                            *self = Self::Through;
                        }
                    }
                    1
                }
                Self::Chunk(chunk) => {
                    match chunk.take(*first) {
                        Taken::On => {}
                        Taken::Over(next) => *self = next,
                        Taken::Wrong => {
                            // Of what stands around pieces the library takes nothing but what is right; it does of what follows them.
                            if matches!(chunk, Chunk::Trailer { .. }) {
                                *first = SPOILT;
                            }
                            *self = Self::Through;
                        }
                    }
                    1
                }
            };
            match self {
                Self::Body(0) => *self = Self::head(),
                Self::Chunk(chunk @ Chunk::Data(0)) => *chunk = Chunk::End(2),
                _ => {}
            }
            rest = rest.split_at_mut(passed).1;
        }
    }
}

/// Whether a header's value asks for a `WebSocket`, in whatever words.
fn names_socket(value: &[u8]) -> bool {
    const SOCKET: &[u8] = b"websocket";
    value
        .windows(SOCKET.len())
        .any(|part| part.eq_ignore_ascii_case(SOCKET))
}

/// Whether nothing but frames or the end may follow these headers.
pub(super) fn ends_http(headers: &HeaderMap) -> bool {
    let all = headers.get_all(UPGRADE);
    all.iter().any(|value| names_socket(value.as_bytes()))
}

/// What came of a byte.
enum Taken {
    /// There is more to come of this.
    On,
    /// Something else comes next.
    Over(At),
    /// It can be read in two ways.
    Wrong,
}

impl Head {
    fn take(&mut self, byte: u8) -> Taken {
        let last = std::mem::replace(&mut self.last, byte);
        match (last, byte) {
            (b'\r', b'\n') => self.line_ends(),
            (_, b'\r') => Taken::On,
            // A carriage return in a line the library does not take either.
            (b'\r', _) | (_, b'\n') => Taken::Wrong,
            _ => {
                if self.line.len() < LINE {
                    self.line.push(byte);
                } else {
                    self.cut = true;
                }
                Taken::On
            }
        }
    }

    fn line_ends(&mut self) -> Taken {
        let line = std::mem::take(&mut self.line);
        let cut = std::mem::take(&mut self.cut);
        if !self.asked {
            // Empty lines before a request are left out.
            self.asked = !line.is_empty();
            return Taken::On;
        }
        if line.is_empty() {
            return self.ends();
        }
        let fits = !cut;
        let right = match line.iter().position(|byte| *byte == b':') {
            // A line that goes on with the one before.
            _ if matches!(line.first(), Some(b' ' | b'\t')) => false,
            // The library says what it thinks of a line without a name.
            None => true,
            Some(colon) => {
                let value = line.get(colon + 1..).unwrap_or_default().trim_ascii();
                match line.get(..colon).unwrap_or_default().to_ascii_lowercase().as_slice() {
                    b"content-length" => fits && self.length.is_none() && self.says_length(value),
                    b"transfer-encoding" => {
                        let once = !std::mem::replace(&mut self.chunked, true);
                        fits && once && value.eq_ignore_ascii_case(b"chunked")
                    }
                    b"upgrade" => {
                        self.upgrade |= names_socket(value);
                        fits
                    }
                    _ => true,
                }
            }
        };
        if right { Taken::On } else { Taken::Wrong }
    }

    fn says_length(&mut self, value: &[u8]) -> bool {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let text = str::from_utf8(value).ok().filter(|_| digits);
        self.length = text.and_then(|text| text.parse().ok());
        self.length.is_some()
    }

    fn ends(&self) -> Taken {
        match (self.chunked, self.length) {
            (true, Some(_)) => Taken::Wrong,
            // What comes next is another protocol, or nothing: where there is no socket after all, the connection ends with the answer.
            _ if self.upgrade => Taken::Over(At::Through),
            (true, None) => Taken::Over(At::Chunk(Chunk::size())),
            (false, Some(left @ 1..)) => Taken::Over(At::Body(left)),
            (false, _) => Taken::Over(At::head()),
        }
    }
}

impl Chunk {
    fn size() -> Self {
        Self::Size {
            size: 0,
            read: false,
            last: 0,
        }
    }

    fn take(&mut self, byte: u8) -> Taken {
        match self {
            Self::Size { size, read, last } => {
                let before = std::mem::replace(last, byte);
                match byte {
                    b'\n' if before != b'\r' => return Taken::Wrong,
                    b'\n' if *size == 0 => *self = Self::Trailer { length: 0, last: 0 },
                    b'\n' => *self = Self::Data(*size),
                    _ if *read => {}
                    _ => match char::from(byte).to_digit(16) {
                        Some(digit) => {
                            let Some(more) = size.checked_mul(16).and_then(|size| size.checked_add(digit.into()))
                            else {
                                return Taken::Wrong;
                            };
                            *size = more;
                        }
                        // What comes after the number says nothing of the length.
                        None => *read = true,
                    },
                }
                Taken::On
            }
            // They are counted, and not taken here.
            Self::Data(_) => Taken::On,
            Self::End(left) => {
                let right = byte == if *left == 2 { b'\r' } else { b'\n' };
                *left -= 1;
                if *left == 0 {
                    *self = Self::size();
                }
                if right { Taken::On } else { Taken::Wrong }
            }
            Self::Trailer { length, last } => {
                let before = std::mem::replace(last, byte);
                match byte {
                    b'\n' if before != b'\r' => Taken::Wrong,
                    b'\n' if *length == 0 => Taken::Over(At::head()),
                    b'\n' => {
                        *length = 0;
                        Taken::On
                    }
                    b'\r' => Taken::On,
                    _ => {
                        *length += 1;
                        Taken::On
                    }
                }
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Strict<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if matches!(read, Poll::Ready(Ok(()))) {
            let came = buffer.filled_mut().get_mut(before..).unwrap_or_default();
            self.at.follow(came);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Strict<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, slices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

    /// What the library gets, however the bytes are cut into pieces.
    fn passed(text: &str) -> String {
        let whole = {
            let mut bytes = text.as_bytes().to_vec();
            At::head().follow(&mut bytes);
            bytes
        };
        for size in [1, 2, 3, 7] {
            let mut bytes = text.as_bytes().to_vec();
            let mut at = At::head();
            bytes.chunks_mut(size).for_each(|piece| at.follow(piece));
            assert_eq!(bytes, whole, "in pieces of {size}: {text:?}");
        }
        String::from_utf8(whole).expect("text")
    }

    #[test]
    fn what_is_right_passes_as_it_is_and_bodies_are_not_looked_at() {
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
    fn what_can_be_read_in_two_ways_is_spoilt_where_it_is() {
        let right = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n";
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
            assert!(right.contains(from), "{from:?}");
            let wrong = right.replacen(from, to, 1);
            let passed = passed(&wrong);
            let spoilt = passed.find('\0').unwrap_or_else(|| panic!("it passes: {wrong:?}"));
            assert_eq!(passed[..spoilt], wrong[..spoilt]);
        }
        let padded = right.replace("length: 4", &format!("length: {}4", "0".repeat(LINE)));
        assert!(passed(&padded).contains('\0'));
        assert!(passed(&right.replace("host", &format!("upgrade: {}\r\nhost", "a".repeat(LINE)))).contains('\0'));
        // In what comes behind another request, and in the lines of a body in pieces.
        assert!(passed(&(right.to_owned() + "\n\n\n\nGET / HTTP/1.1\nhost: a\r\n\r\n")).contains('\0'));
        let chunked = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
        assert!(passed("GET / HTTP/1.1\r\nupgrade: h2c\r\n\r\n\n").contains('\0'));
        for body in ["0\r\n\n", "0\r\na: b\n"] {
            assert!(passed(&format!("{chunked}{body}")).contains('\0'), "{body:?}");
        }
        // What the library refuses by itself ends the following.
        for body in ["4\n", "4;a=b\n", "4\r\nabcd\n", "4\r\nabcdX", "fffffffffffffffff\r\n"] {
            let mut bytes = format!("{chunked}{body}").into_bytes();
            let mut at = At::head();
            at.follow(&mut bytes);
            assert!(matches!(at, At::Through), "{body:?}");
        }
    }
}
