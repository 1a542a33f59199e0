//! Tests of who is to be asked.

use super::*;
use crate::sharing::{born::Born, fixtures::*};

fn of(change: impl Fn(&mut FamilyFacts)) -> impl Fn(u128) -> Option<(Asking, NaiveDate)> {
    let mut facts = family();
    facts.consents.clear();
    change(&mut facts);
    move |number| to_be_asked(&facts, key(number))
}

/// Somebody born so long ago that they have the birthday in so many days.
fn born(age: i32, days: i64) -> Born {
    let day = today() + chrono::TimeDelta::days(days);
    Born::on(
        day.checked_sub_months(chrono::Months::new(12 * age.unsigned_abs()))
            .expect("a day"),
    )
}

fn turning(age: i32, days: i64, change: impl Fn(&mut FamilyFacts)) -> Option<(Asking, i64)> {
    let asked = of(|facts| {
        let child = facts.people.iter_mut().find(|person| person.person == key(CHILD));
        child.expect("the child").born = born(age, days);
        change(facts);
    })(CHILD);
    asked.map(|(why, day)| (why, (day - today()).num_days()))
}

#[test]
fn from_ninety_days_before_a_birthday_until_they_have_spoken() {
    for (age, why) in [(13, Asking::OwnConsentAge), (18, Asking::Adulthood)] {
        let none = |_: &mut FamilyFacts| {};
        assert_eq!(turning(age, 90, none), Some((why, 90)));
        assert_eq!(turning(age, 1, none), Some((why, 1)));
        assert_eq!(turning(age, -400, none), Some((why, -400)), "nobody has asked them");
        // On the day itself they may say so, and a no is an answer as well.
        let today = |facts: &mut FamilyFacts| facts.consents.push(refused(CHILD, CHILD, 0));
        assert_eq!(turning(age, 0, today), None);
        // What a parent said is not theirs.
        let parents = |facts: &mut FamilyFacts| facts.consents.push(given(CHILD, MOTHER, 1));
        assert_eq!(turning(age, 0, parents), Some((why, 0)));
    }
    assert_eq!(turning(13, 91, |_| {}), None);
    // Who decided from 13 on is asked anew when they come of age, and what they said then stands afterwards.
    let own = |facts: &mut FamilyFacts| facts.consents.push(given(CHILD, CHILD, 200));
    assert_eq!(turning(18, 30, own), Some((Asking::Adulthood, 30)));
    assert_eq!(turning(18, 0, own), None);
    let at_12 = |facts: &mut FamilyFacts| facts.consents.push(given(CHILD, CHILD, 10));
    assert_eq!(
        turning(13, 0, at_12),
        Some((Asking::OwnConsentAge, 0)),
        "a child cannot say yes"
    );
}

#[test]
fn an_adult_who_joined_is_asked_from_that_day_in_the_family_that_they_joined() {
    let joined = today() - chrono::TimeDelta::days(3);
    let with = |change: fn(&mut FamilyFacts)| {
        of(|facts| {
            let father = facts.people.iter_mut().find(|person| person.person == key(FATHER));
            father.expect("the father").memberships[0].period.from = joined;
            change(facts);
        })(FATHER)
    };
    assert_eq!(with(|_| {}), Some((Asking::Joined, joined)));
    assert_eq!(with(|facts| facts.consents.push(given(FATHER, FATHER, 1))), None);
    let elsewhere = with(|facts| {
        let mut said = given(FATHER, FATHER, 1);
        said.family = key(999);
        facts.consents.push(said);
    });
    assert_eq!(
        elsewhere,
        Some((Asking::Joined, joined)),
        "what they said in another family is not of this one"
    );
    let ahead = with(|facts| {
        let mut said = given(FATHER, FATHER, 0);
        said.recorded_at = facts.now + chrono::TimeDelta::days(1);
        facts.consents.push(said);
    });
    assert_eq!(
        ahead,
        Some((Asking::Joined, joined)),
        "a yes that is still to come is none"
    );
    assert_eq!(
        with(|facts| facts.people.iter_mut().for_each(|person| person.in_family = false)),
        None
    );
    // Of whom nothing is known: as an adult who joined.
    let unknown = with(|facts| facts.people.iter_mut().for_each(|person| person.born = Born::UNKNOWN));
    assert_eq!(unknown, Some((Asking::Joined, joined)));
}
