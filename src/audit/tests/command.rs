//! The `audit` command, and hostile export files.

use std::{fs, path::Path};

use clap::{Args, FromArgMatches};

use super::{Place, testing::tamper, three_chains};
use crate::{
    audit::{
        FindingKind,
        export::{ExportError, MAX_LINE, read_heads},
        offline::verify_file,
    },
    cli::audit::{AuditArgs, run},
    store::trail::TrailStore,
};

fn parse(words: &[&str]) -> AuditArgs {
    let command = AuditArgs::augment_args(clap::Command::new("audit").no_binary_name(true));
    AuditArgs::from_arg_matches(&command.try_get_matches_from(words).unwrap()).unwrap()
}

pub(super) async fn audit(store: Option<&TrailStore>, key: &Path, words: &[&str]) -> (bool, String) {
    let mut out = Vec::new();
    let code = run(&parse(words), store, key, &mut out).await.unwrap();
    let success = format!("{code:?}") == format!("{:?}", std::process::ExitCode::SUCCESS);
    (success, String::from_utf8(out).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn export_then_verify_with_nothing_but_the_file_and_the_public_key() {
    let (place, chains) = three_chains(400).await;
    let key = place.path().join("trail.key");
    let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let (whole, heads, public) = (path("whole"), path("heads"), path("whole.pub"));
    let store = Some(&place.store);
    assert!(audit(store, &key, &["export", &whole]).await.0);
    let (done, said) = audit(store, &key, &["export", "--heads-only", &heads]).await;
    assert!(done);
    assert_eq!(said, "0 entries and 3 heads exported\n");
    let again = run(&parse(&["export", &whole]), store, &key, &mut Vec::new()).await;
    assert!(again.is_err(), "an export is never written over");

    assert!(!parse(&["verify", "--file", &whole]).needs_database());
    assert!(parse(&["verify", "--heads", &heads]).needs_database());
    let offline = ["verify", "--file", &whole, "--public-key", &public, "--heads", &heads];
    let (sound, said) = audit(None, Path::new("/nowhere"), &offline).await;
    assert!(sound, "{said}");
    assert!(said.ends_with("entries in 3 chains checked: nothing found\n"), "{said}");
    assert!(audit(store, &key, &["verify", "--heads", &heads]).await.0);

    tamper(
        &place.store,
        "DELETE FROM trail_record WHERE chain = (SELECT number FROM trail_chain WHERE chain_id = $1) AND seq = 17",
        [chains[1].into()],
    )
    .await;
    let (sound, said) = audit(store, &key, &["verify"]).await;
    assert!(!sound);
    let line = format!("MISSING_ENTRY chain {} entry 17: entry 17 is gone", chains[1]);
    assert!(said.lines().any(|said| said == line), "{said}");
    assert!(run(&parse(&["verify"]), None, &key, &mut Vec::new()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_reported_and_never_stops_verification() {
    let (place, _) = three_chains(401).await;
    let key = place.path().join("trail.key");
    let whole = place.path().join("whole");
    assert!(
        audit(Some(&place.store), &key, &["export", whole.to_str().unwrap()])
            .await
            .0
    );
    let text = fs::read_to_string(&whole).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let keys = [place.key.public()];
    let check = |content: Vec<u8>| {
        let path = place.path().join("damaged");
        fs::write(&path, content).unwrap();
        verify_file(&path, &keys, &[]).unwrap()
    };
    assert!(check(text.clone().into_bytes()).is_sound());

    // Truncation anywhere is noticed.
    for cut in [0, 1, 40, text.len() / 3, text.len() / 2, text.len() - 2] {
        assert!(!check(text.as_bytes()[..cut].to_vec()).is_sound(), "cut at {cut}");
    }
    // Lines reordered, repeated or missing.
    let mut swapped = lines.clone();
    swapped.swap(10, 20);
    assert!(
        check(swapped.join("\n").into_bytes())
            .findings
            .iter()
            .any(|f| f.kind == FindingKind::Reordered)
    );
    let mut twice = lines.clone();
    twice.insert(10, lines[10]);
    assert!(!check(twice.join("\n").into_bytes()).is_sound());
    // Garbage: not text, numbers out of range, deep nesting, a line without end.
    let hostile: [Vec<u8>; 7] = [
        vec![0xff, 0xfe, 0],
        lines[5]
            .replace("\"seq\":", "\"seq\":99999999999999999999")
            .into_bytes(),
        lines[5].replace("\"seq\":", "\"seq\":-922337203685477580").into_bytes(),
        vec![b'['; 200_000],
        vec![b'x'; MAX_LINE * 3 + 7],
        lines[5]
            .replace("\"seq\":", "\"seq\":9223372036854775807,\"x\":")
            .into_bytes(),
        [
            b"{\"entry\":{\"chain\":\"00000000-0000-0000-0000-000000000000\",\"seq\":9223372036854775807,".as_slice(),
            b"\"prev\":\"\",\"hash\":\"\",\"body\":\"\"}}",
        ]
        .concat(),
    ];
    for bad in hostile {
        let mut content = lines[..5].join("\n").into_bytes();
        content.push(b'\n');
        content.extend_from_slice(&bad);
        content.push(b'\n');
        content.extend_from_slice(lines[6..].join("\n").as_bytes());
        let report = check(content);
        assert!(!report.is_sound());
        assert!(report.entries >= 200, "the rest of the file is checked too");
    }
}

#[tokio::test]
async fn only_a_complete_file_of_heads_is_accepted() {
    let place = Place::new(402).await;
    place.open().await.close().await;
    let key = place.path().join("trail.key");
    let heads = place.path().join("heads");
    assert!(
        audit(
            Some(&place.store),
            &key,
            &["export", "--heads-only", heads.to_str().unwrap()]
        )
        .await
        .0
    );
    let text = fs::read_to_string(&heads).unwrap();
    assert_eq!(read_heads(text.as_bytes()).unwrap().len(), 1);
    let without_head: Vec<&str> = text.lines().filter(|line| !line.contains("head\":{")).collect();
    let without_head = without_head.join("\n");
    assert!(matches!(
        read_heads(without_head.as_bytes()),
        Err(ExportError::NotWhole)
    ));
    assert!(matches!(
        read_heads(&text.as_bytes()[..text.len() / 2]),
        Err(ExportError::Line(_) | ExportError::NotWhole)
    ));
    assert!(matches!(read_heads(b"".as_slice()), Err(ExportError::NotWhole)));
    assert!(matches!(read_heads(b"junk\n".as_slice()), Err(ExportError::Line(1))));
}
