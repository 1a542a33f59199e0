//! What each client's operations cost in any minute, counted in this process alone.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    error::Retry,
    sharing::caller::{Caller, Program},
};

/// How long a cost counts, in seconds.
const MINUTE: i64 = 60;
/// So many programs are remembered before those that spent nothing lately are forgotten.
const REMEMBERED: usize = 1024;

/// Every client's costs of the last minute.
#[derive(Debug)]
pub(super) struct Spending {
    most: u64,
    spent: Mutex<HashMap<Program, Spent>>,
}

/// Costs by the second in which they were asked for, the oldest first.
type Spent = VecDeque<(i64, u64)>;

impl Spending {
    /// Each client may spend `most` in any minute.
    pub(super) fn new(most: u64) -> Self {
        Self {
            most,
            spent: Mutex::default(),
        }
    }

    /// Counts what an operation costs, or says from when on there is room for it, if nothing else is asked meanwhile. What was refused is not counted.
    pub(super) fn charge(&self, caller: &Caller, cost: u64, now: DateTime<Utc>) -> Result<(), Retry> {
        let second = now.timestamp();
        let mut all = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.retain(|_, spent| spent.back().is_some_and(|(at, _)| counts(*at, second)));
        }
        let spent = all.entry(caller.program()).or_default();
        spent.retain(|(at, _)| counts(*at, second));
        let mut sum = spent.iter().fold(cost, |sum, (_, cost)| sum.saturating_add(*cost));
        if sum <= self.most {
            match spent.back_mut() {
                Some((at, known)) if *at == second => *known = known.saturating_add(cost),
                _ => spent.push_back((second, cost)),
            }
            return Ok(());
        }
        let enough = spent.iter().find(|(_, gone)| {
            sum = sum.saturating_sub(*gone);
            sum <= self.most
        });
        let wait = enough.map_or(MINUTE, |(at, _)| at + MINUTE - second);
        Err(Retry::at(now + TimeDelta::seconds(wait), now))
    }
}

/// Whether what was spent at one second counts at another. A clock that was set back begins anew.
fn counts(at: i64, now: i64) -> bool {
    (now - MINUTE + 1..=now).contains(&at)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::sharing::caller::Party;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + second, 0).expect("an instant")
    }

    fn client(name: &str) -> Caller {
        Caller {
            authority: 1,
            authority_code: "eastshire".to_owned(),
            principal: Party {
                agency: Uuid::from_u128(1),
                agency_code: "eastshire-police".to_owned(),
                agency_kind: "police".to_owned(),
                role: "marker_lookup".to_owned(),
                subject: "somebody".to_owned(),
            },
            portal: None,
            client: name.to_owned(),
            purpose: "safeguarding".to_owned(),
            purposes: vec!["safeguarding".to_owned()],
        }
    }

    #[test]
    fn each_client_has_its_own_minute() {
        let spending = Spending::new(100);
        let (one, other) = (client("one"), client("other"));
        assert_eq!(spending.charge(&one, 60, at(0)), Ok(()));
        assert_eq!(spending.charge(&one, 30, at(10)), Ok(()));
        let refused = spending.charge(&one, 40, at(20)).expect_err("over the budget");
        assert_eq!((refused.at, refused.after), (at(60), 40), "when the 60 are gone");
        let refused = spending.charge(&one, 90, at(20)).expect_err("over the budget");
        assert_eq!(refused.after, 50, "when the 30 are gone as well");
        assert_eq!(
            spending.charge(&one, 10, at(20)),
            Ok(()),
            "what was refused is not counted"
        );
        assert_eq!(spending.charge(&other, 100, at(20)), Ok(()));
        assert!(spending.charge(&one, 40, at(59)).is_err());
        assert_eq!(spending.charge(&one, 40, at(60)), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_out() {
        let spending = Spending::new(100);
        assert_eq!(spending.charge(&client("one"), 100, at(4_000)), Ok(()));
        assert_eq!(spending.charge(&client("one"), 100, at(0)), Ok(()));
    }

    #[test]
    fn programs_that_are_gone_are_forgotten() {
        let spending = Spending::new(100);
        for number in 0..REMEMBERED {
            assert_eq!(spending.charge(&client(&number.to_string()), 1, at(0)), Ok(()));
        }
        assert_eq!(spending.charge(&client("late"), 1, at(100)), Ok(()));
        assert_eq!(spending.spent.lock().expect("no panic").len(), 1);
    }
}
