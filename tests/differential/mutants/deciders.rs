//! Mistakes about who may decide, where, and for how long.

use thinkfamily::sharing::facts::{PersonFacts, Responsibility};

use super::*;

/// See [`super`].
pub(super) const MUTANTS: &[Mutant] = &[
    // In which family it was said.
    ("a yes said in another family counts", |case| {
        let family = case.facts.family;
        consents(case, |decision| {
            if decision.answer == ConsentAnswer::Given && decision.withdrawn_at.is_none() {
                decision.family = family;
            }
        })
    }),
    ("a no said in another family is not heard", |case| {
        let family = case.facts.family;
        keep(case, |decision| decision.family == family)
    }),
    // For which purposes.
    ("a yes is for every purpose", |case| {
        consents(case, |decision| {
            if decision.answer == ConsentAnswer::Given {
                decision.purposes = None;
            }
        })
    }),
    ("a no is for its purposes", |case| {
        let purpose = case.caller.purpose.clone();
        keep(case, |decision| {
            decision.answer == ConsentAnswer::Given || is_for(decision, &purpose)
        })
    }),
    ("a withdrawal is for the purposes of its yes", |case| {
        let purpose = case.caller.purpose.clone();
        keep(case, |decision| {
            decision.withdrawn_at.is_none() || is_for(decision, &purpose)
        })
    }),
    // Whose word stands.
    ("the newest word of all deciders counts", |case| {
        let all = case.facts.consents.clone();
        keep(case, |decision| {
            all.iter().all(|other| {
                let same = (other.person, other.category, &other.agency_kind)
                    == (decision.person, decision.category, &decision.agency_kind);
                !same || (other.recorded_at, other.key) <= (decision.recorded_at, decision.key)
            })
        })
    }),
    ("of two at one instant the yes counts", |case| {
        consents(case, |decision| {
            if decision.answer == ConsentAnswer::Given {
                decision.recorded_at += TimeDelta::microseconds(1);
            }
        })
    }),
    ("a no lapses when who said it has left", |case| {
        let here = here(case);
        keep(case, |decision| {
            let somebody = |person: &Uuid| decision.decided_by == Decider::Person(*person);
            decision.answer == ConsentAnswer::Given || here.iter().any(somebody)
        })
    }),
    ("the no of anybody counts", |case| {
        consents(case, |decision| {
            if decision.answer == ConsentAnswer::Refused {
                decision.decided_by = Decider::Person(decision.person);
            }
        })
    }),
    ("a no of who could not decide then is never heard", |case| {
        let people = case.facts.people.clone();
        let age = case.facts.own_consent_age;
        keep(case, |decision| {
            let own = decision.decided_by == Decider::Person(decision.person);
            let day = decision.recorded_on;
            let of_age = |person: &PersonFacts| person.person == decision.person && person.born.may_be(age, day);
            decision.answer == ConsentAnswer::Given || !own || people.iter().any(of_age)
        })
    }),
    // When it was said.
    ("a yes that has run out brings back what was before it", |case| {
        let today = case.facts.today;
        keep(case, |decision| decision.expires_on.is_none_or(|last| today <= last))
    }),
    ("a yes dated ahead counts", |case| {
        let now = case.facts.now;
        consents(case, |decision| {
            if decision.answer == ConsentAnswer::Given {
                decision.recorded_at = decision.recorded_at.min(now);
            }
        })
    }),
    ("a no dated ahead waits for its day", |case| {
        let soon = case.facts.now + TimeDelta::minutes(5);
        keep(case, |decision| {
            decision.answer == ConsentAnswer::Given || decision.recorded_at <= soon
        })
    }),
    ("a yes of before one could decide counts once one can", |case| {
        let now = case.facts.now;
        consents(case, |decision| {
            if decision.answer == ConsentAnswer::Given {
                decision.recorded_at = now - TimeDelta::microseconds(i64::from(decision.recorded_at < now));
            }
        })
    }),
    // Birthdays.
    ("parents are grown up", |case| {
        let today = case.facts.today;
        twisted(case, |case| {
            for person in case
                .facts
                .people
                .iter_mut()
                .filter(|person| !person.born.is(ADULT_AGE, today))
            {
                person
                    .memberships
                    .iter_mut()
                    .for_each(|belongs| belongs.parental_responsibility = false);
            }
        })
    }),
    ("a parent's yes ends with the birthday", |case| {
        let (today, age) = (case.facts.today, case.facts.own_consent_age);
        let people = case.facts.people.clone();
        keep(case, |decision| {
            let own = decision.decided_by == Decider::Person(decision.person);
            let of_age = |person: &PersonFacts| person.person == decision.person && person.born.is(age, today);
            own || decision.answer == ConsentAnswer::Refused || !people.iter().any(of_age)
        })
    }),
    ("a parent's yes outlasts the birthday by 60 days", |case| {
        let age = case.facts.own_consent_age;
        twisted(case, |case| {
            let today = case.facts.today;
            for person in &mut case.facts.people {
                let young = person.born.is(age, today) && !person.born.may_be(age, today - Days::new(60));
                if young {
                    let later = |day: chrono::NaiveDate| day + Days::new(32);
                    let born = Born::between(later(person.born.earliest()), later(person.born.latest()));
                    person.born = if born.is(age, today) { born } else { person.born };
                }
            }
        })
    }),
    ("who came lately is asked", |case| {
        twisted(case, |case| {
            let before = case.facts.today - Days::new(4000);
            for belongs in case.facts.people.iter_mut().flat_map(|person| &mut person.memberships) {
                belongs.period.from = belongs.period.from.min(before);
            }
        })
    }),
    ("who has not decided is never asked", |case| {
        let kind = &case.caller.principal.agency_kind;
        let about =
            case.facts.consents.iter().filter(|decision| {
                case.needs().categories.contains(decision.category) && decision.agency_kind == *kind
            });
        let decided: Vec<Uuid> = about.map(|decision| decision.person).collect();
        twisted(case, |case| {
            let yesterday = case.facts.today - Days::new(1);
            let silent = case
                .facts
                .people
                .iter_mut()
                .filter(|person| !decided.contains(&person.person));
            for belongs in silent
                .filter(|person| person.in_family)
                .flat_map(|person| &mut person.memberships)
            {
                belongs.period.from = belongs.period.from.max(yesterday);
            }
        })
    }),
    // Death, and who lacks capacity.
    ("the dead decide", |case| {
        twisted(case, |case| {
            case.facts.people.iter_mut().for_each(|person| person.died_on = None);
        })
    }),
    ("the dead are asked for the family", |case| {
        twisted(case, |case| {
            let today = case.facts.today;
            for person in &mut case.facts.people {
                person.in_family |= person.memberships.iter().any(|belongs| belongs.period.holds_on(today));
            }
        })
    }),
    ("who lacks capacity decides", |case| {
        twisted(case, |case| {
            case.facts
                .people
                .iter_mut()
                .for_each(|person| person.lacks_capacity.clear());
        })
    }),
    ("a professional decides for anybody", |case| {
        consents(case, |decision| {
            if matches!(decision.decided_by, Decider::Professional { .. }) {
                decision.decided_by = Decider::Person(decision.person);
            }
        })
    }),
    // Parental responsibility.
    ("responsibility for one child is overlooked", |case| {
        twisted(case, |case| case.facts.responsibilities.clear())
    }),
    ("responsibility for one child is for all", |case| {
        twisted(case, |case| {
            let people: Vec<Uuid> = case.facts.people.iter().map(|person| person.person).collect();
            let all = std::mem::take(&mut case.facts.responsibilities);
            case.facts.responsibilities = all
                .iter()
                .flat_map(|one| {
                    people.iter().map(|child| Responsibility {
                        child: *child,
                        ..one.clone()
                    })
                })
                .collect();
        })
    }),
    ("responsibility never ends", |case| {
        twisted(case, |case| {
            case.facts
                .responsibilities
                .iter_mut()
                .for_each(|one| one.period.until = None);
        })
    }),
    ("responsibility reaches back", |case| {
        twisted(case, |case| {
            let before = case.facts.today - Days::new(4000);
            case.facts
                .responsibilities
                .iter_mut()
                .for_each(|one| one.period.from = before);
        })
    }),
    // Where a child lives.
    ("where a child lives nobody is asked", |case| {
        twisted(case, |case| case.facts.elsewhere.clear())
    }),
    ("the old household decides for a child who has left", |case| {
        twisted(case, |case| {
            case.facts.elsewhere.clear();
            for belongs in case.facts.people.iter_mut().flat_map(|person| &mut person.memberships) {
                belongs.period.until = None;
            }
        })
    }),
    // Look-ups.
    ("who says no to the marker is found", |case| {
        let Question::Found(wanted) = case.question else {
            return case.decide();
        };
        keep(case, |decision| {
            decision.person != wanted || decision.answer == ConsentAnswer::Given
        })
    }),
];

fn keep(case: &Case, which: impl Fn(&ConsentDecision) -> bool) -> Decision {
    twisted(case, |case| case.facts.consents.retain(which))
}

fn is_for(decision: &ConsentDecision, purpose: &str) -> bool {
    let named = |purposes: &Vec<String>| purposes.iter().any(|named| named == purpose);
    decision.purposes.as_ref().is_none_or(named)
}

fn here(case: &Case) -> Vec<Uuid> {
    case.facts.members().map(|person| person.person).collect()
}
