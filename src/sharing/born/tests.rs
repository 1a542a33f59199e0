//! Tests of `born`.

use super::*;
use crate::sharing::fixtures::day;

#[test]
fn ages_count_whole_years_and_a_leap_day_birthday_falls_on_the_first_of_march() {
    let ages = [
        ("2003-03-15", "2016-03-14", 12),
        ("2003-03-15", "2016-03-15", 13),
        ("2004-02-29", "2017-02-28", 12),
        ("2004-02-29", "2017-03-01", 13),
        ("2004-02-29", "2020-02-28", 15),
        ("2004-02-29", "2020-02-29", 16),
        ("2000-02-29", "2018-02-28", 17),
        ("2000-02-29", "2018-03-01", 18),
        ("2016-03-15", "2016-03-15", 0),
    ];
    for (born, today, age) in ages {
        assert_eq!(age_on(day(born), day(today)), age, "{born} on {today}");
        assert_eq!(Born::on(day(born)).age(day(today)), Some(age), "{born} on {today}");
    }
}

#[test]
fn what_is_known_in_part_leaves_the_days_of_its_month_or_year() {
    let between = |first: &str, last: &str| Born::between(day(first), day(last));
    assert_eq!(Born::within(2003, None), between("2003-01-01", "2003-12-31"));
    assert_eq!(Born::within(2003, Some(12)), between("2003-12-01", "2003-12-31"));
    assert_eq!(Born::within(2004, Some(2)), between("2004-02-01", "2004-02-29"));
    assert_eq!(Born::within(2003, Some(2)), between("2003-02-01", "2003-02-28"));
    assert_eq!(Born::within(2003, Some(13)), Born::UNKNOWN);
}

#[test]
fn an_age_is_sure_from_the_last_possible_birthday_on_and_possible_from_the_first() {
    let born = Born::within(2003, Some(3));
    for (today, may_be, is) in [
        ("2016-02-29", false, false),
        ("2016-03-01", true, false),
        ("2016-03-30", true, false),
        ("2016-03-31", true, true),
    ] {
        assert_eq!(
            (born.may_be(13, day(today)), born.is(13, day(today))),
            (may_be, is),
            "{today}"
        );
    }
    assert_eq!(born.age(day("2016-02-29")), Some(12));
    assert_eq!(born.age(day("2016-03-01")), None);
    assert_eq!(born.age(day("2016-03-31")), Some(13));
    // Whoever was born on the leap day of a month that is all that is known comes of age with the last of them.
    let leap = Born::within(2000, Some(2));
    assert!(!leap.is(18, day("2018-02-28")) && leap.is(18, day("2018-03-01")));
    assert!(Born::UNKNOWN.may_be(18, day("2016-03-15")) && !Born::UNKNOWN.is(0, day("2016-03-15")));
    assert_eq!(Born::UNKNOWN.age(day("2016-03-15")), None);
}

#[test]
fn who_is_recorded_as_an_adult_is_at_least_eighteen() {
    for today in ["2016-02-29", "2016-03-15", "2017-02-28", "2018-03-01"] {
        let today = day(today);
        let adult = Born::UNKNOWN.adult(today);
        assert!(adult.is(18, today) && !adult.is(19, today), "{today}");
        let later = Born::on(adult.latest().succ_opt().expect("a day"));
        assert!(!later.is(18, today), "the latest day that is possible on {today}");
    }
    let today = day("2016-03-15");
    assert_eq!(Born::within(1970, None).adult(today), Born::within(1970, None));
    assert_eq!(
        Born::within(1998, None).adult(today),
        Born::between(day("1998-01-01"), day("1998-03-15"))
    );
    assert!(Born::within(2010, None).adult(today).is(18, today));
}

#[test]
fn who_is_expected_is_below_every_age_and_comes_into_years_like_others() {
    let child = Born::expected(day("2016-06-01"));
    let today = day("2016-03-15");
    assert!(!child.is(0, today) && !child.may_be(1, today));
    assert_eq!(child.age(today), None);
    // Nobody wrote down the birth: years later the child is as old as the days around the expected one make it.
    assert!(child.may_be(13, day("2029-01-13")) && !child.may_be(13, day("2029-01-12")));
    assert!(child.is(13, day("2029-06-29")) && !child.is(13, day("2029-06-28")));
}
