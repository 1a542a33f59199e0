//! Mistakes about which rows a clause reaches and whether consent holds.

use chrono::NaiveDate;

use super::*;

/// See [`super`].
pub(super) const MUTANTS: &[Mutant] = &[
    // Scope.
    ("scope cohort is taken for authority", |case| {
        twisted(case, |case| case.facts.on_cohort = true)
    }),
    ("the involvement of any agency counts", |case| {
        let agencies: Vec<_> = case.caller.parties().map(|party| party.agency).collect();
        twisted(case, |case| {
            if !case.facts.involved.is_empty() {
                case.facts.involved = agencies;
            }
        })
    }),
    ("any person of the lead's agency is the lead", |case| {
        let who = case.caller.principal.subject.clone();
        twisted(case, |case| {
            case.facts.lead = case.facts.lead.take().map(|(agency, _)| (agency, who));
        })
    }),
    ("the lead's name is enough, of whatever agency", |case| {
        let of = case.caller.principal.agency;
        twisted(case, |case| {
            case.facts.lead = case.facts.lead.take().map(|(_, who)| (of, who));
        })
    }),
    ("a row of unknown source is one's own", |case| {
        let agency = case.caller.principal.agency;
        twisted(case, |case| case.row.source = case.row.source.or(Some(agency)))
    }),
    ("having supplied a member is a right to what they are now", |case| {
        twisted(case, |case| case.field.sourced = true)
    }),
    // Consent.
    ("consent is never asked for", |case| {
        clauses(case, |clause| clause.consent = ConsentRule::NotRequired)
    }),
    ("a withdrawal is ignored", |case| {
        consents(case, |decision| decision.withdrawn_at = None)
    }),
    ("a withdrawal takes effect an hour later", |case| {
        let hour_ago = case.facts.now - TimeDelta::hours(1);
        consents(case, |decision| {
            decision.withdrawn_at = decision.withdrawn_at.filter(|at| *at <= hour_ago);
        })
    }),
    ("a refusal is ignored", |case| {
        consents(case, |decision| decision.answer = ConsentAnswer::Given)
    }),
    ("consent never expires", |case| {
        consents(case, |decision| decision.expires_on = None)
    }),
    ("consent holds on the day after its last", |case| {
        consents(case, |decision| {
            decision.expires_on = decision.expires_on.map(|last| last + Days::new(1));
        })
    }),
    ("consent ends on its last day", |case| {
        consents(case, |decision| {
            decision.expires_on = decision.expires_on.map(|last| last - Days::new(1));
        })
    }),
    ("any consent counts, not the newest", any_consent),
    ("the oldest decision counts", |case| {
        let (now, before) = (case.facts.now, case.facts.now - TimeDelta::hours(30_000));
        consents(case, |decision| {
            decision.recorded_at = before + (now - decision.recorded_at.min(now));
        })
    }),
    ("consent for another kind of agency counts", |case| {
        let kind = case.caller.principal.agency_kind.clone();
        consents(case, |decision| decision.agency_kind.clone_from(&kind))
    }),
    ("parents decide for 15-year-olds", |case| {
        twisted(case, |case| {
            case.facts.own_consent_age = case.facts.own_consent_age.max(16);
        })
    }),
    ("the own-consent age is 13 everywhere", |case| {
        twisted(case, |case| case.facts.own_consent_age = 13)
    }),
    ("the own decision counts only after the birthday", |case| {
        twisted(case, |case| {
            each_born(case, |born| {
                let later = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(day);
                Born::between(later(born.earliest()), later(born.latest()))
            });
        })
    }),
    ("whose birthday is not known is taken for a child", |case| {
        twisted(case, |case| each_born(case, |born| Born::on(born.latest())))
    }),
    ("whose birthday is not known is taken for an adult", |case| {
        twisted(case, |case| each_born(case, |born| Born::on(born.earliest())))
    }),
    ("who is recorded as an adult may be a child", |case| {
        twisted(case, |case| {
            each_born(case, |born| {
                if born.earliest() == NaiveDate::MIN {
                    Born::UNKNOWN
                } else {
                    born
                }
            });
        })
    }),
    ("the unborn may be of any age", |case| {
        let today = case.facts.today;
        twisted(case, |case| {
            each_born(case, |born| if born.latest() > today { Born::UNKNOWN } else { born });
        })
    }),
    ("any member decides for a child", |case| {
        twisted(case, |case| {
            each_membership(case, |belongs| belongs.parental_responsibility = true);
        })
    }),
    ("one adult is enough for the family", one_adult),
    ("the family's consent is anyone's", |case| {
        let first = case.facts.members().next().map(|person| person.person);
        twisted(case, |case| {
            if let (Subject::Family, Some(person), false) = (case.row.subject, first, case.facts.houses_shielded()) {
                case.row.subject = Subject::Person(person);
            }
        })
    }),
];

fn each_born(case: &mut Case, change: impl Fn(Born) -> Born) {
    for person in &mut case.facts.people {
        person.born = change(person.born);
    }
}

fn each_membership(case: &mut Case, change: impl Fn(&mut Belongs)) {
    let people = case.facts.people.iter_mut();
    people.flat_map(|person| &mut person.belongs).for_each(change);
}

fn any_consent(case: &Case) -> Decision {
    let today = case.facts.today;
    twisted(case, |case| {
        case.facts.consents.retain(|decision| {
            decision.answer == ConsentAnswer::Given
                && decision.withdrawn_at.is_none()
                && decision.expires_on.is_none_or(|last| today <= last)
        });
    })
}

/// Where one adult's consent stands, every adult is taken to have given theirs.
fn one_adult(case: &Case) -> Decision {
    let facts = &case.facts;
    let today = facts.today;
    let adults: Vec<_> = facts
        .members()
        .filter(|person| person.born.may_be(ADULT_AGE, today))
        .map(|person| person.person)
        .collect();
    let mut copied = Vec::new();
    for party in case.caller.parties() {
        for category in case.needs().categories.iter() {
            let asked = Asked {
                category,
                agency_kind: &party.agency_kind,
                purpose: &case.caller.purpose,
            };
            let stands = |adult: &&Uuid| consent(facts, Subject::Person(**adult), asked).is_ok();
            if case.row.subject == Subject::Family && adults.iter().any(|adult| stands(&adult)) {
                copied.extend(adults.iter().map(|adult| ConsentDecision {
                    family: facts.family,
                    person: *adult,
                    category,
                    agency_kind: party.agency_kind.clone(),
                    purposes: None,
                    answer: ConsentAnswer::Given,
                    decided_by: Decider::Person(*adult),
                    recorded_at: facts.now,
                    recorded_on: facts.today,
                    key: Uuid::from_u128(1),
                    expires_on: None,
                    withdrawn_at: None,
                    withdrawn_on: None,
                }));
            }
        }
    }
    twisted(case, |case| case.facts.consents.extend(copied))
}
