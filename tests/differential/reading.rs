//! The rules of consent and of reasons, read a second time from their words and in another style than `src/sharing` has: nothing of its
//! consent, ceiling and decision is called.

use chrono::{Datelike, Months, NaiveDate};
use thinkfamily::sharing::{
    agreement::{Access, Agreement, Clause, ConsentRule, Scope},
    born::Born,
    caller::Party,
    category::Category,
    facts::{ConsentAnswer, ConsentDecision, FamilyFacts, PersonFacts, Subject},
    reason::{Reason, Told},
};
use uuid::Uuid;

use crate::cases::{Case, Question};

/// How someone's consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    Stands,
    Never,
    TakenBack,
    RunOut,
}

/// The day on which someone turns that old: the first of March where there is no such day.
fn birthday(born: NaiveDate, years: i32) -> NaiveDate {
    let year = born.year() + years;
    // The last of all days has no birthday any more.
    let first_of_march = || NaiveDate::from_ymd_opt(year, 3, 1).unwrap_or(NaiveDate::MAX);
    NaiveDate::from_ymd_opt(year, born.month(), born.day()).unwrap_or_else(first_of_march)
}

/// Everybody's birthday is a day here.
fn has_turned(person: &PersonFacts, years: i32, facts: &FamilyFacts) -> bool {
    assert_eq!(person.born.earliest(), person.born.latest(), "the day is known");
    birthday(person.born.latest(), years) <= facts.now.date_naive()
}

/// The families that this may be: everybody born on the first of the days that are possible for them, on the last, or on that on which whoever is of
/// own-consent age today was born at the latest. On no other day would anything else be read.
fn may_be(facts: &FamilyFacts) -> Vec<FamilyFacts> {
    let mut families = vec![facts.clone()];
    let years = Months::new(12 * facts.own_consent_age.unsigned_abs());
    let turned = facts.now.date_naive() - years;
    for at in 0..facts.people.len() {
        let born = facts.people[at].born;
        let mut days = vec![born.earliest()];
        days.extend(
            [turned]
                .into_iter()
                .filter(|day| born.earliest() < *day && *day < born.latest()),
        );
        days.extend([born.latest()].into_iter().filter(|day| *day != born.earliest()));
        let mut more = Vec::new();
        for family in &families {
            for day in &days {
                let mut family = family.clone();
                family.people[at].born = Born::on(*day);
                more.push(family);
            }
        }
        families = more;
    }
    families
}

/// Consent about the subject of a row: the least of what it is for the families that this may be.
pub(crate) fn consent(facts: &FamilyFacts, subject: Subject, category: Category, kind: &str) -> Consent {
    let known = |person: &PersonFacts| person.born.earliest() == person.born.latest();
    if facts.people.iter().all(known) {
        return of_known(facts, subject, category, kind);
    }
    let families = may_be(facts);
    let read = families.iter().map(|family| of_known(family, subject, category, kind));
    let all: Vec<Consent> = read.collect();
    let worst = [Consent::Never, Consent::TakenBack, Consent::RunOut];
    worst
        .into_iter()
        .find(|one| all.contains(one))
        .unwrap_or(Consent::Stands)
}

/// The same where every birthday is known.
fn of_known(facts: &FamilyFacts, subject: Subject, category: Category, kind: &str) -> Consent {
    let mut asked: Vec<&PersonFacts> = Vec::new();
    match subject {
        Subject::Person(key) => asked.extend(facts.people.iter().find(|person| person.person == key)),
        Subject::Family => {
            for age in [18, facts.own_consent_age] {
                if asked.is_empty() {
                    for person in &facts.people {
                        if person.in_family && has_turned(person, age, facts) {
                            asked.push(person);
                        }
                    }
                }
            }
        }
    }
    let each: Vec<Consent> = asked
        .iter()
        .map(|person| of_one(facts, person, category, kind))
        .collect();
    if each.is_empty() || each.contains(&Consent::Never) {
        Consent::Never
    } else if each.contains(&Consent::TakenBack) {
        Consent::TakenBack
    } else if each.contains(&Consent::RunOut) {
        Consent::RunOut
    } else {
        Consent::Stands
    }
}

fn of_one(facts: &FamilyFacts, person: &PersonFacts, category: Category, kind: &str) -> Consent {
    let entitled: Vec<Uuid> = if has_turned(person, facts.own_consent_age, facts) {
        vec![person.person]
    } else {
        let mut parents = Vec::new();
        for other in &facts.people {
            if other.in_family && other.parental_responsibility && has_turned(other, 18, facts) {
                parents.push(other.person);
            }
        }
        parents
    };
    let mut history: Vec<&ConsentDecision> = Vec::new();
    for decision in &facts.consents {
        let about_this = (decision.person, decision.category) == (person.person, category);
        if about_this && decision.agency_kind == kind && entitled.contains(&decision.decided_by) {
            history.push(decision);
        }
    }
    history.sort_by(|one, other| {
        one.recorded_at
            .cmp(&other.recorded_at)
            .then_with(|| one.key.cmp(&other.key))
    });
    match history.pop() {
        None => Consent::Never,
        Some(last) if last.answer != ConsentAnswer::Given => Consent::Never,
        Some(last) if last.withdrawn_at.is_some() => Consent::TakenBack,
        Some(last) => match last.expires_on {
            Some(last_day) if facts.now.date_naive() > last_day => Consent::RunOut,
            _ => Consent::Stands,
        },
    }
}

/// Versions of agreements in force: of each name the highest that has begun, unless that one has ended.
fn in_force(case: &Case) -> Vec<&Agreement> {
    let mut current: Vec<&Agreement> = Vec::new();
    for agreement in &case.policy.agreements {
        let newest_begun = case
            .policy
            .agreements
            .iter()
            .filter(|other| other.code == agreement.code && other.effective_from <= case.today)
            .map(|other| other.version)
            .max();
        let ended = agreement.effective_to.is_some_and(|last| last < case.today);
        if newest_begun == Some(agreement.version) && !ended {
            current.push(agreement);
        }
    }
    current
}

/// Clauses in force that speak of the party, the purpose, the access and the category, each with whether the party's agency is bound by it.
fn speaking<'c>(case: &'c Case, party: &Party, category: Category) -> Vec<(&'c Clause, bool)> {
    let mut clauses = Vec::new();
    for agreement in in_force(case) {
        let mut bound = false;
        for signatory in &agreement.signatories {
            let left = signatory.withdrawn_on.is_some_and(|left| left <= case.today);
            bound |= signatory.agency == party.agency_code && signatory.signed_on <= case.today && !left;
        }
        for clause in &agreement.clauses {
            let speaks = clause.categories.iter().any(|code| code == category.code())
                && clause.agency_kinds.contains(&party.agency_kind)
                && clause.roles.contains(&party.role)
                && clause.purposes.contains(&case.caller.purpose)
                && clause.access.contains(&case.field.access);
            if speaks {
                clauses.push((clause, bound));
            }
        }
    }
    clauses
}

fn parties(case: &Case) -> Vec<&Party> {
    let mut parties = vec![&case.caller.principal];
    if let Some(portal) = &case.caller.portal {
        parties.push(portal);
    }
    parties
}

/// What withholds the value, and what is told of it; nothing where it is permitted.
pub(crate) fn withheld(case: &Case) -> Option<(Reason, Told)> {
    let needed: Vec<Category> = case.needs().categories.iter().collect();
    let parties = parties(case);

    let mut missing = needed.is_empty();
    let mut signing_would_help = case.field.access == Access::Read && !missing;
    for category in &needed {
        for party in &parties {
            let clauses = speaking(case, party, *category);
            if !clauses.iter().any(|(_, bound)| *bound) {
                missing = true;
                signing_would_help &= clauses.iter().any(|(clause, _)| clause.explain);
            }
        }
    }
    if missing {
        let reason = if signing_would_help {
            (Reason::AgreementNotSigned, Told::Exactly(Reason::AgreementNotSigned))
        } else {
            (Reason::NotInAgreement, Told::NotInAgreement)
        };
        return Some(reason);
    }
    if case.facts.authority != case.caller.authority {
        return Some((Reason::OtherAuthority, Told::Withheld));
    }
    if case.question == Question::Own {
        let permitted = needed.iter().all(|category| {
            parties.iter().all(|party| {
                let clauses = speaking(case, party, *category).into_iter();
                clauses.filter(|(_, bound)| *bound).any(|(clause, _)| {
                    let reaches = match clause.scope {
                        Scope::Authority => true,
                        Scope::Own => case.row.source == Some(party.agency),
                        Scope::Cohort | Scope::Involved | Scope::Lead => false,
                    };
                    reaches && clause.consent != ConsentRule::Required
                })
            })
        });
        return (!permitted).then_some((Reason::NotInAgreement, Told::NotInAgreement));
    }
    for category in &needed {
        for party in &parties {
            let refusals: Vec<(Option<Reason>, bool)> = speaking(case, party, *category)
                .into_iter()
                .filter(|(_, bound)| *bound)
                .map(|(clause, _)| (first_obstacle(case, clause, party, *category), clause.explain))
                .collect();
            if refusals.iter().any(|(obstacle, _)| obstacle.is_none()) {
                continue;
            }
            let explained = refusals.iter().find(|(_, explained)| *explained);
            if let Some((Some(reason), explained)) = explained.or(refusals.first()) {
                // Whoever looks for somebody is never told why they are not found.
                let of_another = *reason == Reason::Shielded && !shielded_here(case);
                let told = if *explained && case.question == Question::Value && !of_another {
                    Told::Exactly(*reason)
                } else {
                    Told::Withheld
                };
                return Some((*reason, told));
            }
        }
    }
    None
}

/// The first condition of the clause that does not hold: scope, consent, shielding; then whether it is of a member of today.
fn first_obstacle(case: &Case, clause: &Clause, party: &Party, category: Category) -> Option<Reason> {
    let facts = &case.facts;
    if found_shielded(case) && !clause.shielded {
        return Some(Reason::Shielded);
    }
    // It stands in for nothing that a portal itself would need.
    let rescued = clause.emergency
        && !case
            .caller
            .portal
            .as_ref()
            .is_some_and(|portal| std::ptr::eq(portal, party))
        && facts.emergencies.iter().any(|opened| {
            let theirs = (opened.agency, &opened.subject) == (party.agency, &party.subject);
            theirs && opened.opened_at <= facts.now && opened.expires_at > facts.now
        });
    let (reached, otherwise) = match clause.scope {
        Scope::Authority => (true, Reason::NotInAgreement),
        Scope::Cohort => (facts.on_cohort, Reason::NotOnCohort),
        Scope::Involved => (rescued || facts.involved.contains(&party.agency), Reason::NotInvolved),
        Scope::Lead => (
            facts.lead == Some((party.agency, party.subject.clone())),
            Reason::NotLeadProfessional,
        ),
        Scope::Own => (
            case.field.sourced && case.row.source.is_some_and(|source| source == party.agency),
            Reason::NotOwn,
        ),
    };
    if !reached {
        return Some(otherwise);
    }
    if clause.consent == ConsentRule::Required && !rescued {
        match consent(facts, case.row.subject, category, &party.agency_kind) {
            Consent::Stands => {}
            Consent::Never => return Some(Reason::ConsentNotGiven),
            Consent::TakenBack => return Some(Reason::ConsentWithdrawn),
            Consent::RunOut => return Some(Reason::ConsentExpired),
        }
    }
    let about_nobody = category == Category::Reference;
    let covered = (case.field.area && home_shielded(facts))
        || ((category == Category::Contact || tells_whereabouts(case)) && contact_shielded(case));
    if covered && !about_nobody && !clause.shielded {
        return Some(Reason::Shielded);
    }
    (case.field.of_members && !of_today(case)).then_some(Reason::NotAMember)
}

/// Whether the row is of the family, or of somebody who is in it today by that very row, where it is a membership.
pub(crate) fn of_today(case: &Case) -> bool {
    let Subject::Person(subject) = case.row.subject else {
        return true;
    };
    let mut here = case.facts.people.iter().filter(|person| person.in_family);
    here.any(|person| person.person == subject) && !case.row.not_today
}

/// Whether it is asked if a person may be found who is shielded; someone unknown is.
pub(crate) fn found_shielded(case: &Case) -> bool {
    match case.question {
        Question::Found(wanted) => {
            let open = |person: &&PersonFacts| person.person == wanted && !person.shielded;
            case.facts.people.iter().find(open).is_none()
        }
        Question::Value | Question::Own => false,
    }
}

/// Whether the value tells where a person is, by its field or by its row.
pub(crate) fn tells_whereabouts(case: &Case) -> bool {
    [case.field.whereabouts, case.row.whereabouts].contains(&true)
}

/// Whether a shielded person belongs to the family, or will.
pub(crate) fn home_shielded(facts: &FamilyFacts) -> bool {
    let ended = |person: &PersonFacts| !person.belongs;
    !facts.people.iter().all(|person| ended(person) || !person.shielded)
}

/// Whether this family, or the subject itself, is what is shielded, or somebody of whom nothing is known.
fn shielded_here(case: &Case) -> bool {
    let Subject::Person(key) = case.row.subject else {
        return true;
    };
    let of_person = case.facts.people.iter().filter(|person| person.person == key);
    home_shielded(&case.facts) || of_person.clone().count() == 0 || of_person.into_iter().any(|person| person.shielded)
}

/// Whether what tells where the row's subject is, is shielded: by this family, by themselves or by another family of theirs; of someone unknown it is.
pub(crate) fn contact_shielded(case: &Case) -> bool {
    if home_shielded(&case.facts) {
        return true;
    }
    match case.row.subject {
        Subject::Family => false,
        Subject::Person(key) => {
            let open = |person: &PersonFacts| person.person == key && !(person.shielded || person.sheltered);
            !case.facts.people.iter().any(open)
        }
    }
}
