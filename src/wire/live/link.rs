//! The `WebSocket` itself: whole messages in and out, within their sizes and times, and a close that the peer can read.

use std::time::Duration;

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Bytes, Error, Message, Utf8Bytes,
        error::ProtocolError,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use super::closing::{self, Closing};
use crate::wire::limits::EdgeLimits;

/// How much is read from the connection at once.
const READ_BUFFER: usize = 4 * 1024;
/// How long the peer may take to answer a close.
const CLOSE_TIME: Duration = Duration::from_secs(1);

/// Why a socket ends.
#[derive(Debug)]
pub(super) enum Ended {
    /// We close it.
    Close(Closing),
    /// We close it, and what the peer sends from now on cannot be read as frames.
    Broken(Closing),
    /// Somebody else needs its place: it is closed without waiting for anything.
    Dismissed(Closing),
    /// The peer closed it, with this code.
    Closed(u16),
    /// It is gone, or its peer does not read.
    Lost,
}

impl From<Closing> for Ended {
    fn from(closing: Closing) -> Self {
        Self::Close(closing)
    }
}

/// What came, as the library gives it.
pub(super) type Frame = Option<Result<Message, Error>>;

/// The message that closes.
fn close(closing: Closing) -> Message {
    Message::Close(Some(CloseFrame {
        code: closing.code.into(),
        reason: closing.reason.into(),
    }))
}

/// A connection whose bytes are frames.
pub(super) struct Link<S> {
    frames: WebSocketStream<S>,
    patience: Duration,
    keep_alive: Duration,
    heard: Instant,
    asked_whether_there: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Link<S> {
    /// The server's end of a connection that was upgraded.
    pub(super) async fn over(io: S, edge: &EdgeLimits) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(edge.live.message_bytes))
            .max_frame_size(Some(edge.live.message_bytes));
        Self {
            frames: WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await,
            patience: edge.write_time,
            keep_alive: edge.live.keep_alive,
            heard: Instant::now(),
            asked_whether_there: false,
        }
    }

    /// The next frame or message. Whoever stops waiting loses nothing.
    pub(super) async fn next(&mut self) -> Frame {
        self.frames.next().await
    }

    /// The text that a frame brings, if any; everything else that a frame can be is dealt with.
    pub(super) async fn read(&mut self, frame: Frame) -> Result<Option<Utf8Bytes>, Ended> {
        self.heard = Instant::now();
        self.asked_whether_there = false;
        match frame {
            Some(Ok(Message::Text(text))) => Ok(Some(text)),
            Some(Ok(Message::Binary(_))) => Err(closing::BINARY.into()),
            // The library has the answer ready.
            Some(Ok(Message::Ping(_))) => self.flush().await.map(|()| None),
            Some(Ok(Message::Pong(_) | Message::Frame(_))) => Ok(None),
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map_or(closing::NORMAL.code, |frame| frame.code.into());
                Err(Ended::Closed(code))
            }
            Some(Err(Error::Capacity(_))) => Err(Ended::Broken(closing::TOO_BIG)),
            Some(Err(Error::Utf8(_))) => Err(Ended::Broken(closing::NOT_UTF8)),
            // So the library calls a connection that has ended without a close.
            Some(Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => Err(Ended::Lost),
            Some(Err(Error::Protocol(_))) => Err(Ended::Broken(closing::PROTOCOL_ERROR)),
            Some(Err(_)) | None => Err(Ended::Lost),
        }
    }

    /// When the peer will have been silent for too long.
    pub(super) fn quiet_until(&self) -> Instant {
        let times = if self.asked_whether_there { 2 } else { 1 };
        self.heard + self.keep_alive * times
    }

    /// The peer has been silent: it is asked whether it is there, or was and did not answer.
    pub(super) async fn quiet(&mut self) -> Result<(), Ended> {
        if self.asked_whether_there {
            return Err(Ended::Lost);
        }
        self.asked_whether_there = true;
        self.send(Message::Ping(Bytes::new())).await
    }

    /// Sends a text.
    pub(super) async fn text(&mut self, text: String) -> Result<(), Ended> {
        self.send(Message::text(text)).await
    }

    /// Sends a message, within the time that a write may take.
    async fn send(&mut self, message: Message) -> Result<(), Ended> {
        match timeout(self.patience, self.frames.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Lost),
        }
    }

    async fn flush(&mut self) -> Result<(), Ended> {
        match timeout(self.patience, self.frames.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Lost),
        }
    }

    /// Closes, and gives the peer a moment to answer, so that it reads why. Returns the code for the counters.
    pub(super) async fn end(&mut self, ended: Ended) -> u16 {
        let (closing, readable) = match ended {
            Ended::Lost => return closing::LOST,
            Ended::Closed(code) => {
                // The library has the answer ready.
                let _ = timeout(CLOSE_TIME, async { while self.frames.next().await.is_some() {} }).await;
                // Codes of the peer's own are not for the counters.
                let known = (1000..=1015).contains(&code);
                return if known { code } else { closing::NORMAL.code };
            }
            Ended::Dismissed(closing) => {
                // Whether it goes out or not: the connection ends now.
                let _ = self.send(close(closing)).now_or_never();
                return closing.code;
            }
            Ended::Close(closing) => (closing, true),
            Ended::Broken(closing) => (closing, false),
        };
        if self.send(close(closing)).await.is_err() {
            return closing::LOST;
        }
        let _ = timeout(CLOSE_TIME, self.drain(readable)).await;
        closing.code
    }

    /// Reads on until the peer has closed: what is left unread when a connection ends can take what was sent before with it.
    async fn drain(&mut self, readable: bool) {
        if readable {
            while let Some(Ok(_)) = self.frames.next().await {}
        } else {
            let mut rest = [0; READ_BUFFER];
            while self.frames.get_mut().read(&mut rest).await.is_ok_and(|read| read > 0) {}
        }
    }
}
