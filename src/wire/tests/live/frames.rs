//! Tests with frames that a client library would not send.

use super::*;

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CONTINUATION: u8 = 0;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const FINAL: u8 = 0x80;

/// A masked frame with this first byte.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [1, 2, 3, 4];
    let mut bytes = head(first, payload.len(), true);
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// A complete text message, as a client sends it.
pub(super) fn text(payload: &str) -> Vec<u8> {
    frame(FINAL | TEXT, payload.as_bytes())
}

/// A complete text message without a mask, which no client may send.
pub(super) fn unmasked(payload: &str) -> Vec<u8> {
    [head(FINAL | TEXT, payload.len(), false), payload.as_bytes().to_vec()].concat()
}

fn head(first: u8, length: usize, masked: bool) -> Vec<u8> {
    let flag = if masked { 0x80 } else { 0 };
    let mut bytes = vec![first];
    match length {
        0..126 => bytes.push(flag | u8::try_from(length).expect("small")),
        126..65_536 => {
            bytes.push(flag | 0x7e);
            bytes.extend(u16::try_from(length).expect("small").to_be_bytes());
        }
        _ => {
            bytes.push(flag | 0x7f);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes
}

/// The code with which the server closes after these bytes.
async fn close_code_after(server: &Server, bytes: &[u8]) -> u16 {
    let mut stream = server.upgraded("").await;
    // The server may close before it has read all.
    let _ = stream.write_all(bytes).await;
    Peer::new(stream).await.closed().await.0
}

#[tokio::test]
async fn invalid_frames_are_closed_with_the_right_code() {
    let server = Server::plain().await;
    let unmasked = unmasked("{}");
    let too_long = frame(FINAL | PING, &[b'a'; 126]);
    for (name, bytes, code) in [
        ("unmasked", unmasked, 1002),
        ("a reserved bit", frame(FINAL | 0x40 | TEXT, b"{}"), 1002),
        ("a reserved opcode", frame(FINAL | 3, b"{}"), 1002),
        ("a reserved control frame", frame(FINAL | 0xb, b""), 1002),
        ("a continuation of nothing", frame(FINAL | CONTINUATION, b"{}"), 1002),
        (
            "a message within a message",
            [frame(TEXT, b"{"), frame(FINAL | TEXT, b"}")].concat(),
            1002,
        ),
        ("a control frame in parts", frame(PING, b"a"), 1002),
        ("a control frame that is too long", too_long, 1002),
        (
            "text that is not UTF-8",
            frame(FINAL | TEXT, b"{\"type\":\"\xff\"}"),
            1007,
        ),
        ("half a character", frame(FINAL | TEXT, b"\xc3"), 1007),
        ("binary", frame(FINAL | BINARY, b"{\"type\":\"ping\"}"), 4400),
        ("empty", frame(FINAL | TEXT, b""), 4400),
    ] {
        assert_eq!(close_code_after(&server, &bytes).await, code, "{name}");
    }
    server.sockets(0).await;
}

#[tokio::test]
async fn a_message_over_the_limit_is_closed_1009_before_it_is_buffered() {
    let server = Server::plain().await;
    let most = LiveLimits::default().message_bytes;
    // Only the head and mask are sent: the announced length is enough.
    let head = |length| [head(FINAL | TEXT, length, true), vec![0; 4]].concat();
    assert_eq!(close_code_after(&server, &head(most + 1)).await, 1009);
    assert_eq!(close_code_after(&server, &head(usize::MAX >> 1)).await, 1009);
    let half = vec![b' '; most / 2 + 1];
    let parts = [frame(TEXT, &half), frame(FINAL | CONTINUATION, &half)].concat();
    assert_eq!(close_code_after(&server, &parts).await, 1009);
    // Exactly at the limit.
    let mut message = br#"{"type":"ping"}"#.to_vec();
    message.resize(most, b' ');
    let mut stream = server.upgraded("").await;
    stream.write_all(&frame(FINAL | TEXT, &message)).await.expect("sent");
    assert_eq!(Peer::new(stream).await.message().await["type"], "pong");
}

#[tokio::test]
async fn a_message_may_be_fragmented_with_pings_in_between() {
    let server = Server::plain().await;
    let mut stream = server.upgraded("").await;
    let message = "{\"type\":\"ping\",\"payload\":{\"a\":\"é\"}}".as_bytes();
    let cut = message.len() - 4;
    let bytes = [
        frame(TEXT, &message[..cut]),
        frame(FINAL | PING, b"there?"),
        frame(CONTINUATION, b""),
        frame(FINAL | CONTINUATION, &message[cut..]),
    ]
    .concat();
    // Byte by byte: partial frames are not frames.
    for byte in bytes {
        stream.write_all(&[byte]).await.expect("sent");
    }
    let mut peer = Peer::new(stream).await;
    let first = timeout(TEST_TIMEOUT, peer.frames.next()).await.expect("in time");
    assert!(matches!(first, Some(Ok(Message::Pong(payload))) if payload == "there?"));
    assert_eq!(peer.message().await["payload"]["a"], "é");
}

#[tokio::test]
async fn a_close_is_answered_and_ends_operations() {
    let server = Server::plain().await;
    for (payload, code) in [
        (&[][..], 1005),
        (&b"\x03\xe8bye"[..], 1000),
        (&b"\x11\x94"[..], 4500),
        (&b"\x03"[..], 1002),
    ] {
        let mut peer = server.acknowledged().await;
        peer.subscribe("1", "subscription { ticks }").await;
        server.engine.feed.open(1).await;
        peer.frames
            .get_mut()
            .write_all(&frame(FINAL | CLOSE, payload))
            .await
            .expect("sent");
        assert_eq!(peer.closed().await.0, code, "{payload:?}");
        server.engine.feed.open(0).await;
    }
    server.sockets(0).await;
}

#[tokio::test]
async fn a_lost_connection_ends_its_operations() {
    let server = Server::plain().await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "subscription { ticks }").await;
    server.engine.feed.open(1).await;
    peer.frames
        .get_mut()
        .write_all(&head(FINAL | TEXT, 100, true))
        .await
        .expect("sent");
    drop(peer);
    server.engine.feed.open(0).await;
    server.sockets(0).await;
}
