//! Tests of `concurrency`.

use super::*;

fn limit(running: usize, waiting: usize, max_wait: Duration) -> ConcurrencyLimit {
    ConcurrencyLimit::new(
        running,
        waiting,
        max_wait,
        IntCounter::new("turned_away", "Tests.").expect("a name"),
    )
}

#[tokio::test]
async fn one_runs_one_waits_and_the_third_is_rejected() {
    let limit = limit(1, 1, Duration::from_secs(20));
    let first = limit.acquire().await.expect("a free turn");
    let waiting = tokio::spawn({
        let limit = limit.clone();
        async move { limit.acquire().await.is_some() }
    });
    while limit.waiting.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(limit.in_use(), (1, 1));
    assert!(limit.acquire().await.is_none());
    assert_eq!(limit.rejected.get(), 1);
    drop(first);
    assert!(waiting.await.expect("no panic"));
    assert!(limit.acquire().await.is_some());
}

#[tokio::test]
async fn events_leave_slots_to_operations() {
    let limit = limit(4, 0, Duration::from_secs(20));
    let event_slot = limit.acquire_for_event().await.expect("a free turn");
    let waiting = limit.acquire_for_event();
    tokio::pin!(waiting);
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    for _ in 0..3 {
        limit.acquire().await.expect("a free turn").forget();
    }
    assert!(limit.acquire().await.is_none());
    drop(event_slot);
    assert!(waiting.await.is_some());
}

#[tokio::test]
async fn a_wait_for_a_slot_times_out() {
    let limit = limit(1, 1, Duration::from_millis(5));
    let _first = limit.acquire().await.expect("a free turn");
    assert!(limit.acquire().await.is_none());
}
