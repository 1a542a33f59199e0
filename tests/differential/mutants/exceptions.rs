//! Mistakes about shielding and emergency access.

use super::*;

/// See [`super`].
pub(super) const MUTANTS: &[Mutant] = &[
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
    ("shielding begins on the first day of a membership", |case| {
        let begun = |person: &mut PersonFacts| person.belongs &= person.in_family;
        twisted(case, |case| case.facts.people.iter_mut().for_each(begun))
    }),
    ("shielding goes on after a membership has ended", |case| {
        twisted(case, |case| {
            case.facts.people.iter_mut().for_each(|person| person.belongs = true);
        })
    }),
    (
        "shielding covers the shielded themselves and nobody with them",
        |case| {
            twisted(case, |case| {
                let Subject::Person(subject) = case.row.subject else {
                    return;
                };
                let others = case.facts.people.iter_mut().filter(|person| person.person != subject);
                let area = case.field.area;
                others.for_each(|person| person.shielded &= area);
            })
        },
    ),
    ("shielding ends at the door of the family", |case| {
        twisted(case, |case| {
            case.facts.people.iter_mut().for_each(|person| person.sheltered = false);
        })
    }),
    ("who is shielded elsewhere hides the family", |case| {
        twisted(case, |case| {
            case.facts
                .people
                .iter_mut()
                .for_each(|person| person.shielded |= person.sheltered);
        })
    }),
    ("shielding covers what is about nobody", |case| {
        let covered = case.field.area && case.facts.houses_shielded();
        clauses(case, |clause| {
            let withheld = covered && !clause.shielded;
            clause
                .categories
                .retain(|code| !withheld || code != Category::Reference.code());
        })
    }),
    ("schools are not shielded", |case| {
        twisted(case, |case| case.field.whereabouts = false)
    }),
    ("numbers of homes and pupils are not shielded", |case| {
        twisted(case, |case| case.row.whereabouts = false)
    }),
    ("shielding covers everything of a person", |case| {
        twisted(case, |case| case.row.whereabouts |= case.row.subject != Subject::Family)
    }),
    ("every clause reaches the shielded", |case| {
        clauses(case, |clause| clause.shielded = true)
    }),
    ("no clause reaches the shielded", |case| {
        clauses(case, |clause| clause.shielded = false)
    }),
    ("whoever is shielded is found", |case| {
        twisted(case, |case| case.question = Question::Value)
    }),
    ("what any agency did is one's own", |case| {
        let asker = case.caller.principal.agency;
        twisted(case, |case| {
            if case.question == Question::Own {
                case.row.source = Some(asker);
            }
        })
    }),
    // Who has left, and who is yet to come.
    ("whoever was a member once is one", |case| {
        twisted(case, |case| {
            case.facts
                .people
                .iter_mut()
                .for_each(|person| person.in_family |= case.field.of_members);
        })
    }),
    ("of who came back the membership that ended counts", |case| {
        twisted(case, |case| case.row.membership = None)
    }),
    ("what only members have is anybody's", |case| {
        twisted(case, |case| case.field.of_members = false)
    }),
    ("everything is withheld of who has left", |case| {
        twisted(case, |case| case.field.of_members = true)
    }),
    // Emergency access.
    ("emergency access never expires", |case| {
        let later = case.facts.now + TimeDelta::hours(1);
        twisted(case, |case| {
            case.facts
                .emergencies
                .iter_mut()
                .for_each(|opened| opened.expires_at = later);
        })
    }),
    ("emergency access holds before it was opened", |case| {
        let now = case.facts.now;
        twisted(case, |case| {
            case.facts
                .emergencies
                .iter_mut()
                .for_each(|opened| opened.opened_at = now);
        })
    }),
    ("a colleague's emergency access counts", |case| {
        let who = case.caller.principal.subject.clone();
        twisted(case, |case| {
            case.facts
                .emergencies
                .iter_mut()
                .for_each(|opened| opened.subject.clone_from(&who));
        })
    }),
    ("every clause may be opened by emergency", |case| {
        clauses(case, |clause| clause.emergency = true)
    }),
    (
        "the user's emergency access stands in for the portal's involvement",
        |case| {
            let open = open_emergency(case);
            twisted(case, |case| {
                let portal = case.caller.portal.as_ref().filter(|_| open);
                case.facts.involved.extend(portal.map(|portal| portal.agency));
            })
        },
    ),
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
            clause.emergency &= clause.consent == ConsentRule::NotRequired;
        })
    }),
    ("emergency access stands in for consent but not involvement", |case| {
        clauses(case, |clause| clause.emergency &= clause.scope != Scope::Involved)
    }),
];
