//! Deliberately wrong deciders: the true decision, given twisted facts. Each is a mistake that a tired programmer could make.

use chrono::{Days, TimeDelta};
use thinkfamily::sharing::{
    agreement::{Access, Agreement, Clause, ConsentRule, Scope},
    born::{ADULT_AGE, Born},
    caller::Party,
    category::{Category, CategorySet},
    consent::{Asked, consent},
    decide::{Decision, Needs},
    facts::{Bar, ConsentAnswer, ConsentDecision, Decider, End, MembershipFacts, PersonFacts, Subject},
};
use uuid::Uuid;

use crate::{
    agreements::ROLES,
    cases::{Case, Question},
    families::date,
};

mod agreements;
mod barred;
mod consents;
mod deciders;
mod exceptions;
mod former;

/// A wrong decider and the mistake it makes.
pub(crate) type Mutant = (&'static str, fn(&Case) -> Decision);

/// The decision about a changed case.
fn twisted(case: &Case, twist: impl FnOnce(&mut Case)) -> Decision {
    let mut case = case.clone();
    twist(&mut case);
    case.facts.consents.iter_mut().for_each(date);
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
pub(crate) fn all() -> Vec<Mutant> {
    [
        agreements::MUTANTS,
        barred::MUTANTS,
        consents::MUTANTS,
        deciders::MUTANTS,
        exceptions::MUTANTS,
        former::MUTANTS,
    ]
    .concat()
}
