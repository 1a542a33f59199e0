//! Requests to a time-stamping authority, and which responses are accepted.

use std::{fs, path::Path, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

use super::{
    Address, MAX_REPLY, Stamps,
    message::{InvalidStamp, TimeStampRequest},
};
use crate::audit::hash::Hash;

const NOTE: &[u8] = b"a note";
const CHANCE: [u8; 8] = [0xff, 2, 3, 4, 5, 6, 7, 8];
const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];

/// A DER element.
fn element(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = u16::try_from(contents.len()).unwrap().to_be_bytes();
    let length: &[u8] = match contents.len() {
        0..0x80 => &length[1..],
        0x80..0x100 => &[0x81, length[1]],
        _ => &[&[0x82][..], &length].concat(),
    };
    [&[kind], length, &contents].concat()
}

/// What an authority makes of a request.
type Body = fn(&[u8]) -> Vec<u8>;
/// A change to a good response.
type Change = fn(&mut Reply);

/// The parts of a response.
struct Reply {
    status: u8,
    algorithm: &'static [u8],
    imprint: Vec<u8>,
    nonce: Option<Vec<u8>>,
    certificates: bool,
    accuracy: bool,
}

impl Reply {
    fn good() -> Self {
        Self {
            status: 0,
            algorithm: SHA_256,
            imprint: Hash::of(&[NOTE]).as_bytes().to_vec(),
            nonce: Some([0x7f, 2, 3, 4, 5, 6, 7, 8].to_vec()),
            certificates: true,
            accuracy: true,
        }
    }

    fn info(&self) -> Vec<u8> {
        let imprint = element(
            0x30,
            &[
                &element(0x30, &[&element(0x06, &[self.algorithm]), &[5, 0]]),
                &element(0x04, &[&self.imprint]),
            ],
        );
        let accuracy = element(0x30, &[&element(0x02, &[&[1]])]);
        let nonce = self.nonce.as_ref().map(|nonce| element(0x02, &[nonce]));
        element(
            0x30,
            &[
                &element(0x02, &[&[1]]),
                &element(0x06, &[&[0x2a, 3]]),
                &imprint,
                &element(0x02, &[&[7]]),
                &element(0x18, &[b"20261130120000Z"]),
                if self.accuracy { &accuracy } else { &[] },
                if self.accuracy { &[1, 1, 0xff] } else { &[] },
                &nonce.unwrap_or_default(),
                &element(0xa0, &[b"who"]),
            ],
        )
    }

    fn bytes(&self) -> Vec<u8> {
        let content = element(
            0x30,
            &[
                &element(0x06, &[TST_INFO]),
                &element(0xa0, &[&element(0x04, &[&self.info()])]),
            ],
        );
        let certificates = element(0xa0, &[&[0; 900]]);
        let signed = element(
            0x30,
            &[
                &element(0x02, &[&[3]]),
                &element(0x31, &[]),
                &content,
                if self.certificates { &certificates } else { &[] },
                &element(0x31, &[]),
            ],
        );
        let token = element(0x30, &[&element(0x06, &[SIGNED_DATA]), &element(0xa0, &[&signed])]);
        let status = element(0x30, &[&element(0x02, &[&[self.status]])]);
        element(0x30, &[&status, if self.status < 2 { &token } else { &[] }])
    }
}

fn check(reply: &[u8]) -> Result<(), InvalidStamp> {
    TimeStampRequest::new(NOTE, CHANCE).check(reply)
}

#[test]
fn the_request_follows_rfc_3161() {
    let hash = Hash::of(&[NOTE]);
    let imprint = element(
        0x30,
        &[
            &element(0x30, &[&element(0x06, &[SHA_256]), &[5, 0]]),
            &element(0x04, &[hash.as_bytes()]),
        ],
    );
    let parts: [&[u8]; 4] = [
        &[2, 1, 1],
        &imprint,
        // A positive number, whatever was drawn.
        &[2, 8, 0x7f, 2, 3, 4, 5, 6, 7, 8],
        &[1, 1, 0xff],
    ];
    assert_eq!(TimeStampRequest::new(NOTE, CHANCE).to_der(), element(0x30, &parts));
}

#[test]
fn only_a_stamp_for_the_request_is_accepted() {
    assert_eq!(check(&Reply::good().bytes()), Ok(()));
    let changes: [(Change, Result<(), InvalidStamp>); 11] = [
        (|reply| reply.status = 1, Ok(())),
        (|reply| reply.accuracy = false, Ok(())),
        (|reply| reply.status = 2, Err(InvalidStamp::NotGranted)),
        (|reply| reply.status = 5, Err(InvalidStamp::NotGranted)),
        (|reply| reply.imprint[31] ^= 1, Err(InvalidStamp::WrongImprint)),
        (|reply| reply.imprint.truncate(20), Err(InvalidStamp::WrongImprint)),
        (
            |reply| reply.algorithm = &[0x2b, 0x0e, 3, 2, 0x1a],
            Err(InvalidStamp::WrongImprint),
        ),
        (
            |reply| reply.nonce.as_mut().unwrap()[7] ^= 1,
            Err(InvalidStamp::WrongNonce),
        ),
        (|reply| reply.nonce = None, Err(InvalidStamp::WrongNonce)),
        (
            |reply| reply.nonce.as_mut().unwrap().insert(0, 0),
            Err(InvalidStamp::WrongNonce),
        ),
        (|reply| reply.certificates = false, Err(InvalidStamp::NoCertificate)),
    ];
    for (number, (change, told)) in changes.into_iter().enumerate() {
        let mut reply = Reply::good();
        change(&mut reply);
        assert_eq!(check(&reply.bytes()), told, "change {number}");
    }
}

#[test]
fn hostile_responses_are_not_time_stamps() {
    let good = Reply::good().bytes();
    for end in 0..good.len() {
        assert_eq!(check(&good[..end]), Err(InvalidStamp::NotAStamp), "cut at {end}");
    }
    assert_eq!(check(&[&good[..], &[0]].concat()), Err(InvalidStamp::NotAStamp));
    // No change of a single byte makes a time stamp of another text or request, and none causes a panic.
    let (text, number) = (Hash::of(&[NOTE]), [0x7f, 2, 3, 4, 5, 6, 7, 8]);
    let (mut taken, mut refused) = (0, 0);
    for at in 0..good.len() {
        for to in [0, 1, 0x1f, 0x30, 0x7f, 0x80, 0x84, 0xff, good[at] ^ 1] {
            let mut changed = good.clone();
            changed[at] = to;
            if check(&changed).is_ok() {
                taken += 1;
                assert!(changed.windows(32).any(|part| part == text.as_bytes()), "{at}, {to}");
                assert!(changed.windows(8).any(|part| part == number), "{at}, {to}");
            } else {
                refused += 1;
            }
        }
    }
    assert!(taken > 0 && refused > 900, "{taken} taken, {refused} refused");
    // A length with superfluous bytes, without an end, and longer than the content.
    for spoilt in [
        &[0x30, 0x81, 5, 0x30, 3, 2, 1, 0][..],
        &[0x30, 0x82, 0, 5, 0x30, 3, 2, 1, 0],
        &[0x30, 0x80, 0x30, 3, 2, 1, 0, 0, 0],
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        &[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        &[0x3f, 0x81, 1, 0],
        b"<html>no</html>",
        b"",
    ] {
        assert_eq!(check(spoilt), Err(InvalidStamp::NotAStamp), "{spoilt:?}");
    }
    assert_eq!(check(&vec![0x30; 60_000]), Err(InvalidStamp::NotAStamp));
}

/// Accepts one request.
async fn asked(listener: &TcpListener) -> (TcpStream, Vec<u8>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut got = Vec::new();
    loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.unwrap();
        got.extend(&part[..read]);
        // All requests have the same length.
        let body = got.windows(4).position(|end| end == b"\r\n\r\n").map(|end| end + 4);
        if let Some(body) = body
            && got.len() - body == 69
        {
            return (stream, got);
        }
        assert!(read > 0, "the question ends early");
    }
}

async fn answer(listener: &TcpListener, status: &str, kind: &str, body: impl FnOnce(&[u8]) -> Vec<u8>) {
    let (mut stream, got) = asked(listener).await;
    let text = String::from_utf8_lossy(&got).to_ascii_lowercase();
    assert!(text.contains("content-type: application/timestamp-query"), "{text}");
    let body = body(&got[got.len() - 69..]);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // The client may have gone before everything was sent.
    let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
}

/// The time stamp for a request.
fn stamp(question: &[u8]) -> Vec<u8> {
    let mut reply = Reply::good();
    reply.imprint = question[24..56].to_vec();
    reply.nonce = Some(question[58..66].to_vec());
    reply.bytes()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn only_a_stamp_and_its_note_are_stored() {
    const KIND: &str = "application/timestamp-reply";
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("stamps");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Address::new(format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let stamps = Stamps::new(address, folder.clone());
    let chain = Uuid::from_u128(7);
    let asking = async || stamps.stamp(chain, 5, "a note").await;
    let replies: [(&str, &str, Body, &str); 7] = [
        ("500 No", KIND, stamp, "status"),
        ("302 There", KIND, stamp, "status"),
        ("200 OK", "text/html", stamp, "other_kind"),
        ("200 OK", KIND, |_| vec![0x30; MAX_REPLY + 1], "too_long"),
        ("200 OK", KIND, |_| b"no".to_vec(), "not_a_stamp"),
        ("200 OK", KIND, |_| Reply::good().bytes(), "other_nonce"),
        ("200 OK", KIND, |_| vec![0x30, 5, 0x30, 3, 2, 1, 2], "not_granted"),
    ];
    for (status, kind, body, told) in replies {
        let (stamped, ()) = tokio::join!(asking(), answer(&listener, status, kind, body));
        assert_eq!(stamped, Err(told));
    }
    assert!(!folder.exists());
    let kind = "Application/Timestamp-Reply; charset=binary";
    let (stamped, ()) = tokio::join!(asking(), answer(&listener, "200 OK", kind, stamp));
    assert_eq!(stamped, Ok(()));
    let name = format!("{chain}-5");
    assert_eq!(names(&folder), [format!("{name}.checkpoint"), format!("{name}.tsr")]);
    assert_eq!(fs::read(folder.join(format!("{name}.checkpoint"))).unwrap(), NOTE);
    // A time stamp that cannot be stored is a failure.
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "no folder").unwrap();
    let (stamped, ()) = tokio::join!(asking(), answer(&listener, "200 OK", KIND, stamp));
    assert_eq!(stamped, Err("not_written"));
    drop(listener);
    assert_eq!(asking().await, Err("no_connection"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stamp_is_requested_at_the_start_then_at_its_interval_and_at_the_end() {
    use crate::witness::{Settings, StampSettings, Witnesses, tests};
    let home = tempfile::tempdir().unwrap();
    let trail = tests::trail(home.path()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let folder = home.path().join("stamps");
    let settings = Settings {
        folder: None,
        address: None,
        every: Duration::ZERO,
        stamps: Some(StampSettings {
            address: format!("http://{}/", listener.local_addr().unwrap()),
            folder: folder.clone(),
            every: Duration::from_hours(1),
        }),
    };
    let witnesses = Witnesses::new(&trail, settings).unwrap();
    let granting = || answer(&listener, "200 OK", "application/timestamp-reply", stamp);
    let ((), ()) = tokio::join!(
        witnesses.send(),
        answer(&listener, "200 OK", "application/timestamp-reply", |_| Vec::new())
    );
    let metrics = witnesses.metrics("timestamp").unwrap();
    assert_eq!(
        (metrics.failed, witnesses.is_behind()),
        (1, false),
        "an hour has not passed"
    );
    // It is requested again at the next interval of the others, until there is a time stamp.
    let ((), ()) = tokio::join!(witnesses.send(), granting());
    assert_eq!(names(&folder).len(), 2);
    // Nobody is listening meanwhile: a client would wait for ever.
    tests::write(&trail).await;
    witnesses.send().await;
    assert_eq!(names(&folder).len(), 2);
    let ((), ()) = tokio::join!(witnesses.send_final(), granting());
    witnesses.send_final().await;
    assert_eq!(names(&folder).len(), 4);
    assert_eq!(witnesses.metrics("timestamp").unwrap().failed, 1);
}
