//! That one change was permitted. Nothing is written without a permit, and only a decision makes one.

use uuid::Uuid;

use super::{
    category::CategorySet,
    ceiling::Ceiling,
    decide::{Needs, Permits, decide_of_no_family},
    facts::{Holder, RowFacts, Subject},
    register::{self, FieldId},
};

/// That one change of a holder's rows was permitted, and by which clauses. It is spent by writing, which also makes the entry of the trail; it cannot be copied,
/// and nothing outside this room makes one.
#[derive(Debug)]
#[must_use = "a permit that is not spent changes nothing"]
pub struct Permit {
    holder: Holder,
    subject: Subject,
    categories: CategorySet,
    permits: Permits,
}

impl Permit {
    /// For a row of a family, as was decided by its grant.
    pub(super) fn of_family(family: Uuid, categories: CategorySet, row: &RowFacts, permits: Permits) -> Self {
        Self {
            holder: Holder::Family(family),
            subject: row.subject,
            categories,
            permits,
        }
    }

    /// For rows of the caller's own agency that are about no family, where one such could be told of them.
    pub fn of_own_agency(ceiling: &Ceiling, change: FieldId) -> Option<Self> {
        let agency = ceiling.caller().principal.agency;
        of_no_family(ceiling, change, Some(agency))?;
        Some(Self {
            holder: Holder::Agency(agency),
            subject: Subject::Family,
            categories: CategorySet::EMPTY,
            permits: Permits::default(),
        })
    }

    /// For what is the authority's as a whole, and about nobody.
    pub fn about_nobody(ceiling: &Ceiling, change: FieldId) -> Option<Self> {
        Some(Self {
            holder: Holder::Authority,
            subject: Subject::Family,
            categories: register::get(change).categories,
            permits: of_no_family(ceiling, change, None)?,
        })
    }

    /// For the opening of emergency access to a family: where a clause of the caller could stand on it. `row` is the field of the register that says what such a row is.
    pub fn to_open_emergency(ceiling: &Ceiling, family: Uuid, row: FieldId) -> Option<Self> {
        ceiling.may_open_emergency().then(|| Self {
            holder: Holder::Family(family),
            subject: Subject::Family,
            categories: register::get(row).categories,
            permits: Permits {
                clauses: ceiling.emergency_clauses(),
                emergency: None,
            },
        })
    }

    /// The same, where the row says of itself which categories are written.
    pub fn of_categories(self, categories: CategorySet) -> Self {
        Self { categories, ..self }
    }

    /// Whose rows may be written.
    pub fn holder(&self) -> Holder {
        self.holder
    }

    /// Whom the row is about, where it is about one person.
    pub fn person(&self) -> Option<Uuid> {
        match self.subject {
            Subject::Person(person) => Some(person),
            Subject::Family => None,
        }
    }

    /// The categories that are written.
    pub fn categories(&self) -> CategorySet {
        self.categories
    }

    /// The numbers of the clauses that permit it.
    pub fn clauses(&self) -> &[u16] {
        &self.permits.clauses
    }

    /// The emergency access that it rests on.
    pub fn emergency(&self) -> Option<Uuid> {
        self.permits.emergency
    }
}

/// The clauses that permit a change of what no family holds.
fn of_no_family(ceiling: &Ceiling, change: FieldId, agency: Option<Uuid>) -> Option<Permits> {
    let needs = Needs::of(register::get(change), CategorySet::EMPTY)?;
    decide_of_no_family(ceiling, needs, agency).ok()
}
