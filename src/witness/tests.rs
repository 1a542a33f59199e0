//! What a witness receives, and what is known of one that cannot be reached.

use std::{fs, path::Path, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::{Settings, Witnesses};
use crate::{
    audit::{
        Code, Entry, HeadKey, Kind, Trail, TrailOptions,
        checkpoint::{Note, Notes},
    },
    clock::{Clock, Ids},
    store::trail::testing,
};

pub(super) async fn trail(folder: &Path) -> Trail {
    trail_at(folder, Clock::system()).await
}

async fn trail_at(folder: &Path, clock: Clock) -> Trail {
    Trail::open(
        testing::new_trail(&folder.join("trail.sqlite")).await,
        HeadKey::load_or_create(&folder.join("trail.key")).unwrap(),
        Code::nearest("test"),
        clock,
        Ids::random(),
        TrailOptions::default(),
    )
    .await
    .unwrap()
}

pub(super) async fn write(trail: &Trail) {
    trail
        .append(Entry::new(Kind::Refused, trail.clock().now()))
        .await
        .unwrap();
}

fn witnesses(trail: &Trail, folder: Option<&Path>, address: Option<String>) -> Witnesses {
    let settings = Settings {
        folder: folder.map(Path::to_owned),
        address,
        every: Duration::ZERO,
        stamps: None,
    };
    Witnesses::new(trail, settings).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_gets_a_note_whenever_the_chain_has_grown() {
    let home = tempfile::tempdir().unwrap();
    let trail = trail(home.path()).await;
    let folder = home.path().join("theirs");
    let witnesses = witnesses(&trail, Some(&folder), None);
    // The folder is the third party's to create.
    witnesses.send().await;
    let metrics = witnesses.metrics("dir").unwrap();
    assert_eq!((metrics.failed, witnesses.is_behind()), (1, true));
    fs::create_dir(&folder).unwrap();
    for _ in 0..3 {
        // The second time there is nothing new.
        witnesses.send().await;
        witnesses.send().await;
        write(&trail).await;
    }
    assert!(!witnesses.is_behind());
    trail.close().await;
    witnesses.send().await;
    let text = fs::read_to_string(folder.join(format!("{}.checkpoints", trail.opened()))).unwrap();
    let (mut read, mut notes) = (Notes::new(text.as_bytes()), Vec::new());
    while let Some(note) = read.next_note().unwrap() {
        notes.push(note.unwrap());
    }
    let sizes: Vec<u64> = notes.iter().map(|note| note.checkpoint.size).collect();
    assert_eq!(sizes, [1, 2, 3, 4]);
    assert!(notes.iter().all(|note| note.is_signed(&[trail.public_key()])));
    assert_eq!(witnesses.metrics("url"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shorter_chain_of_a_new_month_is_sent() {
    let home = tempfile::tempdir().unwrap();
    let clock = Clock::fixed("2026-11-30T23:59:59Z".parse().unwrap());
    let trail = trail_at(home.path(), clock.clone()).await;
    let folder = home.path().join("theirs");
    fs::create_dir(&folder).unwrap();
    let witnesses = witnesses(&trail, Some(&folder), None);
    for _ in 0..3 {
        write(&trail).await;
    }
    witnesses.send().await;
    clock.set("2026-12-01T00:00:00Z".parse().unwrap());
    write(&trail).await;
    assert_ne!(trail.chain(), trail.opened());
    witnesses.send().await;
    let told = fs::read_to_string(folder.join(format!("{}.checkpoints", trail.chain()))).unwrap();
    assert_eq!(Note::read(&told).unwrap().checkpoint.size, 2);
}

/// Accepts one request and responds; returns what was sent.
async fn answer(listener: &TcpListener, status: &str) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let (mut got, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut part).await.unwrap();
        got.extend(&part[..read]);
        let text = String::from_utf8_lossy(&got).into_owned();
        let length = text.to_ascii_lowercase();
        let length = length
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next());
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
        if let (Some(length), Some(body)) = (length, body)
            && body >= length.parse().unwrap()
        {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            return text;
        }
        assert!(read > 0, "the request ends early");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_sent_the_note_until_it_accepts_it() {
    let home = tempfile::tempdir().unwrap();
    let trail = trail(home.path()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/add", listener.local_addr().unwrap());
    let witnesses = witnesses(&trail, None, Some(address));
    let ((), refused) = tokio::join!(witnesses.send(), answer(&listener, "500 No"));
    assert!(refused.starts_with("POST /add HTTP/1.1\r\n"), "{refused}");
    assert_eq!(witnesses.metrics("url").unwrap().failed, 1);
    assert!(witnesses.is_behind());
    let ((), taken) = tokio::join!(witnesses.send(), answer(&listener, "200 OK"));
    let note = Note::read(taken.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert!(note.is_signed(&[trail.public_key()]));
    assert_eq!(note.checkpoint.size, 1);
    assert!(!witnesses.is_behind());
    assert_eq!(witnesses.metrics("url").unwrap().age, 0);
    // The server is gone.
    drop(listener);
    write(&trail).await;
    witnesses.send().await;
    assert_eq!(witnesses.metrics("url").unwrap().failed, 2);
}
