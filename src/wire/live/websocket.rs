//! The server's end of a `WebSocket`: reads and writes whole messages within the limits of size and time,
//! keeps the connection alive by pings, and performs the closing handshake.

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

use super::close_code::{self, CloseCode};
use crate::wire::limits::EdgeLimits;

/// Size of the read buffer, in bytes.
const READ_BUFFER: usize = 4 * 1024;
/// Time the peer has to answer a close frame.
const CLOSE_TIME: Duration = Duration::from_secs(1);

/// Why a socket ends.
#[derive(Debug)]
pub(super) enum EndReason {
    /// The server closes it.
    Close(CloseCode),
    /// The server closes it, and what the peer still sends cannot be read as frames.
    CloseUnreadable(CloseCode),
    /// It is evicted while unauthenticated: closed without waiting for anything.
    Evicted(CloseCode),
    /// The peer closed it with this code.
    ClosedByPeer(u16),
    /// The connection is lost, or its peer does not read.
    Lost,
}

impl From<CloseCode> for EndReason {
    fn from(close_code: CloseCode) -> Self {
        Self::Close(close_code)
    }
}

/// A received frame, as the library returns it.
pub(super) type Frame = Option<Result<Message, Error>>;

/// The close frame.
fn close_message(close_code: CloseCode) -> Message {
    Message::Close(Some(CloseFrame {
        code: close_code.code.into(),
        reason: close_code.reason.into(),
    }))
}

/// A `WebSocket` on an upgraded connection.
pub(super) struct WebSocket<S> {
    frames: WebSocketStream<S>,
    write_timeout: Duration,
    keep_alive: Duration,
    last_received: Instant,
    ping_sent: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> WebSocket<S> {
    /// Wraps an upgraded connection.
    pub(super) async fn new(io: S, edge: &EdgeLimits) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(edge.live.message_bytes))
            .max_frame_size(Some(edge.live.message_bytes));
        Self {
            frames: WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await,
            write_timeout: edge.write_time,
            keep_alive: edge.live.keep_alive,
            last_received: Instant::now(),
            ping_sent: false,
        }
    }

    /// Receives the next frame or message. Cancellation-safe.
    pub(super) async fn next(&mut self) -> Frame {
        self.frames.next().await
    }

    /// Handles a received frame and returns its text, if it has one.
    pub(super) async fn read(&mut self, frame: Frame) -> Result<Option<Utf8Bytes>, EndReason> {
        self.last_received = Instant::now();
        self.ping_sent = false;
        match frame {
            Some(Ok(Message::Text(send_text))) => Ok(Some(send_text)),
            Some(Ok(Message::Binary(_))) => Err(close_code::BINARY.into()),
            // The library has queued the pong.
            Some(Ok(Message::Ping(_))) => self.flush().await.map(|()| None),
            Some(Ok(Message::Pong(_) | Message::Frame(_))) => Ok(None),
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map_or(close_code::NORMAL.code, |frame| frame.code.into());
                Err(EndReason::ClosedByPeer(code))
            }
            Some(Err(Error::Capacity(_))) => Err(EndReason::CloseUnreadable(close_code::TOO_BIG)),
            Some(Err(Error::Utf8(_))) => Err(EndReason::CloseUnreadable(close_code::NOT_UTF8)),
            // The library's error for a connection that ended without a close frame.
            Some(Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => Err(EndReason::Lost),
            Some(Err(Error::Protocol(_))) => Err(EndReason::CloseUnreadable(close_code::PROTOCOL_ERROR)),
            Some(Err(_)) | None => Err(EndReason::Lost),
        }
    }

    /// When the peer will have been idle for too long.
    pub(super) fn idle_deadline(&self) -> Instant {
        let times = if self.ping_sent { 2 } else { 1 };
        self.last_received + self.keep_alive * times
    }

    /// Handles an idle peer: sends a ping, or gives up if the last ping was not answered.
    pub(super) async fn handle_idle(&mut self) -> Result<(), EndReason> {
        if self.ping_sent {
            return Err(EndReason::Lost);
        }
        self.ping_sent = true;
        self.send(Message::Ping(Bytes::new())).await
    }

    /// Sends a text message.
    pub(super) async fn send_text(&mut self, text: String) -> Result<(), EndReason> {
        self.send(Message::text(text)).await
    }

    /// Sends a message within the write timeout.
    async fn send(&mut self, message: Message) -> Result<(), EndReason> {
        match timeout(self.write_timeout, self.frames.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(EndReason::Lost),
        }
    }

    async fn flush(&mut self) -> Result<(), EndReason> {
        match timeout(self.write_timeout, self.frames.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(EndReason::Lost),
        }
    }

    /// Closes the socket and gives the peer a moment to answer, so that it can read the reason. Returns the
    /// close code for the metrics.
    pub(super) async fn close(&mut self, end_reason: EndReason) -> u16 {
        let (close_code, readable) = match end_reason {
            EndReason::Lost => return close_code::ABNORMAL,
            EndReason::ClosedByPeer(code) => {
                // The library has queued the answering close frame.
                let _ = timeout(CLOSE_TIME, async { while self.frames.next().await.is_some() {} }).await;
                // Private codes of the peer are not used as a metric label.
                let standard = (1000..=1015).contains(&code);
                return if standard { code } else { close_code::NORMAL.code };
            }
            EndReason::Evicted(close_code) => {
                // Best effort: the connection ends now.
                let _ = self.send(close_message(close_code)).now_or_never();
                return close_code.code;
            }
            EndReason::Close(close_code) => (close_code, true),
            EndReason::CloseUnreadable(close_code) => (close_code, false),
        };
        if self.send(close_message(close_code)).await.is_err() {
            return close_code::ABNORMAL;
        }
        let _ = timeout(CLOSE_TIME, self.drain(readable)).await;
        close_code.code
    }

    /// Reads until the peer has closed: closing a connection with unread data would reset it, and the close
    /// frame might be lost.
    async fn drain(&mut self, readable: bool) {
        if readable {
            while let Some(Ok(_)) = self.frames.next().await {}
        } else {
            let mut rest = [0; READ_BUFFER];
            while self.frames.get_mut().read(&mut rest).await.is_ok_and(|read| read > 0) {}
        }
    }
}
