//! Deliberately wrong deciders: the true decision, given twisted facts. Each is a mistake that a tired programmer could make.

use chrono::{Days, TimeDelta};
use thinkfamily::sharing::{
    agreement::{Access, Agreement, Clause, ConsentRule, Scope},
    category::CategorySet,
    consent::{ADULT_AGE, age_on, consent},
    decide::{Decision, Needs},
    facts::{ConsentAnswer, ConsentDecision, Subject},
};
use uuid::Uuid;

use crate::{agreements::ROLES, cases::Case};

/// A wrong decider and the mistake it makes.
pub(crate) type Mutant = (&'static str, fn(&Case) -> Decision);

/// The decision about a changed case.
fn twisted(case: &Case, twist: impl FnOnce(&mut Case)) -> Decision {
    let mut case = case.clone();
    twist(&mut case);
    case.decide()
}

fn agreements(case: &Case, twist: impl FnMut(&mut Agreement)) -> Decision {
    twisted(case, |case| case.policy.agreements.iter_mut().for_each(twist))
}

fn clauses(case: &Case, mut twist: impl FnMut(&mut Clause)) -> Decision {
    agreements(case, |agreement| agreement.clauses.iter_mut().for_each(&mut twist))
}

fn consents(case: &Case, twist: impl FnMut(&mut ConsentDecision)) -> Decision {
    twisted(case, |case| case.facts.consents.iter_mut().for_each(twist))
}

fn open_emergency(case: &Case) -> bool {
    case.facts.emergencies.iter().any(|opened| {
        let theirs = case
            .caller
            .parties()
            .any(|party| (party.agency, &party.subject) == (opened.agency, &opened.subject));
        theirs && opened.opened_at <= case.facts.now && case.facts.now < opened.expires_at
    })
}

/// Every mutant.
pub(crate) fn all() -> &'static [Mutant] {
    &[
        // Agreements.
        ("an expired agreement is still in force", |case| {
            agreements(case, |agreement| agreement.effective_to = None)
        }),
        ("an agreement holds on the day after its last", |case| {
            agreements(case, |agreement| {
                agreement.effective_to = agreement.effective_to.map(|last| last + Days::new(1))
            })
        }),
        ("an agreement ends on its last day", |case| {
            agreements(case, |agreement| {
                agreement.effective_to = agreement.effective_to.map(|last| last - Days::new(1))
            })
        }),
        ("an agreement begins a day early", |case| {
            agreements(case, |agreement| {
                agreement.effective_from = agreement.effective_from - Days::new(1)
            })
        }),
        ("an old version counts beside the new one", |case| {
            agreements(case, |agreement| {
                agreement.code = format!("{} {}", agreement.code, agreement.version)
            })
        }),
        ("the oldest version counts", |case| {
            agreements(case, |agreement| agreement.version = -agreement.version)
        }),
        ("an agency that has left is still a signatory", |case| {
            agreements(case, |agreement| {
                agreement
                    .signatories
                    .iter_mut()
                    .for_each(|signatory| signatory.withdrawn_on = None);
            })
        }),
        ("an agency is a signatory on the day it leaves", |case| {
            agreements(case, |agreement| {
                for signatory in &mut agreement.signatories {
                    signatory.withdrawn_on = signatory.withdrawn_on.map(|left| left + Days::new(1));
                }
            })
        }),
        ("an agency is a signatory before it signs", |case| {
            agreements(case, |agreement| {
                let signed = agreement.effective_from;
                agreement
                    .signatories
                    .iter_mut()
                    .for_each(|signatory| signatory.signed_on = signed.min(signatory.signed_on));
            })
        }),
        ("nobody needs to have signed", |case| {
            let (codes, day): (Vec<_>, _) = (
                case.caller.parties().map(|party| party.agency_code.clone()).collect(),
                case.today,
            );
            agreements(case, |agreement| {
                agreement.signatories = codes
                    .iter()
                    .map(|code| thinkfamily::sharing::agreement::Signatory {
                        agency: code.clone(),
                        signed_on: day,
                        withdrawn_on: None,
                    })
                    .collect();
            })
        }),
        // Clauses.
        ("any role will do", |case| {
            clauses(case, |clause| clause.roles = ROLES.map(str::to_owned).to_vec())
        }),
        ("any kind of agency will do", |case| {
            let kinds: Vec<_> = case.caller.parties().map(|party| party.agency_kind.clone()).collect();
            clauses(case, |clause| clause.agency_kinds.clone_from(&kinds))
        }),
        ("another purpose of the token is accepted", |case| {
            let mut decision = case.decide();
            for purpose in &case.caller.purposes {
                decision = decision.or_else(|_| twisted(case, |case| case.caller.purpose.clone_from(purpose)));
            }
            decision
        }),
        ("who may write may read", |case| {
            clauses(case, |clause| {
                if clause.access.contains(&Access::Write) {
                    clause.access.push(Access::Read);
                }
            })
        }),
        ("who may read may write", |case| {
            clauses(case, |clause| {
                if clause.access.contains(&Access::Read) {
                    clause.access.push(Access::Write);
                }
            })
        }),
        ("one category is enough", |case| {
            let one = |category| {
                twisted(case, |case| {
                    case.field.categories = CategorySet::EMPTY.with(category);
                    case.row.categories = CategorySet::EMPTY;
                })
            };
            case.needs()
                .categories
                .iter()
                .fold(case.decide(), |decision, category| decision.or_else(|_| one(category)))
        }),
        ("the row's own categories are forgotten", |case| {
            twisted(case, |case| case.row.categories = CategorySet::EMPTY)
        }),
        // The caller and the row.
        ("the portal is ignored", |case| {
            twisted(case, |case| case.caller.portal = None)
        }),
        ("the portal stands for its user", |case| {
            twisted(case, |case| {
                if let Some(portal) = case.caller.portal.take() {
                    case.caller.principal = portal;
                }
            })
        }),
        ("another authority's family is accepted", |case| {
            twisted(case, |case| case.facts.authority = case.caller.authority)
        }),
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
                decision.withdrawn_at = decision.withdrawn_at.filter(|at| *at <= hour_ago)
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
                decision.expires_on = decision.expires_on.map(|last| last + Days::new(1))
            })
        }),
        ("consent ends on its last day", |case| {
            consents(case, |decision| {
                decision.expires_on = decision.expires_on.map(|last| last - Days::new(1))
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
                case.facts.own_consent_age = case.facts.own_consent_age.max(16)
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
                if let (Subject::Family, Some(person), false) = (case.row.subject, first, case.facts.houses_shielded())
                {
                    case.row.subject = Subject::Person(person);
                }
            })
        }),
        // Shielding.
        ("shielding is ignored for areas", |case| {
            twisted(case, |case| case.field.area = false)
        }),
        ("shielding is ignored for contact details", |case| {
            twisted(case, |case| {
                let Needs { area, .. } = case.field;
                case.facts.people.iter_mut().for_each(|person| person.shielded &= area);
            })
        }),
        ("shielding is ignored for the family's address", |case| {
            twisted(case, |case| {
                let keep = case.row.subject != Subject::Family || case.field.area;
                case.facts.people.iter_mut().for_each(|person| person.shielded &= keep);
            })
        }),
        ("every clause reaches the shielded", |case| {
            clauses(case, |clause| clause.shielded = true)
        }),
        ("no clause reaches the shielded", |case| {
            clauses(case, |clause| clause.shielded = false)
        }),
        // Emergency access.
        ("emergency access never expires", |case| {
            let later = case.facts.now + TimeDelta::hours(1);
            twisted(case, |case| {
                case.facts
                    .emergencies
                    .iter_mut()
                    .for_each(|opened| opened.expires_at = later)
            })
        }),
        ("emergency access holds before it was opened", |case| {
            let now = case.facts.now;
            twisted(case, |case| {
                case.facts
                    .emergencies
                    .iter_mut()
                    .for_each(|opened| opened.opened_at = now)
            })
        }),
        ("a colleague's emergency access counts", |case| {
            let who = case.caller.principal.subject.clone();
            twisted(case, |case| {
                case.facts
                    .emergencies
                    .iter_mut()
                    .for_each(|opened| opened.subject.clone_from(&who))
            })
        }),
        ("every clause may be opened by emergency", |case| {
            clauses(case, |clause| clause.emergency = true)
        }),
        ("emergency access opens nothing", |case| {
            clauses(case, |clause| clause.emergency = false)
        }),
        ("emergency access opens scope cohort", |case| {
            let open = open_emergency(case);
            twisted(case, |case| case.facts.on_cohort |= open)
        }),
        ("emergency access makes the caller the lead", |case| {
            let open = open_emergency(case);
            clauses(case, |clause| {
                if open && clause.emergency && clause.scope == Scope::Lead {
                    clause.scope = Scope::Authority;
                }
            })
        }),
        ("emergency access opens shielded details", |case| {
            let open = open_emergency(case);
            clauses(case, |clause| clause.shielded |= open && clause.emergency)
        }),
        ("emergency access stands in for involvement but not consent", |case| {
            clauses(case, |clause| {
                clause.emergency &= clause.consent == ConsentRule::NotRequired
            })
        }),
        ("emergency access stands in for consent but not involvement", |case| {
            clauses(case, |clause| clause.emergency &= clause.scope != Scope::Involved)
        }),
    ]
}

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
