//! Series of questions that try values: what a question tries, how much of it an agency may, and what is told where it is too much.
//!
//! The questions alone decide, and never what is stored: else the stop would tell. So whoever tries values of somebody who is not there is stopped at the same question, with the
//! same words, as whoever tries those of somebody who is.

use chrono::{DateTime, Utc};

use super::{LookupSettings, input::Question};
use crate::{
    error::Retry,
    graphql::mutations::UserError,
    matching::{
        Description,
        series::{What, allowance, series},
    },
    sharing::caller::Caller,
    store::budget::trials::{Days, Stop, Trial, Trier},
};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Values are told apart within so many: two to the power of 30.
const VALUES: u32 = 1 << 30;

/// A question that is not answered, since its asker tries values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// What is tried.
    pub what: What,
    /// When it may be asked, if nothing else is tried meanwhile.
    pub retry: Retry,
}

impl Stopped {
    /// The code of what is tried, as an alert has it.
    pub fn code(&self) -> &'static str {
        match self.what {
            What::Dates => "dates",
            What::Postcodes => "postcodes",
            What::Addresses => "addresses",
            What::Numbers => "numbers",
            What::Names => "names",
        }
    }

    /// What whoever asked is told.
    pub(super) fn error(&self) -> UserError {
        let (field, message) = match self.what {
            What::Dates => (
                "dateOfBirth",
                "Your agency has asked about this name, or one like it, with as many dates of birth as it may in this time. It may go on at retryAt.",
            ),
            What::Postcodes => (
                "postcode",
                "Your agency has asked about this name, or one like it, with as many postcodes as it may in this time. It may go on at retryAt.",
            ),
            What::Addresses => (
                "address",
                "Your agency has asked about this name, or one like it, with as many addresses as it may in this time. It may go on at retryAt.",
            ),
            What::Numbers => (
                "identifiers",
                "Your agency has asked with as many numbers like this, or for this name, as it may in this time. It may go on at retryAt.",
            ),
            What::Names => (
                "familyName",
                "Your agency has asked about this date of birth and place, or this number, with as many names as it may in this time. It may go on at retryAt.",
            ),
        };
        UserError::later(field, message, self.retry.at)
    }
}

/// What questions try, each in the order of [`series`].
pub struct Tries {
    whats: Vec<Vec<What>>,
    /// For the store.
    pub trials: Vec<Vec<Trial>>,
    /// Who tries.
    pub by: Trier,
    /// The days that count.
    pub days: Days,
}

impl LookupSettings {
    /// What questions of a caller try.
    pub(super) fn tries(&self, caller: &Caller, questions: &[Question], now: DateTime<Utc>) -> Tries {
        let descriptions = questions.iter().map(|question| &question.description);
        self.tries_of(caller, descriptions, now)
    }

    /// The same of what is known of people.
    pub fn tries_of<'a>(
        &self,
        caller: &Caller,
        questions: impl Iterator<Item = &'a Description>,
        now: DateTime<Utc>,
    ) -> Tries {
        let number =
            |text: &str, below: u32| self.digest(&[b"who", text.as_bytes()]).cast_unsigned() % u64::from(below);
        let number = |text: &str, below| u32::try_from(number(text, below)).unwrap_or_default();
        let mut tries = Tries {
            whats: Vec::new(),
            trials: Vec::new(),
            by: Trier {
                client: number(&caller.client, 1 << 12),
                subject: number(&caller.principal.subject, 1 << 12),
                purpose: number(&caller.purpose, 1 << 6),
            },
            days: Days {
                today: now.timestamp_millis().div_euclid(DAY),
                before: self.tries_days,
            },
        };
        for question in questions {
            let (whats, trials) = self.tried_by(caller, question).unzip();
            tries.whats.push(whats);
            tries.trials.push(trials);
        }
        tries
    }

    fn tried_by(&self, caller: &Caller, question: &Description) -> impl Iterator<Item = (What, Trial)> {
        let series = if self.tries == 0 {
            Vec::new()
        } else {
            series(question, &self.frequencies)
        };
        let of = |text: &str| {
            let (authority, agency) = (caller.authority.to_be_bytes(), caller.principal.agency);
            self.digest(&[b"tried", &authority, agency.as_bytes(), text.as_bytes()])
        };
        let (agency, own) = (
            self.questions_in_days(self.agency_budget),
            self.questions_in_days(self.budget),
        );
        let trials = series.into_iter().filter_map(move |one| {
            let least = one.least.max(self.tries);
            let allowed = allowance(one.share * agency, least);
            let each = allowance(one.share * own.min(agency), least);
            if allowed.is_none() && each.is_none() {
                return None;
            }
            let value = of(&one.value).cast_unsigned() % u64::from(VALUES);
            let trial = Trial {
                digest: of(&one.held),
                what: one.what.letter(),
                value: u32::try_from(value).unwrap_or_default(),
                allowed: allowed.unwrap_or(u32::MAX),
                each: each.unwrap_or(u32::MAX),
            };
            Some((one.what, trial))
        });
        trials.collect::<Vec<_>>().into_iter()
    }

    /// How many questions a budget gives in the days for which tries count.
    fn questions_in_days(&self, budget: i32) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a number of days and seconds")]
        let periods = self.tries_days as f64 * 86_400.0 / self.period.max(1) as f64;
        f64::from(budget) * periods.max(1.0)
    }
}

impl Tries {
    /// A question that is stopped.
    pub fn stopped(&self, question: usize, stop: Stop, now: DateTime<Utc>) -> Stopped {
        let what = self.whats.get(question).and_then(|whats| whats.get(stop.trial));
        let at = DateTime::from_timestamp_millis(stop.room_from.saturating_mul(DAY)).unwrap_or(now);
        Stopped {
            what: what.copied().unwrap_or(What::Dates),
            retry: Retry::at(at, now),
        }
    }
}
