//! Frames that a client library would not send.

use super::*;

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CONTINUED: u8 = 0;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const LAST: u8 = 0x80;

/// A masked frame; the first byte as it is given.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [1, 2, 3, 4];
    let mut bytes = head(first, payload.len(), true);
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// A whole text, as a client sends it.
pub(super) fn text(payload: &str) -> Vec<u8> {
    frame(LAST | TEXT, payload.as_bytes())
}

/// A whole text, as no client may send it.
pub(super) fn unmasked(payload: &str) -> Vec<u8> {
    [head(LAST | TEXT, payload.len(), false), payload.as_bytes().to_vec()].concat()
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

/// The code with which the server closes after it was sent these bytes.
async fn code_after(server: &Server, bytes: &[u8]) -> u16 {
    let mut stream = server.upgraded("").await;
    // The server may close before it has read all.
    let _ = stream.write_all(bytes).await;
    Peer::over(stream).await.closed().await.0
}

#[tokio::test]
async fn frames_that_are_wrong_are_closed_with_their_code() {
    let server = Server::plain().await;
    let unmasked = unmasked("{}");
    let too_long = frame(LAST | PING, &[b'a'; 126]);
    for (name, bytes, code) in [
        ("unmasked", unmasked, 1002),
        ("a reserved bit", frame(LAST | 0x40 | TEXT, b"{}"), 1002),
        ("a reserved opcode", frame(LAST | 3, b"{}"), 1002),
        ("a reserved control frame", frame(LAST | 0xb, b""), 1002),
        ("a continuation of nothing", frame(LAST | CONTINUED, b"{}"), 1002),
        (
            "a message within a message",
            [frame(TEXT, b"{"), frame(LAST | TEXT, b"}")].concat(),
            1002,
        ),
        ("a control frame in parts", frame(PING, b"a"), 1002),
        ("a control frame that is too long", too_long, 1002),
        (
            "text that is not UTF-8",
            frame(LAST | TEXT, b"{\"type\":\"\xff\"}"),
            1007,
        ),
        ("half a character", frame(LAST | TEXT, b"\xc3"), 1007),
        ("binary", frame(LAST | BINARY, b"{\"type\":\"ping\"}"), 4400),
        ("empty", frame(LAST | TEXT, b""), 4400),
    ] {
        assert_eq!(code_after(&server, &bytes).await, code, "{name}");
    }
    server.sockets(0).await;
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_closed_1009_before_it_is_held() {
    let server = Server::plain().await;
    let most = LiveLimits::default().message_bytes;
    // Only the head comes, with its mask: what it announces is enough.
    let head = |length| [head(LAST | TEXT, length, true), vec![0; 4]].concat();
    assert_eq!(code_after(&server, &head(most + 1)).await, 1009);
    assert_eq!(code_after(&server, &head(usize::MAX >> 1)).await, 1009);
    let half = vec![b' '; most / 2 + 1];
    let parts = [frame(TEXT, &half), frame(LAST | CONTINUED, &half)].concat();
    assert_eq!(code_after(&server, &parts).await, 1009);
    // As large as it may be.
    let mut message = br#"{"type":"ping"}"#.to_vec();
    message.resize(most, b' ');
    let mut stream = server.upgraded("").await;
    stream.write_all(&frame(LAST | TEXT, &message)).await.expect("sent");
    assert_eq!(Peer::over(stream).await.message().await["type"], "pong");
}

#[tokio::test]
async fn a_message_may_come_in_parts_with_pings_between_them() {
    let server = Server::plain().await;
    let mut stream = server.upgraded("").await;
    let message = "{\"type\":\"ping\",\"payload\":{\"a\":\"é\"}}".as_bytes();
    let cut = message.len() - 4;
    let bytes = [
        frame(TEXT, &message[..cut]),
        frame(LAST | PING, b"there?"),
        frame(CONTINUED, b""),
        frame(LAST | CONTINUED, &message[cut..]),
    ]
    .concat();
    // A byte at a time: parts of frames are no frames.
    for byte in bytes {
        stream.write_all(&[byte]).await.expect("sent");
    }
    let mut peer = Peer::over(stream).await;
    let first = timeout(PATIENCE, peer.frames.next()).await.expect("in time");
    assert!(matches!(first, Some(Ok(Message::Pong(payload))) if payload == "there?"));
    assert_eq!(peer.message().await["payload"]["a"], "é");
}

#[tokio::test]
async fn a_close_is_answered_and_its_operations_end() {
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
            .write_all(&frame(LAST | CLOSE, payload))
            .await
            .expect("sent");
        assert_eq!(peer.closed().await.0, code, "{payload:?}");
        server.engine.feed.open(0).await;
    }
    server.sockets(0).await;
}

#[tokio::test]
async fn a_connection_that_is_cut_ends_its_operations() {
    let server = Server::plain().await;
    let mut peer = server.acknowledged().await;
    peer.subscribe("1", "subscription { ticks }").await;
    server.engine.feed.open(1).await;
    peer.frames
        .get_mut()
        .write_all(&head(LAST | TEXT, 100, true))
        .await
        .expect("sent");
    drop(peer);
    server.engine.feed.open(0).await;
    server.sockets(0).await;
}
