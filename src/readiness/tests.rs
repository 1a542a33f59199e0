//! Words that are told apart and written down, and looks that end.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, future::join_all};

use super::{Condition, Look, Readiness};

#[test]
fn every_condition_has_a_word_of_its_own_and_its_line_in_the_operators_handbook() {
    let handbook = include_str!("../../docs/operations.md");
    let words: BTreeSet<_> = Condition::ALL.iter().map(|condition| condition.word()).collect();
    assert_eq!(words.len(), Condition::ALL.len());
    for word in words {
        assert!(handbook.contains(&format!("| `{word}` |")), "no line for {word}");
    }
}

#[tokio::test]
async fn what_is_found_keeps_it_from_being_ready_until_it_is_gone() {
    let (low, looks) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let (of_low, of_looks) = (Arc::clone(&low), Arc::clone(&looks));
    let readiness = Readiness::new(vec![Look::new(Condition::DiskLow, move || {
        of_looks.fetch_add(1, Ordering::Relaxed);
        let found = of_low.load(Ordering::Relaxed).then_some(Condition::DiskLow);
        async move { found.into_iter().collect() }.boxed()
    })])
    .looking_anew_after(Duration::from_hours(1));
    // Many who ask at once share what one look finds.
    let asked = join_all((0..50).map(|_| readiness.look())).await;
    assert!(asked.into_iter().all(|ready| ready));
    assert_eq!(looks.load(Ordering::Relaxed), 1);
    low.store(true, Ordering::Relaxed);
    assert!(readiness.look().await, "what was found just now is told again");
    let readiness = readiness.looking_anew_after(Duration::ZERO);
    assert!(!readiness.look().await);
    assert_eq!(readiness.found(), BTreeSet::from([Condition::DiskLow]));
    low.store(false, Ordering::Relaxed);
    assert!(readiness.look().await);
    assert!(readiness.found().is_empty());
}

#[tokio::test]
async fn a_look_that_does_not_end_has_found_what_it_was_made_for() {
    let hangs = Look::new(Condition::DatabaseAway, || std::future::pending().boxed());
    let readiness = Readiness::new(vec![hangs]).waiting(Duration::from_millis(50));
    assert!(!readiness.look().await);
    assert_eq!(readiness.found(), BTreeSet::from([Condition::DatabaseAway]));
}
