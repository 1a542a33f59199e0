//! What comes out: a value released with what it discloses, or withheld with the reason.

use std::sync::{Arc, LazyLock};

use uuid::Uuid;

use crate::sharing::{
    category::{Category, CategorySet},
    ceiling::Ceiling,
    decide::{NOT_IN_AGREEMENT, Needs, Permits, Withheld, beyond_ceiling, decide_of_no_family},
    facts::Subject,
    register::{self, FieldId},
};

/// What a released value discloses, for the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// The family and whom of it, or nobody.
    pub about: Option<(Uuid, Subject)>,
    /// Its categories.
    pub categories: CategorySet,
    /// The clauses that permitted it, and the emergency access it rests on.
    pub permits: Arc<Permits>,
}

/// No clause.
static NONE: LazyLock<Arc<Permits>> = LazyLock::new(Arc::default);

impl Disclosed {
    /// What says nothing of anybody.
    fn nothing() -> Self {
        Self {
            about: None,
            categories: CategorySet::EMPTY,
            permits: Arc::clone(&NONE),
        }
    }

    /// What it tells of a family that something which was told before is so no more. No clause permits it: it takes back what one did.
    pub fn taken_back(family: Uuid, existence: FieldId) -> Self {
        Self {
            about: Some((family, Subject::Family)),
            categories: register::get(existence).categories,
            ..Self::nothing()
        }
    }
}

/// That something may be told of somebody, and what it discloses. Only a grant makes one.
#[derive(Clone, Debug)]
pub struct Granted(Disclosed);

impl Granted {
    pub(super) fn new(disclosed: Disclosed) -> Self {
        Self(disclosed)
    }

    /// What is told.
    pub fn tell<T>(&self, value: T) -> Shared<T> {
        Shared(Ok((value, self.0.clone())))
    }

    /// What it discloses.
    pub fn disclosed(&self) -> &Disclosed {
        &self.0
    }
}

/// A field's value: released, or withheld with a reason. Made only here.
#[derive(Clone, Debug)]
pub struct Shared<T>(Result<(T, Disclosed), (FieldId, Withheld)>);

impl<T> Shared<T> {
    /// A value of a row that exists, as its grant released it.
    pub(super) fn released(value: T, disclosed: Disclosed) -> Self {
        Self(Ok((value, disclosed)))
    }

    /// A field withheld.
    pub(super) fn withheld(field: FieldId, withheld: Withheld) -> Self {
        Self(Err((field, withheld)))
    }

    /// A value that is about nobody: of a field whose categories say nothing about anybody. Any other is withheld from everybody.
    pub fn about_nobody(ceiling: &Ceiling, field: FieldId, value: impl FnOnce() -> T) -> Self {
        Self::of_no_family(ceiling, field, None, value)
    }

    /// A field about nobody withheld, if it is: so that nothing need be read for it.
    pub fn refused(ceiling: &Ceiling, field: FieldId) -> Option<Self> {
        let refused = Shared::about_nobody(ceiling, field, || ());
        refused.0.err().map(|withheld| Self(Err(withheld)))
    }

    /// A field that holds rows of the asker's own agency, each decided for itself, or only says what became of them.
    pub fn of_own_agency(ceiling: &Ceiling, field: FieldId, rows: impl FnOnce() -> T) -> Self {
        Self::of_no_family(ceiling, field, Some(ceiling.caller().principal.agency), rows)
    }

    /// The same withheld, if it is.
    pub fn refused_own(ceiling: &Ceiling, field: FieldId) -> Option<Self> {
        let refused = Shared::of_own_agency(ceiling, field, || ());
        refused.0.err().map(|withheld| Self(Err(withheld)))
    }

    fn of_no_family(ceiling: &Ceiling, field: FieldId, agency: Option<Uuid>, value: impl FnOnce() -> T) -> Self {
        let entry = register::get(field);
        let personal = entry.categories.iter().any(Category::is_personal);
        let decided = Needs::of(entry, CategorySet::EMPTY)
            .filter(|_| agency.is_some() || !personal)
            .ok_or(NOT_IN_AGREEMENT)
            .and_then(|needs| decide_of_no_family(ceiling, needs, agency));
        match decided {
            Ok(permits) => Self(Ok((
                value(),
                Disclosed {
                    about: None,
                    categories: entry.categories,
                    permits: Arc::new(permits),
                },
            ))),
            Err(withheld) => Self(Err((field, withheld))),
        }
    }

    /// A field that only holds rows, each decided for itself.
    pub fn rows(ceiling: &Ceiling, field: FieldId, rows: impl FnOnce() -> T) -> Self {
        Self::beyond(ceiling, field).unwrap_or_else(|| Self(Ok((rows(), Disclosed::nothing()))))
    }

    /// A field that only says, to whom a row was told before, that it is so no more (`@handle` in the register): given to these whatever the
    /// ceiling has become, to everybody else as a field that only holds rows.
    pub fn handle(ceiling: &Ceiling, field: FieldId, told_before: bool, rows: impl FnOnce() -> T) -> Self {
        if told_before && register::get(field).handle {
            return Self(Ok((rows(), Disclosed::nothing())));
        }
        Self::rows(ceiling, field, rows)
    }

    /// The field withheld, if it is beyond the ceiling: so that nothing need be read for it.
    pub fn beyond(ceiling: &Ceiling, field: FieldId) -> Option<Self> {
        let entry = register::get(field);
        let withheld = match beyond_ceiling(ceiling, entry.access, entry.categories) {
            _ if ceiling.covers(field) => return None,
            Err(withheld) => withheld,
            // Every category that all rows have is within the ceiling, and none of those that a row may have besides.
            Ok(()) => NOT_IN_AGREEMENT,
        };
        Some(Self(Err((field, withheld))))
    }

    /// A field withheld because what it answers to is beyond the ceiling.
    pub fn not_in_agreement(field: FieldId) -> Self {
        Self(Err((field, NOT_IN_AGREEMENT)))
    }

    /// The value, as the asker sees it: none where it is withheld. For filters and orderings.
    pub fn seen(&self) -> Option<&T> {
        self.0.as_ref().ok().map(|(value, _)| value)
    }

    /// Released with what it discloses, or withheld with the field and why.
    pub fn told(&self) -> Result<(&T, &Disclosed), (FieldId, Withheld)> {
        match &self.0 {
            Ok((value, disclosed)) => Ok((value, disclosed)),
            Err(withheld) => Err(*withheld),
        }
    }

    /// The same decision over a value made from this one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Shared<U> {
        Shared(self.0.map(|(value, disclosed)| (change(value), disclosed)))
    }
}
