//! Who may decide about consent for a person, on a day.

use chrono::{Datelike as _, Days, NaiveDate};

use crate::sharing::facts::{Decider, FamilyFacts, PersonFacts};

/// For so many days a parent's yes outlasts the birthday from which the child decides, and a new adult is not yet asked.
const LATELY: Days = Days::new(28);

/// Whether something is so, where birthdays may leave that open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It is not.
    No,
    /// It may be.
    Open,
    /// It is, on whichever of the possible birthdays.
    Sure,
}

impl Rank {
    fn of(sure: bool, may_be: bool) -> Self {
        match (sure, may_be) {
            (true, _) => Self::Sure,
            (false, true) => Self::Open,
            (false, false) => Self::No,
        }
    }
}

/// Those between whom the own-consent age tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// The person; who lacks capacity, somebody who decides in their best interests.
    Own,
    /// Those with parental responsibility.
    Parents,
}

impl Group {
    pub(super) const BOTH: [Self; 2] = [Self::Own, Self::Parents];
}

/// Who may decide, in one family.
#[derive(Clone, Copy)]
pub(super) struct Standing<'f> {
    facts: &'f FamilyFacts,
}

impl<'f> Standing<'f> {
    pub(super) fn new(facts: &'f FamilyFacts) -> Self {
        Self { facts }
    }

    /// Whether it is for this group to decide for the person. For the dead nobody does.
    pub(super) fn decides(self, person: &PersonFacts, group: Group, day: NaiveDate) -> Rank {
        if !person.lived_on(day) {
            return Rank::No;
        }
        let age = self.facts.own_consent_age;
        let (sure, may_be) = (person.born.is(age, day), person.born.may_be(age, day));
        match group {
            Group::Own => Rank::of(sure, may_be),
            Group::Parents => Rank::of(!may_be, !sure),
        }
    }

    /// Whether the decider is one of a group, where it is for the group to decide.
    pub(super) fn rank(self, person: &PersonFacts, decider: &Decider, group: Group, day: NaiveDate) -> Rank {
        match group {
            Group::Own => {
                let lacks_capacity = person.lacks_capacity.iter().any(|period| period.holds_on(day));
                let themselves = *decider == Decider::Person(person.person);
                let in_best_interests = matches!(decider, Decider::Professional { .. });
                let is_theirs = if lacks_capacity { in_best_interests } else { themselves };
                Rank::of(is_theirs, false)
            }
            Group::Parents => self.parental(person, decider, day),
        }
    }

    /// Whether the decider could decide for the person, as whatever.
    pub(super) fn could(self, person: &PersonFacts, decider: &Decider, day: NaiveDate) -> bool {
        Group::BOTH.into_iter().any(|group| {
            self.decides(person, group, day) != Rank::No && self.rank(person, decider, group, day) != Rank::No
        })
    }

    /// Whether the decider has parental responsibility where the child lives: here, or in another household. Where that is not recorded, nobody has.
    fn parental(self, child: &PersonFacts, decider: &Decider, day: NaiveDate) -> Rank {
        if child.belonged_on(day) {
            return self.parental_in(&self.facts.people, child, decider, day);
        }
        let lives_in = |household: &&Vec<PersonFacts>| {
            let mut members = household.iter();
            members.any(|member| member.person == child.person && member.belonged_on(day))
        };
        let elsewhere = self.facts.elsewhere.iter().filter(lives_in);
        let ranks = elsewhere.map(|household| self.parental_in(household, child, decider, day));
        ranks.max().unwrap_or(Rank::No)
    }

    /// The same in the household in which the child lives: a member of own-consent age, or whom the authority names that holds it.
    fn parental_in(self, household: &[PersonFacts], child: &PersonFacts, decider: &Decider, day: NaiveDate) -> Rank {
        let recorded = self.facts.responsibilities.iter().any(|responsibility| {
            responsibility.child == child.person
                && responsibility.held_by == *decider
                && responsibility.period.holds_on(day)
        });
        let Decider::Person(decider) = decider else {
            return Rank::of(recorded, false);
        };
        let parent = household.iter().find(|member| member.person == *decider);
        let Some(parent) = parent.filter(|parent| parent.person != child.person && parent.belonged_on(day)) else {
            return Rank::No;
        };
        let as_member = |parent: &PersonFacts| {
            let mut belongs = parent.memberships.iter();
            belongs.any(|belongs| belongs.parental_responsibility && belongs.period.holds_on(day))
        };
        if !recorded && !as_member(parent) {
            return Rank::No;
        }
        let age = self.facts.own_consent_age;
        Rank::of(parent.born.is(age, day), parent.born.may_be(age, day))
    }
}

/// Whether a child surely is of own-consent age and reached it less than 28 days ago, on whichever of their possible birthdays. So long a
/// parent's yes is enough, unless the child has spoken.
pub(super) fn reached_own_age_lately(facts: &FamilyFacts, child: &PersonFacts) -> bool {
    let age = facts.own_consent_age;
    let reached = birthday(child.born.earliest(), age);
    child.born.is(age, facts.today) && reached.is_some_and(|day| is_lately(day, facts.today))
}

/// Whether the day was less than 28 days ago.
pub(super) fn is_lately(day: NaiveDate, today: NaiveDate) -> bool {
    day.checked_add_days(LATELY).is_some_and(|end| today < end)
}

/// The day on which somebody born on a day reaches an age; who is born on 29 February does so on 1 March of a common year.
pub(super) fn birthday(born: NaiveDate, age: i32) -> Option<NaiveDate> {
    let year = born.year().checked_add(age)?;
    NaiveDate::from_ymd_opt(year, born.month(), born.day()).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}
