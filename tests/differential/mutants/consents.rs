//! Mistakes about which rows a clause reaches and whether consent holds.

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
        let now = case.facts.now;
        consents(case, |decision| {
            decision.recorded_at = now + (now - decision.recorded_at);
            decision.key = Uuid::from_u128(!decision.key.as_u128());
        })
    }),
    ("of two at one instant the wrong one counts", |case| {
        consents(case, |decision| decision.key = Uuid::from_u128(!decision.key.as_u128()))
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
            case.facts
                .people
                .iter_mut()
                .for_each(|person| person.date_of_birth = person.date_of_birth + Days::new(1));
        })
    }),
    ("any adult decides for a child", |case| {
        twisted(case, |case| {
            case.facts
                .people
                .iter_mut()
                .for_each(|person| person.parental_responsibility = true);
        })
    }),
    ("a parent who has left still decides", |case| {
        twisted(case, |case| {
            case.facts
                .people
                .iter_mut()
                .filter(|person| person.parental_responsibility && !person.shielded)
                .for_each(|person| person.in_family = true);
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

fn any_consent(case: &Case) -> Decision {
    let today = case.facts.now.date_naive();
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
    let today = facts.now.date_naive();
    let adults: Vec<_> = facts
        .members()
        .filter(|person| age_on(person.date_of_birth, today) >= ADULT_AGE)
        .map(|person| person.person)
        .collect();
    let mut copied = Vec::new();
    for party in case.caller.parties() {
        for category in case.needs().categories.iter() {
            let stands = |adult: &&Uuid| consent(facts, Subject::Person(**adult), category, &party.agency_kind).is_ok();
            if case.row.subject == Subject::Family && adults.iter().any(|adult| stands(&adult)) {
                copied.extend(adults.iter().map(|adult| ConsentDecision {
                    person: *adult,
                    category,
                    agency_kind: party.agency_kind.clone(),
                    answer: ConsentAnswer::Given,
                    decided_by: *adult,
                    recorded_at: facts.now,
                    key: Uuid::from_u128(1),
                    expires_on: None,
                    withdrawn_at: None,
                }));
            }
        }
    }
    twisted(case, |case| case.facts.consents.extend(copied))
}
