//! The decision: may this caller, for this purpose, have this access to this row's value now, by which clause, or why not.

use super::{
    agreement::{Access, Scope},
    category::{Category, CategorySet},
    ceiling::{Ceiling, ClauseInForce, PartyCeiling},
    consent::{Asked, NoConsent, consent, is_refused},
    facts::{EmergencyFact, FamilyFacts, Held, RowFacts, Subject},
    reason::{Reason, Told},
    register::Field,
};

/// Whether this is the build with which the bench measures what deciding costs: everything is permitted (docs/decisions/0022). Never in a build for use.
pub const PERMITS_EVERYTHING: bool = cfg!(all(feature = "permit-everything", bench_permit_everything));

/// What is needed for one value besides its row's facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own about the value, answered by yes or no"
)]
pub struct Needs {
    /// Reading or writing.
    pub access: Access,
    /// Every category that the value has.
    pub categories: CategorySet,
    /// Whether the value tells the area in which the family lives, so that shielding covers it.
    pub area: bool,
    /// Whether it tells where a person is, so that shielding covers it in every household of theirs.
    pub whereabouts: bool,
    /// Whether it is of a row that tells for good whence it came, so that a clause for what the agency itself supplied may reach it. A member, an
    /// address or a number is not: having supplied a person once gives no right to what they are now.
    pub sourced: bool,
    /// Whether it is of a row that an agency holds for itself and for nobody else.
    pub agency: bool,
    /// Whether it is told of members of today alone.
    pub of_members: bool,
}

impl Needs {
    /// What is needed for a field of a row that brings these categories. None for a row that lacks the category which the field takes from its rows: its
    /// criterion or measure is one that nobody classified, and it gives nothing away.
    pub fn of(field: &Field, of_row: CategorySet) -> Option<Self> {
        if !field.one_of.is_empty() && of_row.intersection(field.one_of).is_empty() {
            return None;
        }
        Some(Self {
            access: field.access,
            categories: field.categories.union(of_row),
            area: field.area,
            whereabouts: field.whereabouts,
            sourced: field.sourced,
            agency: field.agency,
            of_members: field.of_members,
        })
    }
}

/// The clauses that permitted a value, as a set of their numbers in the ceiling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permits {
    /// Numbers of clauses (see [`Ceiling::clause`]), rising, each once.
    pub clauses: Vec<u16>,
    /// The emergency access that stood in for involvement or consent.
    pub emergency: Option<uuid::Uuid>,
}

/// Why a value is withheld, and what the asker is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Withheld {
    /// The true reason, for the trail.
    pub reason: Reason,
    /// What the asker is told.
    pub told: Told,
}

/// Why a clause does not hold for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Obstacle {
    reason: Reason,
    /// Whether nobody is told it: it speaks of another family.
    untold: bool,
    /// Whether the clause may stand on emergency access that the asker has opened.
    in_emergency: bool,
}

impl From<Reason> for Obstacle {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            untold: false,
            in_emergency: false,
        }
    }
}

impl From<NoConsent> for Obstacle {
    fn from(no: NoConsent) -> Self {
        Self {
            untold: no.elsewhere,
            ..no.reason.into()
        }
    }
}

/// No clause could ever permit it, which the asker may know.
pub(super) const NOT_IN_AGREEMENT: Withheld = Withheld {
    reason: Reason::NotInAgreement,
    told: Told::NotInAgreement,
};

/// Permitted by clauses, or withheld for a reason.
pub type Decision = Result<Permits, Withheld>;

/// Decides about a value of a family's row.
///
/// Every category needs a clause of every party. Beyond the ceiling beats all other reasons; of those, the first category and party, and
/// of its clauses the first that explains itself, gives the reason. The value itself is never looked at.
pub fn decide(ceiling: &Ceiling, needs: Needs, facts: &FamilyFacts, row: &RowFacts) -> Decision {
    // Asked first, so that what is beyond the ceiling is told alike whosever the family is.
    within_ceiling(ceiling, needs)?;
    of_callers(ceiling, facts)?;
    permit(ceiling, needs, |party, clause, category| {
        let asked = asked(ceiling, party, category);
        holds(clause, party, asked, needs, facts, row)
    })
    .map_err(|withheld| match withheld.reason {
        // A reason speaks only of its own family.
        Reason::Shielded if facts.sheltered_elsewhere(row.subject) => Withheld {
            told: Told::Withheld,
            ..withheld
        },
        _ => withheld,
    })
}

/// The same where the asker may be told how something came about: where of every category and party a clause explains itself, whichever clause holds. It must not hang on
/// the clause that holds: what a value that is seen anyway rests on (a consent, an involvement) may be something that the asker may not know.
pub fn decide_explained(ceiling: &Ceiling, needs: Needs, facts: &FamilyFacts, row: &RowFacts) -> Decision {
    let explains = |category| {
        let explains = |clause: &ClauseInForce| clause.explain && clause.permits(needs.access, category);
        ceiling.parties().iter().all(|party| party.clauses.iter().any(explains))
    };
    if !PERMITS_EVERYTHING && !needs.categories.iter().all(explains) {
        return Err(NOT_IN_AGREEMENT);
    }
    decide(ceiling, needs, facts, row)
}

/// Decides whether somebody may be found by what a caller knows of them: whether the caller may know that their family has a marker, by clauses
/// that reach shielded people where this is one. The caller is told nothing of why not, so a refusal is never explained.
///
/// Shielding covers where people live and not that they are on the cohort. But a question with a name in it is asked by someone who looks for a
/// person, and an answer leads to whoever works with them: so who is shielded is found by nobody whose clause does not say so. Nor is who says no
/// to the marker, where the clause asks for consent.
pub fn decide_found(ceiling: &Ceiling, facts: &FamilyFacts, person: uuid::Uuid) -> Decision {
    let needs = Needs {
        access: Access::Read,
        categories: CategorySet::of(&[Category::Marker]),
        area: false,
        whereabouts: false,
        sourced: false,
        agency: false,
        of_members: false,
    };
    within_ceiling(ceiling, needs)?;
    let refused = |reason| Withheld {
        reason,
        told: Told::Withheld,
    };
    of_callers(ceiling, facts)?;
    // Someone of whom nothing is known might be shielded, so they are.
    let shielded = facts.person(person).is_none_or(|person| person.shielded);
    permit(ceiling, needs, |party, clause, category| {
        if shielded && !clause.shielded {
            return Err(Reason::Shielded.into());
        }
        let asked = asked(ceiling, party, category);
        if clause.consent_required && is_refused(facts, person, asked) {
            return Err(Reason::ConsentNotGiven.into());
        }
        holds(clause, party, asked, needs, facts, &RowFacts::family())
    })
    .map_err(|withheld| refused(withheld.reason))
}

/// Refuses a family of another authority, and one that is barred to the caller: to both nothing is told but that it is withheld.
fn of_callers(ceiling: &Ceiling, facts: &FamilyFacts) -> Result<(), Withheld> {
    let caller = ceiling.caller();
    let reason = if facts.authority != caller.authority {
        Reason::OtherAuthority
    } else if facts.bars(caller) {
        Reason::Barred
    } else {
        return Ok(());
    };
    Err(Withheld {
        reason,
        told: Told::Withheld,
    })
}

/// Decides about a value of a row that no family holds: only clauses that ask nothing of a family permit it. Of a row that an agency holds, those do
/// as well that are for what the agency itself supplied. What an agency holds for itself alone is given to that agency, by any clause; a portal is another one.
pub fn decide_of_no_family(ceiling: &Ceiling, needs: Needs, agency: Option<uuid::Uuid>) -> Decision {
    within_ceiling(ceiling, needs)?;
    let own = |party: &PartyCeiling| Some(party.party.agency) == agency;
    if needs.agency {
        return if PERMITS_EVERYTHING || ceiling.parties().iter().all(own) {
            Ok(Permits::default())
        } else {
            Err(Withheld {
                reason: Reason::NotOwn,
                told: Told::Withheld,
            })
        };
    }
    permit(ceiling, needs, |party, clause, _| match clause.scope {
        _ if clause.consent_required => Err(Reason::NotInAgreement.into()),
        Scope::Authority => Ok(None),
        Scope::Own if own(party) => Ok(None),
        _ => Err(Reason::NotInAgreement.into()),
    })
}

/// How one clause holds: by itself, by emergency access, or not.
type Holds<'f> = Result<Option<&'f EmergencyFact>, Obstacle>;

/// What the ceiling has, where for every category and party some clause holds.
fn permit<'f>(
    ceiling: &Ceiling,
    needs: Needs,
    holds: impl Fn(&PartyCeiling, &ClauseInForce, Category) -> Holds<'f>,
) -> Decision {
    let mut permits = Permits::default();
    if PERMITS_EVERYTHING {
        return Ok(permits);
    }
    for category in needs.categories.iter() {
        for (at, party) in ceiling.parties().iter().enumerate() {
            match best_clause(party, needs.access, category, &holds) {
                Ok((clause, emergency)) => {
                    let number = u16::try_from(ceiling.clause_number(at, clause)).unwrap_or(u16::MAX);
                    if let Err(place) = permits.clauses.binary_search(&number) {
                        permits.clauses.insert(place, number);
                    }
                    permits.emergency = permits.emergency.or(emergency.map(|opened| opened.key));
                }
                Err((obstacle, explained)) => {
                    let Obstacle { reason, untold, .. } = obstacle;
                    let told = match reason {
                        Reason::NotInAgreement => Told::NotInAgreement,
                        Reason::Shielded if explained && obstacle.in_emergency => Told::Ring,
                        _ if explained && !untold => Told::Exactly(reason),
                        _ => Told::Withheld,
                    };
                    return Err(Withheld { reason, told });
                }
            }
        }
    }
    Ok(permits)
}

/// The first clause that holds by itself, else the first that holds by emergency access; else the reason of the first that explains
/// itself, else of the first at all, with whether it does and whether any of them could have stood on emergency access that is open.
fn best_clause<'f>(
    party: &PartyCeiling,
    access: Access,
    category: Category,
    holds: impl Fn(&PartyCeiling, &ClauseInForce, Category) -> Holds<'f>,
) -> Result<(usize, Option<&'f EmergencyFact>), (Obstacle, bool)> {
    let mut by_emergency = None;
    let mut in_emergency = false;
    let mut refusal: Option<(Obstacle, bool)> = None;
    let clauses = party
        .clauses
        .iter()
        .enumerate()
        .filter(|(_, clause)| clause.permits(access, category));
    for (number, clause) in clauses {
        match holds(party, clause, category) {
            Ok(None) => return Ok((number, None)),
            Ok(opened) => by_emergency = by_emergency.or(Some((number, opened))),
            Err(obstacle) => {
                in_emergency |= obstacle.in_emergency;
                if refusal.is_none_or(|(_, explained)| clause.explain && !explained) {
                    refusal = Some((obstacle, clause.explain));
                }
            }
        }
    }
    let (obstacle, explained) = refusal.unwrap_or((Reason::NotInAgreement.into(), false));
    by_emergency.ok_or((
        Obstacle {
            in_emergency,
            ..obstacle
        },
        explained,
    ))
}

/// Refuses what is beyond the ceiling, and what needs nothing: nothing is unclassified, so an empty need is a mistake of ours and gives
/// nothing away.
fn within_ceiling(ceiling: &Ceiling, needs: Needs) -> Result<(), Withheld> {
    if needs.categories.is_empty() {
        return Err(NOT_IN_AGREEMENT);
    }
    beyond_ceiling(ceiling, needs.access, needs.categories)
}

/// Refuses what no clause could ever permit, whatever the row.
pub fn beyond_ceiling(ceiling: &Ceiling, access: Access, categories: CategorySet) -> Result<(), Withheld> {
    if PERMITS_EVERYTHING || ceiling.categories(access).covers(categories) {
        return Ok(());
    }
    let missing = categories
        .iter()
        .filter(|category| !ceiling.categories(access).contains(*category));
    let mut unsigned = missing.map(|category| {
        ceiling.parties().iter().all(|party| {
            party.unsigned.contains(category) || party.clauses.iter().any(|clause| clause.permits(access, category))
        })
    });
    Err(
        if access == Access::Read && unsigned.all(|would_be_given| would_be_given) {
            Withheld {
                reason: Reason::AgreementNotSigned,
                told: Told::Exactly(Reason::AgreementNotSigned),
            }
        } else {
            NOT_IN_AGREEMENT
        },
    )
}

/// What consent is asked to cover.
fn asked<'a>(ceiling: &'a Ceiling, party: &'a PartyCeiling, category: Category) -> Asked<'a> {
    Asked {
        category,
        agency_kind: &party.party.agency_kind,
        purpose: &ceiling.caller().purpose,
    }
}

/// Whether one clause holds for one category of one row: scope, then whether the row is of somebody who is a member today, or was one last and is in no family
/// now, then consent, then shielding.
fn holds<'f>(
    clause: &ClauseInForce,
    party: &PartyCeiling,
    asked: Asked<'_>,
    needs: Needs,
    facts: &'f FamilyFacts,
    row: &RowFacts,
) -> Holds<'f> {
    let opened = if clause.emergency {
        emergency(facts, party)
    } else {
        None
    };
    let stands = stands(clause, party, asked, needs, facts, (row, opened));
    stands.map_err(|obstacle| Obstacle {
        in_emergency: opened.is_some(),
        ..obstacle
    })
}

/// The same, with the emergency access that it may stand on.
fn stands<'f>(
    clause: &ClauseInForce,
    party: &PartyCeiling,
    asked: Asked<'_>,
    needs: Needs,
    facts: &FamilyFacts,
    (row, opened): (&RowFacts, Option<&'f EmergencyFact>),
) -> Holds<'f> {
    let agency = party.party.agency;
    let mut used = None;
    match clause.scope {
        Scope::Authority => {}
        Scope::Cohort if facts.on_cohort => {}
        Scope::Cohort => return Err(Reason::NotOnCohort.into()),
        Scope::Involved if facts.involved.contains(&agency) => {}
        Scope::Involved if opened.is_some() => used = opened,
        Scope::Involved => return Err(Reason::NotInvolved.into()),
        Scope::Lead
            if facts
                .lead
                .as_ref()
                .is_some_and(|(of, who)| *of == agency && *who == party.party.subject) => {}
        Scope::Lead => return Err(Reason::NotLeadProfessional.into()),
        Scope::Own if needs.sourced && row.source == Some(agency) => {}
        Scope::Own => return Err(Reason::NotOwn.into()),
    }
    // Before what hangs on where they live now: a household that somebody has left is not told of that.
    if needs.of_members {
        match row.held(facts) {
            Held::Today => {}
            Held::AsItWas if matches!(clause.scope, Scope::Authority | Scope::Lead) => {}
            Held::AsItWas | Held::No => return Err(Reason::NotAMember.into()),
        }
    }
    if clause.consent_required
        && let Err(no) = consent(facts, row.subject, asked)
    {
        if opened.is_none() {
            return Err(no.into());
        }
        used = opened;
    }
    if !clause.shielded && is_shielded(asked.category, needs, facts, row) {
        return Err(Reason::Shielded.into());
    }
    Ok(used)
}

/// Emergency access that the principal has opened for the family, that has begun and has not run out. It never stands in for a clause of the portal,
/// even where that is of the same agency and name.
fn emergency<'f>(facts: &'f FamilyFacts, party: &PartyCeiling) -> Option<&'f EmergencyFact> {
    facts.emergencies.iter().find(|opened| {
        !party.portal
            && opened.agency == party.party.agency
            && opened.subject == party.party.subject
            && (opened.opened_at..opened.expires_at).contains(&facts.now)
    })
}

/// Shielding covers what tells where a family lives or is worked with, and of its members, those to come among them, how to reach them, their school and
/// the numbers of homes and pupils: these in every household of theirs.
fn is_shielded(category: Category, needs: Needs, facts: &FamilyFacts, row: &RowFacts) -> bool {
    // It is about nobody: what else the value says of the family decides.
    if category == Category::Reference {
        return false;
    }
    let of_person = category == Category::Contact || needs.whereabouts || row.whereabouts;
    match row.subject {
        Subject::Person(key) if of_person => facts.shelters(key),
        _ => (needs.area || of_person) && facts.houses_shielded(),
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "decide_exceptions_tests.rs"]
mod exceptions_tests;

#[cfg(test)]
#[path = "decide_found_tests.rs"]
mod found_tests;
