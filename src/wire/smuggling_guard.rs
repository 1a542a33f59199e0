//! Protection against HTTP request smuggling. The HTTP library accepts a bare line feed as the end of a line,
//! a repeated `Content-Length`, and `Content-Length` beside `Transfer-Encoding`; a proxy in front may then
//! see two requests where it sees one. This wrapper inspects the bytes as they arrive and overwrites the
//! first ambiguous byte with an invalid one, so that the library answers 400 and closes.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use http::{HeaderMap, header::UPGRADE};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A byte that is invalid in any line of a head or chunk header.
const INVALID: u8 = 0;
/// How much of a line is kept; valid framing headers are shorter.
const MAX_LINE: usize = 128;

/// A connection whose request framing is checked.
pub(super) struct SmugglingGuard<S> {
    inner: S,
    state: State,
}

impl<S> SmugglingGuard<S> {
    pub(super) fn new(inner: S) -> Self {
        Self {
            inner,
            state: State::head(),
        }
    }
}

/// What the next byte belongs to.
#[derive(Debug)]
enum State {
    Head(Head),
    Body(u64),
    Chunk(Chunk),
    /// Not HTTP any more: nothing is inspected.
    PassThrough,
}

/// What has been read of a request's head.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what a head may say is said or not")]
struct Head {
    line: Vec<u8>,
    /// Whether the line is longer than what is kept of it.
    truncated: bool,
    previous: u8,
    /// Whether the request line has been read.
    has_request_line: bool,
    content_length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

/// A chunked body.
#[derive(Debug)]
enum Chunk {
    Size {
        size: u64,
        read: bool,
        previous: u8,
    },
    Data(u64),
    /// This many bytes of a line's end are still to come.
    End(u8),
    Trailer {
        line_length: usize,
        previous: u8,
    },
}

impl State {
    fn head() -> Self {
        Self::Head(Head::default())
    }

    /// Inspects received bytes and invalidates the first ambiguous one.
    fn inspect(&mut self, bytes: &mut [u8]) {
        let mut rest = bytes;
        while let Some(first) = rest.first_mut() {
            let passed = match self {
                Self::PassThrough => return,
                Self::Body(left) | Self::Chunk(Chunk::Data(left)) => {
                    let passed = rest.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= passed as u64;
                    passed
                }
                Self::Head(head) => {
                    match head.step(*first) {
                        Step::Continue => {}
                        Step::Next(next) => *self = next,
                        Step::Ambiguous => {
                            *first = INVALID;
                            *self = Self::PassThrough;
                        }
                    }
                    1
                }
                Self::Chunk(chunk) => {
                    match chunk.step(*first) {
                        Step::Continue => {}
                        Step::Next(next) => *self = next,
                        Step::Ambiguous => {
                            // The library itself refuses bad framing around chunks, but not in trailers.
                            if matches!(chunk, Chunk::Trailer { .. }) {
                                *first = INVALID;
                            }
                            *self = Self::PassThrough;
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

/// Whether a header's value names `websocket` anywhere.
fn names_websocket(value: &[u8]) -> bool {
    const SOCKET: &[u8] = b"websocket";
    value
        .windows(SOCKET.len())
        .any(|part| part.eq_ignore_ascii_case(SOCKET))
}

/// Whether these headers request a `WebSocket`, so that no further HTTP request may follow.
pub(super) fn ends_http(headers: &HeaderMap) -> bool {
    let all = headers.get_all(UPGRADE);
    all.iter().any(|value| names_websocket(value.as_bytes()))
}

/// The result of reading one byte.
enum Step {
    /// The current part goes on.
    Continue,
    /// Another part begins.
    Next(State),
    /// The framing is ambiguous.
    Ambiguous,
}

impl Head {
    fn step(&mut self, byte: u8) -> Step {
        let previous = std::mem::replace(&mut self.previous, byte);
        match (previous, byte) {
            (b'\r', b'\n') => self.end_of_line(),
            (_, b'\r') => Step::Continue,
            // The library, too, refuses a carriage return within a line.
            (b'\r', _) | (_, b'\n') => Step::Ambiguous,
            _ => {
                if self.line.len() < MAX_LINE {
                    self.line.push(byte);
                } else {
                    self.truncated = true;
                }
                Step::Continue
            }
        }
    }

    fn end_of_line(&mut self) -> Step {
        let line = std::mem::take(&mut self.line);
        let truncated = std::mem::take(&mut self.truncated);
        if !self.has_request_line {
            // Empty lines before a request are skipped.
            self.has_request_line = !line.is_empty();
            return Step::Continue;
        }
        if line.is_empty() {
            return self.end_of_head();
        }
        let is_whole = !truncated;
        let is_valid = match line.iter().position(|byte| *byte == b':') {
            // A folded line (obs-fold).
            _ if matches!(line.first(), Some(b' ' | b'\t')) => false,
            // The library decides on a line without a colon.
            None => true,
            Some(colon) => {
                let value = line.get(colon + 1..).unwrap_or_default().trim_ascii();
                match line.get(..colon).unwrap_or_default().to_ascii_lowercase().as_slice() {
                    b"content-length" => is_whole && self.content_length.is_none() && self.parse_content_length(value),
                    b"transfer-encoding" => {
                        let once = !std::mem::replace(&mut self.chunked, true);
                        is_whole && once && value.eq_ignore_ascii_case(b"chunked")
                    }
                    b"upgrade" => {
                        self.upgrade |= names_websocket(value);
                        is_whole
                    }
                    _ => true,
                }
            }
        };
        if is_valid { Step::Continue } else { Step::Ambiguous }
    }

    fn parse_content_length(&mut self, value: &[u8]) -> bool {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let text = str::from_utf8(value).ok().filter(|_| digits);
        self.content_length = text.and_then(|text| text.parse().ok());
        self.content_length.is_some()
    }

    fn end_of_head(&self) -> Step {
        match (self.chunked, self.content_length) {
            (true, Some(_)) => Step::Ambiguous,
            // What follows is another protocol, or nothing: if the upgrade fails, the connection closes after
            // the answer.
            _ if self.upgrade => Step::Next(State::PassThrough),
            (true, None) => Step::Next(State::Chunk(Chunk::size())),
            (false, Some(left @ 1..)) => Step::Next(State::Body(left)),
            (false, _) => Step::Next(State::head()),
        }
    }
}

impl Chunk {
    fn size() -> Self {
        Self::Size {
            size: 0,
            read: false,
            previous: 0,
        }
    }

    fn step(&mut self, byte: u8) -> Step {
        match self {
            Self::Size { size, read, previous } => {
                let previous = std::mem::replace(previous, byte);
                match byte {
                    b'\n' if previous != b'\r' => return Step::Ambiguous,
                    b'\n' if *size == 0 => {
                        *self = Self::Trailer {
                            line_length: 0,
                            previous: 0,
                        }
                    }
                    b'\n' => *self = Self::Data(*size),
                    _ if *read => {}
                    _ => match char::from(byte).to_digit(16) {
                        Some(digit) => {
                            let Some(more) = size.checked_mul(16).and_then(|size| size.checked_add(digit.into()))
                            else {
                                return Step::Ambiguous;
                            };
                            *size = more;
                        }
                        // A chunk extension does not change the size.
                        None => *read = true,
                    },
                }
                Step::Continue
            }
            // Data bytes are skipped by the caller.
            Self::Data(_) => Step::Continue,
            Self::End(left) => {
                let is_valid = byte == if *left == 2 { b'\r' } else { b'\n' };
                *left -= 1;
                if *left == 0 {
                    *self = Self::size();
                }
                if is_valid { Step::Continue } else { Step::Ambiguous }
            }
            Self::Trailer { line_length, previous } => {
                let previous = std::mem::replace(previous, byte);
                match byte {
                    b'\n' if previous != b'\r' => Step::Ambiguous,
                    b'\n' if *line_length == 0 => Step::Next(State::head()),
                    b'\n' => {
                        *line_length = 0;
                        Step::Continue
                    }
                    b'\r' => Step::Continue,
                    _ => {
                        *line_length += 1;
                        Step::Continue
                    }
                }
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SmugglingGuard<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let filled_before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if matches!(read, Poll::Ready(Ok(()))) {
            let received = buffer.filled_mut().get_mut(filled_before..).unwrap_or_default();
            self.state.inspect(received);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for SmugglingGuard<S> {
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
mod tests;
