//! Mistakes about the last membership of who is in no family now.

use super::*;

/// The decision where somebody read the memberships in another way.
fn memberships(case: &Case, mut twist: impl FnMut(&mut MembershipFacts)) -> Decision {
    twisted(case, |case| {
        for person in &mut case.facts.people {
            person
                .memberships
                .iter_mut()
                .chain(&mut person.others)
                .for_each(&mut twist);
        }
        if let Some(row) = &mut case.row.membership {
            twist(row);
        }
    })
}

/// The decision where one end is taken for another.
fn taken_for(case: &Case, end: Option<End>, other: Option<End>) -> Decision {
    memberships(case, |one| {
        if one.end == end {
            one.end = other;
        }
    })
}

/// See [`super`].
pub(super) const MUTANTS: &[Mutant] = &[
    (
        "what was recorded of a child stays as it was after an adoption",
        |case| taken_for(case, Some(End::Adopted), Some(End::Moved)),
    ),
    (
        "what was recorded of somebody stays as it was after they fled",
        |case| taken_for(case, Some(End::Fled), Some(End::Moved)),
    ),
    ("where no reason is recorded it is another one", |case| {
        taken_for(case, None, Some(End::Other))
    }),
    ("nothing stays as it was", |case| {
        memberships(case, |one| one.end = None)
    }),
    ("who moved to another family stays as they were in the first", |case| {
        twisted(case, |case| {
            case.facts.people.iter_mut().for_each(|person| person.others.clear());
        })
    }),
    (
        "each family that was left stays as it was, and not the last alone",
        |case| {
            twisted(case, |case| {
                let today = case.facts.today;
                for person in &mut case.facts.people {
                    person.others.retain(|one| one.period.holds_on(today));
                }
            })
        },
    ),
    ("of who left twice the first time stays as well", |case| {
        twisted(case, |case| {
            let today = case.facts.today;
            let begun = |one: &MembershipFacts| one.period.from <= today;
            case.row.membership = case.row.membership.filter(|one| !begun(one));
        })
    }),
    ("a death ends a membership for no reason", |case| {
        twisted(case, |case| {
            let membership = &mut case.row.membership;
            for person in &mut case.facts.people {
                let Some(died) = person.died_on else { continue };
                let row = membership.iter_mut();
                for one in person.memberships.iter_mut().chain(&mut person.others).chain(row) {
                    if one.period.until.is_none_or(|until| died < until) {
                        (one.period.until, one.end) = (Some(died), Some(End::Fled));
                    }
                }
            }
        })
    }),
    ("it stays for whoever works with the family", |case| {
        let involved = |party: &Party| case.facts.involved.contains(&party.agency);
        let there = case.caller.parties().all(involved) && case.facts.people.iter().any(|person| !person.in_family);
        clauses(case, |clause| {
            if there && clause.scope == Scope::Involved {
                clause.scope = Scope::Authority;
            }
        })
    }),
    ("it stays for clauses of the authority and not for the lead", |case| {
        let told = |case: &Case| case.decide();
        let as_lead = clauses(case, |clause| {
            if clause.scope == Scope::Lead {
                clause.scope = Scope::Own;
            }
        });
        if crate::reading::as_it_was(case) && case.field.of_members {
            as_lead
        } else {
            told(case)
        }
    }),
];
