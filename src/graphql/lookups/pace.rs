//! When the answer to a look-up leaves, so that time tells nothing of whom it came upon (docs/decisions/0016).

use std::time::Duration;

use crate::clock::{Ids, Stopwatch};

/// The runtime's timer knows whole milliseconds only, and never wakes early: this long before the end it is left for one that is exact.
const COARSE: Duration = Duration::from_micros(1_500);

/// Waits until a multiple of the pace has passed since the operation began, and a part of it by chance more. The multiples hide how long the work took,
/// and chance what it leaves behind in the machine. Exact to some ten microseconds: steps of a timer would lay chance open again.
pub async fn wait(began: Stopwatch, pace: Duration, ids: &Ids) {
    let (waiting, whole) = (Stopwatch::start(), began.until_next(pace) + ids.part_of(pace));
    let left = move || whole.saturating_sub(waiting.passed());
    tokio::time::sleep(left().saturating_sub(COARSE)).await;
    if !left().is_zero() {
        // It only ends early with the program.
        let _ = tokio::task::spawn_blocking(move || std::thread::sleep(left())).await;
    }
}
