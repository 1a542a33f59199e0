//! Tests of labels, caching and timeouts.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, future::join_all};

use super::{Check, Condition, Readiness};

#[test]
fn every_condition_has_a_unique_label_and_a_line_in_the_operations_guide() {
    let guide = include_str!("../../docs/operations.md");
    let labels: BTreeSet<_> = Condition::ALL.iter().map(|condition| condition.label()).collect();
    assert_eq!(labels.len(), Condition::ALL.len());
    for label in labels {
        assert!(guide.contains(&format!("| `{label}` |")), "no line for {label}");
    }
}

#[tokio::test]
async fn a_condition_makes_the_server_unready_until_it_clears() {
    let (low, checks) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let (check_low, check_count) = (Arc::clone(&low), Arc::clone(&checks));
    let readiness = Readiness::new(vec![Check::new(Condition::DiskLow, move || {
        check_count.fetch_add(1, Ordering::Relaxed);
        let found = check_low.load(Ordering::Relaxed).then_some(Condition::DiskLow);
        async move { found.into_iter().collect() }.boxed()
    })])
    .with_cache_time(Duration::from_hours(1));
    // Concurrent callers share the result of one check.
    let results = join_all((0..50).map(|_| readiness.check())).await;
    assert!(results.into_iter().all(|ready| ready));
    assert_eq!(checks.load(Ordering::Relaxed), 1);
    low.store(true, Ordering::Relaxed);
    assert!(readiness.check().await, "what was found just now is told again");
    let readiness = readiness.with_cache_time(Duration::ZERO);
    assert!(!readiness.check().await);
    assert_eq!(readiness.found(), BTreeSet::from([Condition::DiskLow]));
    low.store(false, Ordering::Relaxed);
    assert!(readiness.check().await);
    assert!(readiness.found().is_empty());
}

#[tokio::test]
async fn a_check_that_times_out_reports_its_condition() {
    let hangs = Check::new(Condition::DatabaseUnreachable, || std::future::pending().boxed());
    let readiness = Readiness::new(vec![hangs]).with_timeout(Duration::from_millis(50));
    assert!(!readiness.check().await);
    assert_eq!(readiness.found(), BTreeSet::from([Condition::DatabaseUnreachable]));
}
