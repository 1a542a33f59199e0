//! What an authority of time stamps is asked, and what others make of its stamps; and a witness that is told by https.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{sleep, timeout};

use super::{PATIENCE, harm, lead, logged, notes, place_of, read, run};
use crate::support::{
    authority::Authority,
    database::{TestDatabase, on_both},
    process::{COUNTERS, Site},
    secure::Secure,
    stamper::{self, Stamper},
};

/// The stamps in a folder, by their names.
fn stamps(folder: &Path) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut stamps: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    stamps.retain(|path| path.extension().is_some_and(|extension| extension == "tsr"));
    stamps.sort_unstable();
    stamps
}

on_both!(time_stamps_are_checked_by_another_program_and_show_that_entries_are_gone);
async fn time_stamps_are_checked_by_another_program_and_show_that_entries_are_gone(database: &TestDatabase) {
    let Some(authority) = Stamper::start().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path(), Some(database.text()));
    let often = ["--witness-interval-s", "1", "--timestamp-interval-s", "1"];
    let mut serving = site.serve(&[&["--timestamp-url", &authority.url][..], &often].concat());
    let client = lead(&site, &serving);
    let first = read(&client).await;
    let kept = folder.path().join("stamps");
    let stamped = async {
        while stamps(&kept).len() < 2 {
            read(&client).await;
            sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(timeout(PATIENCE, stamped).await.is_ok(), "{}", serving.log_so_far());
    for _ in 0..5 {
        read(&client).await;
    }
    // And at the end.
    serving.tell_to_stop();
    assert_eq!(serving.end().await, Some(0));
    let (theirs, of_another) = (authority.authority(), Stamper::start().await.unwrap());
    for stamp in stamps(&kept) {
        let note = stamp.with_extension("checkpoint");
        let (good, said) = stamper::check(&stamp, &note, &theirs);
        assert!(good && said.contains("Verification: OK"), "{said}");
        assert!(!stamper::check(&stamp, &note, &of_another.authority()).0);
        let spoilt = folder.path().join("spoilt");
        let text = fs::read_to_string(&note).unwrap();
        fs::write(&spoilt, text.replacen('\n', "\n1", 1)).unwrap();
        let (good, said) = stamper::check(&stamp, &spoilt, &theirs);
        assert!(!good && said.contains("message imprint mismatch"), "{said}");
    }

    // What is stamped is a witness's.
    let databases = database.open().await;
    let (chain, seq) = place_of(&databases, first.request_id).await;
    let newest = notes(&kept, "checkpoint").into_iter().map(|note| note.checkpoint.size);
    let newest = newest.max().unwrap();
    let check = || run(&site, &["audit", "verify", "--witness", kept.to_str().unwrap()]);
    let (sound, words) = check();
    assert!(sound, "{words}");
    for table in ["trail_families", "trail_record"] {
        let sql = format!(
            "DELETE FROM {table} WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq > $2"
        );
        harm(&databases, &sql, [chain.into(), seq.into()]).await;
    }
    databases.close().await.unwrap();
    let (sound, words) = check();
    assert!(
        !sound && words.contains(&format!("the witness was told of {newest}")),
        "{words}"
    );
}

on_both!(a_witness_is_told_by_https_if_somebody_vouches_for_it_and_not_otherwise);
async fn a_witness_is_told_by_https_if_somebody_vouches_for_it_and_not_otherwise(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let (known, unknown) = (Authority::new(), Authority::new());
    let file = folder.path().join("authorities.pem");
    known.write(&file);
    let (trusted, doubtful) = (
        Secure::start(known.server()).await,
        Secure::start(unknown.server()).await,
    );
    let variables = [("SSL_CERT_FILE", file.to_str().unwrap())];
    let site = Site::new(folder.path(), Some(database.text())).with_environment(&variables);
    let often = [&["--witness-interval-s", "1", "--log-format", "json"][..], &COUNTERS].concat();

    let serving = site.serve(&[&["--witness-url", &doubtful.url][..], &often].concat());
    read(&lead(&site, &serving)).await;
    logged(&serving, &["witness.not_told", "no_connection"]).await;
    logged(&serving, &["witness_behind"]).await;
    let counters = serving.counters().await;
    assert!(
        !counters.contains("thinkfamily_witness_failed_total{witness=\"url\"} 0"),
        "{counters}"
    );
    drop(serving);
    assert!(doubtful.behind.got().is_empty());

    let serving = site.serve(&[&["--witness-url", &trusted.url][..], &often].concat());
    read(&lead(&site, &serving)).await;
    let got = trusted.behind.wait_for(2).await;
    let text = String::from_utf8(got.last().unwrap().body.clone()).unwrap();
    assert!(text.starts_with("thinkfamily/trail/"), "{text}");
    let counters = serving.counters().await;
    assert!(
        counters.contains("thinkfamily_witness_failed_total{witness=\"url\"} 0"),
        "{counters}"
    );
}
