//! The retry schedule of failed deliveries: that of the Standard Webhooks specification, with jitter. Pure.

use chrono::TimeDelta;

/// Back-off delays in seconds after the first attempt, the second, and so on: 5 s, 5 min, 30 min, 2 h, 5 h,
/// 10 h, 14 h, 20 h, 24 h.
const DELAYS: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// The longest delay that a receiver may ask for.
const MAX_DELAY: TimeDelta = TimeDelta::hours(24);
/// The largest jitter, as one over this part of the delay.
const JITTER: i64 = 10;

/// The delay before the next retry after this many attempts, all failed; `None` when it is given up. `chance`
/// is any random number: jitter spreads retries, so that deliveries that failed together do not return
/// together. `asked` is the delay that the receiver asked for.
pub fn delay(attempts: i32, chance: u128, asked: Option<TimeDelta>) -> Option<TimeDelta> {
    let at = usize::try_from(attempts.max(1) - 1).ok()?;
    let seconds = *DELAYS.get(at)?;
    let delay = TimeDelta::seconds(seconds);
    let max_jitter = seconds * 1000 / JITTER;
    // The remainder is smaller than a day in milliseconds.
    let jitter = i64::try_from(chance % (u128::from(max_jitter.unsigned_abs()) + 1)).unwrap_or(0);
    let delay = delay + TimeDelta::milliseconds(jitter);
    Some(delay.max(asked.unwrap_or_default().min(MAX_DELAY)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of attempts before a delivery is given up.
    const ATTEMPTS: i32 = 10;

    #[test]
    fn attempts_follow_the_specification_and_then_end() {
        let delays: Vec<i64> = (1..ATTEMPTS)
            .map(|attempts| delay(attempts, 0, None).expect("there is another").num_seconds())
            .collect();
        assert_eq!(delays, DELAYS);
        // Three days, three hours and a half, as in the specification's table.
        assert_eq!(delays.iter().sum::<i64>(), 75 * 3600 + 35 * 60 + 5);
        assert_eq!(delay(ATTEMPTS, 0, None), None);
        assert_eq!(delay(i32::MAX, 0, None), None);
        assert_eq!(delay(0, 0, None), delay(1, 0, None));
    }

    #[test]
    fn jitter_adds_a_tenth_at_most() {
        for attempts in 1..ATTEMPTS {
            let least = delay(attempts, 0, None).expect("there is another");
            for chance in [1, 499, 500, 501, u128::MAX, 0x1234_5678_9abc_def0] {
                let with = delay(attempts, chance, None).expect("there is another");
                assert!(with >= least && with <= least + least / 10, "{attempts} {chance}");
            }
        }
        assert_ne!(delay(2, 7, None), delay(2, 8, None));
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_delay_within_limits() {
        let asked = |seconds| delay(1, 0, Some(TimeDelta::seconds(seconds)));
        assert_eq!(asked(1), Some(TimeDelta::seconds(5)));
        assert_eq!(asked(60), Some(TimeDelta::seconds(60)));
        assert_eq!(asked(1_000_000), Some(MAX_DELAY));
        assert_eq!(delay(ATTEMPTS, 0, Some(TimeDelta::seconds(1))), None);
    }
}
