//! Tests of `task`.

use super::*;
use crate::{audit::verify::verify, store::trail::testing};

#[tokio::test]
async fn the_chain_continues_after_a_commit_with_a_lost_response() {
    let folder = tempfile::tempdir().unwrap();
    let key = HeadKey::load_or_create(&folder.path().join("key")).unwrap();
    let clock = Clock::system();
    let entry = || vec![Prepared::new(&Entry::new(Kind::Refused, clock.now())).unwrap()];
    let mut chain = Chain {
        store: testing::new_trail(&folder.path().join("trail.sqlite")).await,
        key: key.clone(),
        process: Code::nearest("test"),
        clock: clock.clone(),
        ids: Ids::random(),
        timeout: Duration::from_secs(5),
        marks_folder: None,
        at: None,
        words: HashMap::new(),
    };
    let (opened, _) = chain.open().await.unwrap();
    let before = chain.at.clone().unwrap().durable;
    chain.write(&entry()).await.unwrap();
    let after = chain.at.clone().unwrap().durable;
    let number = chain.at.as_ref().unwrap().number;
    chain.at = Some(Position {
        number,
        durable: before,
        possible: vec![after],
    });
    let places = chain.write(&entry()).await.unwrap();
    assert_eq!((places[0].chain, places[0].seq), (opened.head.chain, 3));
    let report = verify(&chain.store, &[key.public()], &[]).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!((report.chains, report.entries), (1, 3));
    assert_eq!(
        chain.at.unwrap().durable.tree.size(),
        3,
        "the tree has what was built upon"
    );
}
