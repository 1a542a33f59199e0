//! Small worlds in which the rule is hard to get right. It is 15 March 2016; everybody is made up.

use chrono::{Datelike as _, Duration};

use super::*;
use crate::sharing::{
    born::Born,
    category::Category,
    facts::{ConsentDecision, MembershipFacts, Period, Responsibility},
    fixtures::*,
};

/// The plan, for the police, for safeguarding.
const ASKED: Asked<'static> = Asked {
    category: Category::Plan,
    agency_kind: "police",
    purpose: "safeguarding",
};
/// The number of another family.
const OTHER: u128 = 8;
const SOMEBODY: u128 = 5;

fn of(number: u128, facts: &FamilyFacts) -> Result<(), NoConsent> {
    consent(facts, Subject::Person(key(number)), ASKED)
}

fn of_family(facts: &FamilyFacts) -> bool {
    consent(facts, Subject::Family, ASKED).is_ok()
}

fn with(consents: Vec<ConsentDecision>) -> FamilyFacts {
    FamilyFacts { consents, ..family() }
}

fn days_before(days: i64) -> NaiveDate {
    today() - Duration::days(days)
}

/// Said in another family.
fn elsewhere(decision: ConsentDecision) -> ConsentDecision {
    ConsentDecision {
        family: key(OTHER),
        ..decision
    }
}

/// Said so long after noon of that day.
fn at(recorded_on: NaiveDate, after: Duration, decision: ConsentDecision) -> ConsentDecision {
    ConsentDecision {
        recorded_at: noon(recorded_on) + after,
        recorded_on,
        ..decision
    }
}

/// Belonged to the family until so many days ago.
fn left(mut person: PersonFacts, days: i64) -> PersonFacts {
    person.memberships[0].period.until = Some(days_before(days));
    person.in_family = false;
    person
}

/// Has belonged to a family for so many days.
fn came(person: PersonFacts, days: i64) -> PersonFacts {
    let period = Period {
        from: days_before(days),
        until: None,
    };
    let was = person.memberships[0];
    PersonFacts {
        memberships: vec![MembershipFacts { period, ..was }],
        ..person
    }
}

fn turns(number: u128, age: i32, days_ago: i64) -> PersonFacts {
    let day = days_before(days_ago);
    person(number, &format!("{}{}", day.year() - age, day.format("-%m-%d")))
}

#[test]
fn the_father_left_behind_says_no_for_the_child_again_and_yes_and_nobody_hears_him_in_the_new_household() {
    // The mother and the child left a hundred days ago.
    let new = FamilyFacts {
        family: key(OTHER),
        people: vec![
            came(parent(MOTHER, "1980-01-01"), 100),
            came(person(CHILD, "2011-01-01"), 100),
        ],
        ..family()
    };
    let yes = elsewhere(given(CHILD, MOTHER, 50));
    for his in [
        refused(CHILD, FATHER, 200),
        refused(CHILD, FATHER, 1),
        given(CHILD, FATHER, 1),
    ] {
        let facts = FamilyFacts {
            consents: vec![yes.clone(), his.clone()],
            ..new.clone()
        };
        assert_eq!(of(CHILD, &facts), Ok(()), "{his:?}");
        let without = FamilyFacts {
            consents: vec![his],
            ..new.clone()
        };
        assert!(of(CHILD, &without).is_err());
    }
}

#[test]
fn for_a_child_who_has_left_whoever_may_decide_where_the_child_lives_decides_and_nobody_is_told_why() {
    let mut old = family();
    old.people[0] = left(parent(MOTHER, "1980-01-01"), 100);
    old.people[3] = left(person(CHILD, "2011-01-01"), 100);
    let new = vec![
        came(parent(MOTHER, "1980-01-01"), 100),
        came(person(CHILD, "2011-01-01"), 100),
    ];
    let asked = |elsewhere: &[Vec<PersonFacts>], consents| {
        of(
            CHILD,
            &FamilyFacts {
                elsewhere: elsewhere.to_vec(),
                consents,
                ..old.clone()
            },
        )
    };
    let withheld = Err(NoConsent {
        elsewhere: true,
        reason: Reason::ConsentNotGiven,
    });
    let new = std::slice::from_ref(&new);
    assert_eq!(asked(new, vec![given(CHILD, MOTHER, 200)]), Ok(()));
    assert_eq!(asked(new, vec![given(CHILD, MOTHER, 50)]), Ok(()));
    assert_eq!(
        asked(new, vec![given(CHILD, FATHER, 200)]),
        withheld,
        "he cannot decide any more"
    );
    assert_eq!(
        asked(new, vec![given(CHILD, MOTHER, 200), refused(CHILD, FATHER, 50)]),
        Ok(())
    );
    assert_eq!(
        asked(new, vec![given(CHILD, MOTHER, 50), refused(CHILD, FATHER, 200)]),
        withheld,
        "what he said when he could stays"
    );
    assert_eq!(
        asked(
            new,
            vec![given(CHILD, MOTHER, 200), elsewhere(refused(CHILD, MOTHER, 1))]
        ),
        withheld,
        "a no said where the child lives"
    );
    assert_eq!(
        asked(&[], vec![given(CHILD, MOTHER, 200)]),
        withheld,
        "it is not recorded where"
    );
}

#[test]
fn a_yes_said_in_another_family_gives_nothing_and_a_no_of_who_may_decide_here_takes() {
    let facts = with(vec![elsewhere(given(MOTHER, MOTHER, 1))]);
    assert!(of(MOTHER, &facts).is_err());
    let facts = with(vec![given(MOTHER, MOTHER, 9), elsewhere(refused(MOTHER, MOTHER, 1))]);
    assert_eq!(
        of(MOTHER, &facts),
        Err(NoConsent {
            elsewhere: true,
            reason: Reason::ConsentNotGiven
        })
    );
    let facts = with(vec![elsewhere(refused(MOTHER, MOTHER, 9)), given(MOTHER, MOTHER, 1)]);
    assert_eq!(of(MOTHER, &facts), Ok(()), "a newer yes here");
    let facts = with(vec![given(CHILD, MOTHER, 9), elsewhere(refused(CHILD, SOMEBODY, 1))]);
    assert_eq!(of(CHILD, &facts), Ok(()), "of somebody who is not here");
    let facts = with(vec![given(MOTHER, MOTHER, 9), elsewhere(withdrawn(MOTHER, MOTHER, 8))]);
    assert!(of(MOTHER, &facts).is_err(), "a withdrawal is a no");
}

#[test]
fn a_yes_is_for_its_purposes_and_a_no_for_every_one() {
    let for_purpose = |purpose: &str, decision: ConsentDecision| ConsentDecision {
        purposes: Some(vec![purpose.to_owned()]),
        ..decision
    };
    let audit = |days| for_purpose("audit", given(MOTHER, MOTHER, days));
    let safeguarding = |days| for_purpose("safeguarding", given(MOTHER, MOTHER, days));
    assert!(of(MOTHER, &with(vec![audit(1)])).is_err());
    assert_eq!(
        of(MOTHER, &with(vec![safeguarding(9), audit(1)])),
        Ok(()),
        "it adds to the older one"
    );
    let no = for_purpose("audit", refused(MOTHER, MOTHER, 1));
    assert!(of(MOTHER, &with(vec![safeguarding(9), no])).is_err());
    let withdrawn = for_purpose("audit", withdrawn(MOTHER, MOTHER, 5));
    assert!(of(MOTHER, &with(vec![safeguarding(9), withdrawn])).is_err());
}

#[test]
fn the_no_of_a_parent_does_not_lapse_when_they_leave_or_die() {
    let said = vec![given(CHILD, MOTHER, 50), refused(CHILD, FATHER, 40)];
    let mut gone = with(said.clone());
    gone.people[1] = left(parent(FATHER, "1979-01-01"), 10);
    assert!(of(CHILD, &gone).is_err());
    let mut dead = with(said);
    dead.people[1].died_on = Some(days_before(10));
    dead.people[1].in_family = false;
    assert!(of(CHILD, &dead).is_err());
    // His yes does.
    dead.consents = vec![given(CHILD, FATHER, 40)];
    assert!(of(CHILD, &dead).is_err());
    dead.people[1].died_on = None;
    dead.people[1].in_family = true;
    assert_eq!(of(CHILD, &dead), Ok(()));
}

#[test]
fn for_the_dead_nobody_decides() {
    let mut facts = with(vec![given(FATHER, FATHER, 40), given(CHILD, MOTHER, 40)]);
    for at in [1, 3] {
        facts.people[at].died_on = Some(today());
        facts.people[at].in_family = false;
    }
    assert!(of(FATHER, &facts).is_err() && of(CHILD, &facts).is_err());
    facts.people[1].died_on = Some(today() + Duration::days(1));
    assert_eq!(of(FATHER, &facts), Ok(()), "until the day");
}

#[test]
fn after_the_adoption_the_birth_mother_decides_no_more() {
    let adopted = FamilyFacts {
        family: key(OTHER),
        people: vec![
            came(parent(SOMEBODY, "1975-01-01"), 30),
            came(person(CHILD, "2011-01-01"), 30),
        ],
        ..family()
    };
    let asked = |consents| {
        of(
            CHILD,
            &FamilyFacts {
                consents,
                ..adopted.clone()
            },
        )
    };
    let theirs = elsewhere(given(CHILD, SOMEBODY, 5));
    assert_eq!(asked(vec![theirs.clone(), refused(CHILD, MOTHER, 1)]), Ok(()));
    assert!(asked(vec![elsewhere(given(CHILD, MOTHER, 1))]).is_err());
    assert!(asked(vec![theirs, elsewhere(refused(CHILD, SOMEBODY, 1))]).is_err());
}

#[test]
fn the_child_who_said_yes_at_12_says_nothing_by_it_at_13_and_the_no_of_12_counts_then() {
    // They turned 13 ten days ago.
    let mut facts = family();
    facts.people.push(turns(SOMEBODY, 13, 10));
    let asked = |consents| {
        of(
            SOMEBODY,
            &FamilyFacts {
                consents,
                ..facts.clone()
            },
        )
        .is_ok()
    };
    assert!(!asked(vec![given(SOMEBODY, SOMEBODY, 20)]));
    assert!(asked(vec![given(SOMEBODY, SOMEBODY, 5)]));
    assert!(!asked(vec![
        given(SOMEBODY, MOTHER, 30),
        refused(SOMEBODY, SOMEBODY, 20)
    ]));
}

#[test]
fn a_parents_yes_outlasts_the_birthday_by_28_days_unless_the_child_has_spoken() {
    let asked = |days: i64, more: Option<ConsentDecision>| {
        let mut facts = with(vec![given(SOMEBODY, MOTHER, 100)]);
        facts.consents.extend(more);
        facts.people.push(turns(SOMEBODY, 13, days));
        of(SOMEBODY, &facts).is_ok()
    };
    assert!(asked(0, None) && asked(27, None) && !asked(28, None));
    assert!(!asked(10, Some(refused(SOMEBODY, SOMEBODY, 1))));
    assert!(asked(10, Some(given(SOMEBODY, SOMEBODY, 1))));
    assert!(
        !asked(10, Some(until(days_before(1), given(SOMEBODY, SOMEBODY, 5)))),
        "nor is the old one back"
    );
    assert!(
        !asked(10, Some(refused(SOMEBODY, FATHER, 50))),
        "the other parent's no of then"
    );
    assert!(!asked(10, Some(withdrawn(SOMEBODY, MOTHER, 50))), "taken back since");
    let mut gone = with(vec![given(SOMEBODY, MOTHER, 100)]);
    gone.people.push(turns(SOMEBODY, 13, 10));
    gone.people[0] = left(parent(MOTHER, "1980-01-01"), 5);
    assert!(of(SOMEBODY, &gone).is_err(), "who has left can decide no more");
}

#[test]
fn a_step_parent_decides_for_the_child_for_whom_responsibility_is_recorded_and_for_no_other() {
    let mut facts = with(vec![given(CHILD, SOMEBODY, 1), given(6, SOMEBODY, 1)]);
    facts
        .people
        .extend([person(SOMEBODY, "1985-01-01"), person(6, "2012-01-01")]);
    assert!(of(CHILD, &facts).is_err());
    let recorded = |from: i64, until: Option<i64>| Responsibility {
        child: key(CHILD),
        held_by: Decider::Person(key(SOMEBODY)),
        period: Period {
            from: days_before(from),
            until: until.map(days_before),
        },
    };
    facts.responsibilities = vec![recorded(30, None)];
    assert_eq!(of(CHILD, &facts), Ok(()));
    assert!(of(6, &facts).is_err());
    facts.responsibilities = vec![recorded(30, Some(0))];
    assert!(of(CHILD, &facts).is_err(), "it ended today");
    facts.responsibilities = vec![recorded(0, None)];
    assert!(of(CHILD, &facts).is_err(), "it had not begun when they said so");
}

#[test]
fn for_a_child_in_care_whom_the_authority_names_decides() {
    let worker = Decider::Professional {
        agency: key(70),
        subject: "worker-1".into(),
    };
    let yes = ConsentDecision {
        decided_by: worker.clone(),
        ..given(CHILD, MOTHER, 1)
    };
    let mut facts = with(vec![yes]);
    assert!(of(CHILD, &facts).is_err());
    facts.responsibilities = vec![Responsibility {
        child: key(CHILD),
        held_by: worker.clone(),
        period: Period {
            from: days_before(30),
            until: None,
        },
    }];
    assert_eq!(of(CHILD, &facts), Ok(()));
    assert!(may_decide(&facts, key(CHILD), &worker) && !may_decide(&facts, key(TEENAGER), &worker));
}

#[test]
fn for_who_lacks_capacity_a_best_interests_decision_counts_and_no_other() {
    let worker = Decider::Professional {
        agency: key(70),
        subject: "worker-1".into(),
    };
    let in_best_interests = ConsentDecision {
        decided_by: worker.clone(),
        ..given(MOTHER, MOTHER, 1)
    };
    let mut facts = with(vec![in_best_interests]);
    assert!(of(MOTHER, &facts).is_err(), "she has capacity");
    facts.people[0].lacks_capacity = vec![Period {
        from: days_before(20),
        until: None,
    }];
    assert_eq!(of(MOTHER, &facts), Ok(()));
    facts.consents = vec![given(MOTHER, MOTHER, 50)];
    assert!(of(MOTHER, &facts).is_err(), "her yes of before");
    facts.consents = vec![given(MOTHER, MOTHER, 1)];
    assert!(of(MOTHER, &facts).is_err(), "her yes of now");
}

#[test]
fn the_partner_who_moved_in_yesterday_is_not_yet_asked_and_is_after_28_days() {
    let asked = |days: i64, more: Option<ConsentDecision>| {
        let mut facts = with(vec![given(MOTHER, MOTHER, 90), given(FATHER, FATHER, 90)]);
        facts.people.push(came(person(SOMEBODY, "1985-01-01"), days));
        facts.consents.extend(more);
        of_family(&facts)
    };
    assert!(asked(1, None) && asked(27, None) && !asked(28, None));
    assert!(!asked(1, Some(refused(SOMEBODY, SOMEBODY, 0))));
    assert!(asked(60, Some(given(SOMEBODY, SOMEBODY, 0))));
    // Who comes back was asked before.
    let mut back = with(vec![given(MOTHER, MOTHER, 90), given(FATHER, FATHER, 90)]);
    let mut returned = left(person(SOMEBODY, "1985-01-01"), 300);
    returned
        .memberships
        .extend(came(person(SOMEBODY, "1985-01-01"), 1).memberships);
    returned.in_family = true;
    back.people.push(returned);
    assert!(!of_family(&back));
}

#[test]
fn the_daughter_who_turns_18_today_is_not_yet_asked_and_one_adult_at_least_is() {
    let facts = |days: i64| {
        let mut facts = with(vec![given(MOTHER, MOTHER, 90), given(FATHER, FATHER, 90)]);
        facts.people.push(turns(SOMEBODY, 18, days));
        facts
    };
    assert!(of_family(&facts(0)) && of_family(&facts(27)) && !of_family(&facts(28)));
    let mut alone = facts(0);
    alone.people.drain(..2);
    assert!(!of_family(&alone), "nobody has said yes");
}

#[test]
fn the_no_mistyped_as_2062_counts_and_the_yes_does_not() {
    let far = |decision| at(day("2062-03-15"), Duration::zero(), decision);
    assert!(of(MOTHER, &with(vec![far(given(MOTHER, MOTHER, 1))])).is_err());
    let no = far(refused(MOTHER, MOTHER, 1));
    assert!(of(MOTHER, &with(vec![given(MOTHER, MOTHER, 1), no])).is_err());
    let yes = far(given(MOTHER, MOTHER, 1));
    assert!(of(MOTHER, &with(vec![yes, refused(MOTHER, MOTHER, 2)])).is_err());
}

#[test]
fn what_a_server_whose_clock_is_a_minute_ahead_records_counts_at_once_and_in_its_order() {
    let ahead = Duration::minutes(1);
    let yes = at(today(), ahead, given(MOTHER, MOTHER, 1));
    assert_eq!(of(MOTHER, &with(vec![yes.clone()])), Ok(()));
    let no = at(today(), ahead + Duration::microseconds(1), refused(MOTHER, MOTHER, 2));
    assert!(of(MOTHER, &with(vec![no, yes])).is_err());
}

#[test]
fn whoever_says_no_to_the_marker_is_refused_and_nobody_else_is() {
    let facts = with(vec![refused(TEENAGER, TEENAGER, 1), given(MOTHER, MOTHER, 1)]);
    let refused = |number: u128| is_refused(&facts, key(number), ASKED);
    assert!(refused(TEENAGER) && !refused(MOTHER) && !refused(CHILD) && !refused(999));
}

#[test]
fn who_is_born_on_29_february_decides_from_1_march_of_a_common_year() {
    let mut facts = family();
    facts.people.push(person(SOMEBODY, "2004-02-29"));
    for (now, own) in [("2017-02-28", false), ("2017-03-01", true)] {
        let facts = FamilyFacts {
            now: noon(day(now)),
            today: day(now),
            ..facts.clone()
        };
        assert_eq!(
            may_decide(&facts, key(SOMEBODY), &Decider::Person(key(SOMEBODY))),
            own,
            "{now}"
        );
    }
    assert_eq!(facts.people[4].born, Born::on(day("2004-02-29")));
}

#[test]
fn for_a_child_who_is_recorded_as_lacking_capacity_the_parents_decide_still() {
    let mut facts = with(vec![given(CHILD, MOTHER, 1)]);
    facts.people[3].lacks_capacity = vec![Period {
        from: days_before(20),
        until: None,
    }];
    assert_eq!(of(CHILD, &facts), Ok(()));
    let worker = Decider::Professional {
        agency: key(70),
        subject: "worker-1".into(),
    };
    facts.consents = vec![ConsentDecision {
        decided_by: worker,
        ..given(CHILD, MOTHER, 1)
    }];
    assert!(
        of(CHILD, &facts).is_err(),
        "nobody decides in their best interests who is below the age"
    );
}
