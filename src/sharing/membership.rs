//! When and how somebody belonged to a family, and what becomes of what was recorded of them there.

use chrono::NaiveDate;

/// Days from a first one until one that is no longer in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The day of its end; none while it has not ended.
    pub until: Option<NaiveDate>,
}

impl Period {
    /// Whether the day is in it.
    pub fn holds_on(self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// Why a membership ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// The person lives elsewhere.
    Moved,
    /// The person died.
    Died,
    /// The child was adopted.
    Adopted,
    /// The person fled.
    Fled,
    /// Another reason that was recorded.
    Other,
}

/// A membership of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MembershipFacts {
    /// When.
    pub period: Period,
    /// Why it ended, where that is recorded.
    pub end: Option<End>,
    /// Whether, as a member, they have parental responsibility for all children of the family.
    pub parental_responsibility: bool,
}

impl MembershipFacts {
    /// Whether it ended on that day.
    pub fn ended_on(&self, died_on: Option<NaiveDate>, day: NaiveDate) -> bool {
        self.ended(died_on).is_some_and(|(ended, _)| ended == day)
    }

    /// The day of its end, and whether what was recorded stays as it was then: unless it ended by adoption, flight or for no recorded reason. It ends on the
    /// day of a death at the latest, which is a recorded reason.
    fn ended(&self, died_on: Option<NaiveDate>) -> Option<(NaiveDate, bool)> {
        let recorded = self.period.until.map(|until| {
            let stays = matches!(self.end, Some(End::Moved | End::Died | End::Other));
            (until, stays)
        });
        match (recorded, died_on) {
            (Some((until, _)), Some(died)) if died < until || (died == until && self.end.is_none()) => {
                Some((died, true))
            }
            (None, Some(died)) => Some((died, true)),
            (recorded, _) => recorded,
        }
    }
}

/// The day on which the last of somebody's memberships ended, of whatever families, if what was recorded stays as it was: if they belong to no family on the
/// day, and none that ended last ended otherwise.
pub fn stays_from<'m>(
    all: impl Iterator<Item = &'m MembershipFacts>,
    died_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<NaiveDate> {
    let mut last: Option<(NaiveDate, bool)> = None;
    for one in all.filter(|one| one.period.from <= today) {
        let (day, stays) = one.ended(died_on).filter(|(day, _)| *day <= today)?;
        last = Some(match last {
            Some((known, _)) if known < day => (day, stays),
            Some((known, kept)) if known == day => (day, kept && stays),
            Some(known) => known,
            None => (day, stays),
        });
    }
    last.filter(|(_, stays)| *stays).map(|(day, _)| day)
}

#[cfg(test)]
#[path = "membership_tests.rs"]
mod tests;
