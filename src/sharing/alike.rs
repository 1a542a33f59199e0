//! What is decided alike for all families, before any of them is read; and which facts a decision can depend on at all.
//!
//! Both follow from how [`decide`](super::decide::decide) goes through clauses: in their order, and up to the first that holds by itself. A clause that asks nothing
//! of a family holds for every family.

use super::{
    agreement::{Access, Scope},
    category::{Category, CategorySet},
    ceiling::{Ceiling, ClauseInForce},
    decide::{Needs, PERMITS_EVERYTHING},
    register::{self, FieldId},
};

/// Of which families of the caller's authority something is permitted, whatever else is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// Of all.
    All,
    /// Of all that are on the cohort.
    OnCohort,
}

/// Of which families that clause permits a value of that category, without looking at anything else of them. None where it depends on consent, on
/// who works with the family or supplied the row, or on who lives there.
fn extent(clause: &ClauseInForce, category: Category, area: bool) -> Option<Extent> {
    let covered = category == Category::Contact || (area && category != Category::Reference);
    let may_be_shielded = !clause.shielded && covered;
    match clause.scope {
        _ if clause.consent_required || may_be_shielded => None,
        Scope::Authority => Some(Extent::All),
        Scope::Cohort => Some(Extent::OnCohort),
        Scope::Involved | Scope::Lead | Scope::Own => None,
    }
}

/// Of which families a field is permitted to be read whatever else is known of them, in rows that bring these categories. None where it depends on
/// more, or on the row.
pub fn permitted_alike(ceiling: &Ceiling, field: FieldId, of_row: CategorySet) -> Option<Extent> {
    let needs = Needs::of(register::get(field), of_row).filter(|needs| needs.access == Access::Read)?;
    needs_alike(ceiling, needs)
}

/// The same for what is needed.
pub fn needs_alike(ceiling: &Ceiling, needs: Needs) -> Option<Extent> {
    if PERMITS_EVERYTHING {
        return Some(Extent::All);
    }
    if needs.categories.is_empty() || needs.of_members || ceiling.parties().is_empty() {
        return None;
    }
    let mut least = Extent::All;
    for category in needs.categories.iter() {
        for party in ceiling.parties() {
            let permitting = party.clauses.iter().filter(|of| of.permits(needs.access, category));
            least = least.max(
                permitting
                    .filter_map(|of| extent(of, category, needs.area || needs.whereabouts))
                    .min()?,
            );
        }
    }
    Some(least)
}

/// The facts of a family on which a decision may rest, besides its authority and whether it is on the cohort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one question a kind of fact")]
pub struct Rests {
    /// Who is in it: their ages, and whether they are shielded.
    pub people: bool,
    /// Which agencies work with it.
    pub involvements: bool,
    /// Who leads the work.
    pub leads: bool,
    /// Decisions about consent.
    pub consents: bool,
    /// Emergency access.
    pub emergencies: bool,
}

/// The facts on which reading values of these categories may rest; `area` says whether some of them tell where the family lives.
pub fn rests_on(ceiling: &Ceiling, categories: CategorySet, area: bool) -> Rests {
    let mut rests = Rests::default();
    for category in categories.iter() {
        for party in ceiling.parties() {
            for clause in party.clauses.iter().filter(|of| of.permits(Access::Read, category)) {
                match extent(clause, category, area) {
                    // No decision goes beyond it.
                    Some(Extent::All) => break,
                    // Whether it could stand on an emergency decides what is told.
                    Some(Extent::OnCohort) => rests.emergencies |= clause.emergency,
                    None => rests.note(clause, area || category == Category::Contact),
                }
            }
        }
    }
    rests
}

impl Rests {
    fn note(&mut self, clause: &ClauseInForce, covered: bool) {
        self.involvements |= clause.scope == Scope::Involved;
        self.leads |= clause.scope == Scope::Lead;
        self.consents |= clause.consent_required;
        self.emergencies |= clause.emergency;
        self.people |= clause.consent_required || (covered && !clause.shielded);
    }
}

#[cfg(test)]
#[path = "alike_tests.rs"]
mod tests;
