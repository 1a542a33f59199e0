//! The ceiling: all that some clause in force could ever permit this caller for this purpose, known before any row is read.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{
    agreement::{Access, Agreement, Clause, ConsentRule, Policy, Scope},
    caller::{Caller, Party},
    category::{Category, CategorySet},
    register::{self, FieldId, FieldSet},
};

/// A clause that speaks of one of the caller's parties, reduced to what a decision asks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a clause's own questions, each answered by yes or no"
)]
pub struct ClauseInForce {
    /// The agreement's code.
    pub agreement: String,
    /// The agreement's version.
    pub version: i32,
    /// The clause's id.
    pub id: String,
    /// The categories it releases.
    pub categories: CategorySet,
    /// Whether it permits reading.
    pub read: bool,
    /// Whether it permits writing.
    pub write: bool,
    /// Which rows it reaches.
    pub scope: Scope,
    /// Whether it asks for consent.
    pub consent_required: bool,
    /// Whether it reaches shielded people's details.
    pub shielded: bool,
    /// Whether the asker is told exact reasons.
    pub explain: bool,
    /// Whether emergency access may stand in for involvement and consent.
    pub emergency: bool,
}

impl ClauseInForce {
    fn new(agreement: &Agreement, clause: &Clause) -> Self {
        Self {
            agreement: agreement.code.clone(),
            version: agreement.version,
            id: clause.id.clone(),
            categories: clause.category_set(),
            read: clause.access.contains(&Access::Read),
            write: clause.access.contains(&Access::Write),
            scope: clause.scope,
            consent_required: clause.consent == ConsentRule::Required,
            shielded: clause.shielded,
            explain: clause.explain,
            emergency: clause.emergency,
        }
    }

    /// Whether it is about this kind of access to this category.
    pub fn permits(&self, access: Access, category: Category) -> bool {
        self.categories.contains(category)
            && match access {
                Access::Read => self.read,
                Access::Write => self.write,
            }
    }
}

/// What the agreements say of one party for the purpose at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyCeiling {
    /// The party.
    pub party: Party,
    /// Whether it is the portal, through which the principal asks.
    pub portal: bool,
    /// The clauses that name its kind and role, of agreements that its agency has signed.
    pub clauses: Vec<ClauseInForce>,
    /// What clauses with `explain` would have given it to read, had its agency signed.
    pub unsigned: CategorySet,
}

impl PartyCeiling {
    fn of(policy: &Policy, party: &Party, portal: bool, purpose: &str, today: NaiveDate) -> Self {
        let mut clauses = Vec::new();
        let mut unsigned = CategorySet::EMPTY;
        for agreement in policy.in_force(today) {
            let signed = agreement.is_signed_by(&party.agency_code, today);
            for clause in agreement.clauses.iter().filter(|clause| names(clause, party, purpose)) {
                if signed {
                    clauses.push(ClauseInForce::new(agreement, clause));
                } else if clause.explain && clause.access.contains(&Access::Read) {
                    unsigned = unsigned.union(clause.category_set());
                }
            }
        }
        Self {
            party: party.clone(),
            portal,
            clauses,
            unsigned,
        }
    }

    /// The categories for which some clause permits this access.
    pub fn categories(&self, access: Access) -> CategorySet {
        Category::ALL
            .into_iter()
            .filter(|category| self.clauses.iter().any(|clause| clause.permits(access, *category)))
            .collect()
    }
}

fn names(clause: &Clause, party: &Party, purpose: &str) -> bool {
    clause.agency_kinds.contains(&party.agency_kind)
        && clause.roles.contains(&party.role)
        && clause.purposes.iter().any(|named| named == purpose)
}

/// The ceiling of one caller for one purpose on one day.
#[derive(Clone, Debug)]
pub struct Ceiling {
    caller: Arc<Caller>,
    parties: Vec<PartyCeiling>,
    read: CategorySet,
    write: CategorySet,
    fields: FieldSet,
    first: Vec<usize>,
}

impl Ceiling {
    /// Works out the ceiling from all agreements of the caller's authority.
    pub fn of(policy: &Policy, caller: Arc<Caller>, today: NaiveDate) -> Self {
        let parties: Vec<_> = caller
            .parties()
            .enumerate()
            .map(|(at, party)| PartyCeiling::of(policy, party, at > 0, &caller.purpose, today))
            .collect();
        let both = |access| {
            parties
                .iter()
                .map(|party| party.categories(access))
                .reduce(CategorySet::intersection)
                .unwrap_or(CategorySet::EMPTY)
        };
        let (read, write) = (both(Access::Read), both(Access::Write));
        let emergency = may_open_emergency(&parties);
        let fields = register::fields()
            .filter(|field| field.could_be_seen(read, write, emergency))
            .collect();
        let first = parties
            .iter()
            .scan(0, |next, party| {
                let first = *next;
                *next += party.clauses.len();
                Some(first)
            })
            .collect();
        Self {
            caller,
            parties,
            read,
            write,
            fields,
            first,
        }
    }

    /// Whose ceiling it is.
    pub fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    /// The caller's parties with their clauses.
    pub fn parties(&self) -> &[PartyCeiling] {
        &self.parties
    }

    /// The categories that could ever be permitted.
    pub fn categories(&self, access: Access) -> CategorySet {
        match access {
            Access::Read => self.read,
            Access::Write => self.write,
        }
    }

    /// Whether the field could ever be seen.
    pub fn covers(&self, field: FieldId) -> bool {
        self.fields.contains(field)
    }

    /// Every field that could ever be seen.
    pub fn fields(&self) -> &FieldSet {
        &self.fields
    }

    /// The number that the clause of a party has within this ceiling.
    pub(super) fn clause_number(&self, party: usize, clause: usize) -> usize {
        self.first[party] + clause
    }

    /// The clause of that number.
    pub fn clause(&self, number: usize) -> Option<&ClauseInForce> {
        self.parties.iter().flat_map(|party| &party.clauses).nth(number)
    }

    /// Whether the caller may open emergency access: some clause of each party could then stand on it.
    pub fn may_open_emergency(&self) -> bool {
        may_open_emergency(&self.parties)
    }

    /// Whether an emergency reaches people at risk: by a clause of every party that says both.
    pub fn reaches_shielded_in_emergency(&self) -> bool {
        let both = |clause: &ClauseInForce| {
            clause.emergency && clause.shielded && clause.permits(Access::Read, Category::Marker)
        };
        !self.parties.is_empty() && self.parties.iter().all(|party| party.clauses.iter().any(both))
    }

    /// The numbers of the clauses that could stand on emergency access.
    pub fn emergency_clauses(&self) -> Vec<u16> {
        let clauses = self.parties.iter().flat_map(|party| &party.clauses);
        (0..)
            .zip(clauses)
            .filter(|(_, clause)| clause.emergency)
            .map(|(number, _)| number)
            .collect()
    }
}

fn may_open_emergency(parties: &[PartyCeiling]) -> bool {
    !parties.is_empty()
        && parties
            .iter()
            .all(|party| party.clauses.iter().any(|clause| clause.emergency))
}

#[cfg(test)]
#[path = "ceiling_tests.rs"]
mod tests;
