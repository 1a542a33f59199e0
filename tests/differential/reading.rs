//! The rules of reasons, read a second time from their words and in another style than `src/sharing` has: nothing of its
//! consent, ceiling and decision is called.

use crate::{
    cases::{Case, Question},
    replay::{self, Answer},
};
use chrono::NaiveDate;
use thinkfamily::sharing::{
    agreement::{Access, Agreement, Clause, ConsentRule, Scope},
    caller::Party,
    category::Category,
    facts::{End, FamilyFacts, MembershipFacts, PersonFacts, Subject},
    reason::{Reason, Told},
};

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
    if parties.iter().any(|party| is_barred(case, party)) {
        return Some((Reason::Barred, Told::Withheld));
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
            let bound = || speaking(case, party, *category).into_iter().filter(|(_, bound)| *bound);
            let refusals: Vec<(Option<(Reason, bool)>, bool)> = bound()
                .map(|(clause, _)| (first_obstacle(case, clause, party, *category), clause.explain))
                .collect();
            if refusals.iter().any(|(obstacle, _)| obstacle.is_none()) {
                continue;
            }
            let explained = refusals.iter().find(|(_, explained)| *explained);
            if let Some((Some((reason, elsewhere)), explained)) = explained.or(refusals.first()) {
                // Whoever looks for somebody is never told why they are not found, and nobody what another family does.
                let of_another = *elsewhere || (*reason == Reason::Shielded && !shielded_here(case));
                let told = if *explained && case.question == Question::Value && !of_another {
                    if *reason == Reason::Shielded && bound().any(|(clause, _)| is_rescued(case, clause, party)) {
                        Told::Ring
                    } else {
                        Told::Exactly(*reason)
                    }
                } else {
                    Told::Withheld
                };
                return Some((*reason, told));
            }
        }
    }
    None
}

/// Whether the family is barred to that party today.
fn is_barred(case: &Case, party: &Party) -> bool {
    let today = case.facts.today;
    case.facts.bars.iter().any(|bar| {
        let over = bar.period.until.is_some_and(|until| until <= today);
        let theirs = [None, Some(party.agency)].contains(&bar.agency) && bar.subject == party.subject;
        theirs && bar.period.from <= today && !over
    })
}

/// Whether the clause may stand on what that very person has open now. It stands in for nothing that a portal itself would need.
fn is_rescued(case: &Case, clause: &Clause, party: &Party) -> bool {
    let (now, portal) = (case.facts.now, case.caller.portal.as_ref());
    clause.emergency
        && !portal.is_some_and(|portal| std::ptr::eq(portal, party))
        && case.facts.emergencies.iter().any(|opened| {
            let theirs = (opened.agency, &opened.subject) == (party.agency, &party.subject);
            theirs && opened.opened_at <= now && opened.expires_at > now
        })
}

/// The first condition of the clause that does not hold, and whether another family has to do with it: scope; whether it is of a member of today; consent, shielding.
fn first_obstacle(case: &Case, clause: &Clause, party: &Party, category: Category) -> Option<(Reason, bool)> {
    let facts = &case.facts;
    let here = |reason| Some((reason, false));
    if found_shielded(case) && !clause.shielded {
        return here(Reason::Shielded);
    }
    let consent_is_asked = clause.consent == ConsentRule::Required;
    if let (Question::Found(wanted), true) = (case.question, consent_is_asked)
        && replay::refused(facts, wanted, category, &party.agency_kind, &case.caller.purpose)
    {
        return here(Reason::ConsentNotGiven);
    }
    let rescued = is_rescued(case, clause, party);
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
        return here(otherwise);
    }
    let stays = [Scope::Authority, Scope::Lead].contains(&clause.scope) && as_it_was(case);
    if case.field.of_members && !of_today(case) && !stays {
        return here(Reason::NotAMember);
    }
    if consent_is_asked
        && !rescued
        && let Answer::Not { reason, elsewhere } = replay::consent(
            facts,
            case.row.subject,
            category,
            &party.agency_kind,
            &case.caller.purpose,
        )
    {
        return Some((reason, elsewhere));
    }
    let about_nobody = category == Category::Reference;
    let covered = (case.field.area && home_shielded(facts))
        || ((category == Category::Contact || tells_whereabouts(case)) && contact_shielded(case));
    if covered && !about_nobody && !clause.shielded {
        return here(Reason::Shielded);
    }
    None
}

/// Whether the row is of the family, or of somebody who is in it today by that very row, where it is a membership.
pub(crate) fn of_today(case: &Case) -> bool {
    let Subject::Person(subject) = case.row.subject else {
        return true;
    };
    let today = case.facts.today;
    let ended = |row: &MembershipFacts| row.period.until.is_some_and(|until| until <= today);
    let of_another_day = case
        .row
        .membership
        .is_some_and(|row| row.period.from > today || ended(&row));
    let mut here = case.facts.people.iter().filter(|person| person.in_family);
    here.any(|person| person.person == subject) && !of_another_day
}

/// Whether it is the row of somebody who is in no family now, of the last one that they were in, which did not end by adoption, flight or for no recorded
/// reason: by that very row, where it is a membership.
pub(crate) fn as_it_was(case: &Case) -> bool {
    let mut people = case.facts.people.iter();
    let Some(person) = people.find(|person| case.row.subject == Subject::Person(person.person)) else {
        return false;
    };
    let last_day = |one: &MembershipFacts| {
        let ends = [one.period.until, person.died_on].into_iter().flatten();
        ends.min().unwrap_or(NaiveDate::MAX)
    };
    let by_death = |one: &MembershipFacts| {
        let (until, died) = (one.period.until, person.died_on);
        died.is_some() && (until.is_none() || until > died || (until == died && one.end.is_none()))
    };
    let begun: Vec<&MembershipFacts> = [&person.memberships, &person.others]
        .into_iter()
        .flatten()
        .filter(|one| one.period.from <= case.facts.today)
        .collect();
    let Some(last) = begun.iter().map(|one| last_day(one)).max() else {
        return false;
    };
    let closed = |one: &&&MembershipFacts| {
        let shut = [None, Some(End::Adopted), Some(End::Fled)];
        last_day(one) == last && !by_death(one) && shut.contains(&one.end)
    };
    let had_begun = |one: &MembershipFacts| one.period.from <= case.facts.today;
    let here = |one: &MembershipFacts| {
        had_begun(one) && last_day(one) == last && case.row.membership.is_none_or(|row| row == *one)
    };
    last <= case.facts.today && !begun.iter().any(|one| closed(&one)) && person.memberships.iter().any(here)
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
