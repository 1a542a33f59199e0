//! The grant: what a caller may see of one family now. The only way from a stored row to a released value.

use std::{
    fmt,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use uuid::Uuid;

use super::{
    agreement::Access,
    category::{Category, CategorySet},
    ceiling::Ceiling,
    consent::may_decide,
    decide::{
        NOT_IN_AGREEMENT, Needs, Permits, Withheld, beyond_ceiling, decide, decide_about_nobody, decide_about_own,
        decide_explained, decide_found,
    },
    facts::{FamilyFacts, RowFacts, Subject},
    permit::Permit,
    register::{self, Field, FieldId},
};

/// A stored row that nothing outside this room can look into.
#[derive(Clone)]
pub struct Guarded<R> {
    family: Uuid,
    row: R,
    facts: RowFacts,
}

/// Says that there is a row and nothing of what is in it, so that no log or error text can be a way around the decision.
impl<R> fmt::Debug for Guarded<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}

impl<R> Guarded<R> {
    /// Locks a row of a family up together with what decisions need to know of it. Only that family's grant opens it.
    pub fn new(family: Uuid, row: R, facts: RowFacts) -> Self {
        Self { family, row, facts }
    }
}

/// The ceiling and the facts about one family.
pub struct Grant {
    ceiling: Arc<Ceiling>,
    facts: FamilyFacts,
    /// What was decided already. The ceiling and the facts stay as they are, so the same question has the same answer.
    decided: Mutex<Vec<(Asked, Decided)>>,
}

/// All that a decision depends on besides the ceiling and the family's facts: what is needed, whom the row is about, whence it came, whether it is a membership of another day.
type Asked = (Needs, Subject, Option<Uuid>, bool);

/// What was decided, to be shared by all values of which it holds.
type Decided = Result<Arc<Permits>, Withheld>;

/// A family has few kinds of rows and few people; what goes beyond is decided each time.
const REMEMBERED: usize = 64;

/// Says that there is a grant and nothing of the family.
impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").finish_non_exhaustive()
    }
}

impl Grant {
    /// The grant for the family that the facts are about.
    pub fn new(ceiling: Arc<Ceiling>, facts: FamilyFacts) -> Self {
        Self {
            ceiling,
            facts,
            decided: Mutex::default(),
        }
    }

    /// The ceiling it rests on.
    pub fn ceiling(&self) -> &Arc<Ceiling> {
        &self.ceiling
    }

    /// The family it is about. Only the store and the trail need to know.
    pub fn family(&self) -> Uuid {
        self.facts.family
    }

    /// Decides about a field of a row.
    fn decide(&self, field: &Field, row: &RowFacts) -> Decided {
        let needs = Needs::of(field, row.categories).ok_or(NOT_IN_AGREEMENT)?;
        let asked = (needs, row.subject, row.source, row.not_today);
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = decided.iter().find(|(known, _)| *known == asked) {
            return known.clone();
        }
        let new = decide(&self.ceiling, needs, &self.facts, row).map(Arc::new);
        if decided.len() < REMEMBERED {
            decided.push((asked, new.clone()));
        }
        new
    }

    /// The permit for a write of those categories to a row of the family.
    pub fn may_write(&self, categories: CategorySet, row: &RowFacts) -> Result<Permit, Withheld> {
        let needs = Needs {
            access: Access::Write,
            categories,
            area: false,
            sourced: true,
            of_members: false,
        };
        let permits = decide(&self.ceiling, needs, &self.facts, row)?;
        Ok(Permit::of_family(self.facts.family, categories, row, permits))
    }

    /// Whether a row with these facts would exist for the asker, if there were one: where a change can fail because of a row, telling so
    /// tells of the row.
    pub fn would_show(&self, existence: FieldId, row: &RowFacts) -> bool {
        self.decide(register::get(existence), row).is_ok()
    }

    /// Whether somebody of the family may be found by what the asker knows of them; what it discloses that they are.
    pub fn finds(&self, person: Uuid) -> Option<Disclosed> {
        let permits = decide_found(&self.ceiling, &self.facts, person).ok()?;
        Some(Disclosed {
            about: Some((self.facts.family, Subject::Person(person))),
            categories: CategorySet::of(&[Category::Marker]),
            permits: Arc::new(permits),
        })
    }

    /// Whether the asker is told exactly how what they know of somebody agrees with what is stored in these categories: where each of them is
    /// permitted, for that very person, by clauses that explain themselves. Gives what it discloses, for a field of the register.
    pub fn explains(&self, field: FieldId, person: Uuid, categories: CategorySet) -> Option<Explained> {
        let entry = register::get(field);
        let categories = entry.categories.union(categories);
        let facts = RowFacts::person(person).with_categories(categories);
        let needs = Needs::of(entry, facts.categories)?;
        let permits = decide_explained(&self.ceiling, needs, &self.facts, &facts).ok()?;
        Some(Explained(Disclosed {
            about: Some((self.facts.family, Subject::Person(person))),
            categories,
            permits: Arc::new(permits),
        }))
    }

    /// Whether a decision about consent for that person that the decider makes today would count.
    pub fn may_decide(&self, person: Uuid, decider: Uuid) -> bool {
        may_decide(&self.facts, person, decider)
    }

    /// The row, if it exists for the asker: if what its existence says (`existence` in the register) is permitted.
    pub fn visible<R>(self: &Arc<Self>, existence: FieldId, row: &Arc<Guarded<R>>) -> Option<Visible<R>> {
        if row.family != self.facts.family {
            return None;
        }
        let permits = self.decide(register::get(existence), &row.facts).ok()?;
        Some(Visible {
            grant: Arc::clone(self),
            row: Arc::clone(row),
            existence,
            permits,
        })
    }
}

/// That the asker may be told how something agrees. Only [`Grant::explains`] makes one.
#[derive(Clone, Debug)]
pub struct Explained(Disclosed);

impl Explained {
    /// What is told.
    pub fn tell<T>(&self, value: T) -> Shared<T> {
        Shared(Ok((value, self.0.clone())))
    }

    /// What it discloses.
    pub fn disclosed(&self) -> &Disclosed {
        &self.0
    }
}

/// A row that exists for the asker. Only [`Grant::visible`] makes one.
#[derive(Debug)]
pub struct Visible<R> {
    grant: Arc<Grant>,
    row: Arc<Guarded<R>>,
    existence: FieldId,
    permits: Arc<Permits>,
}

impl<R> Clone for Visible<R> {
    fn clone(&self) -> Self {
        Self {
            grant: Arc::clone(&self.grant),
            row: Arc::clone(&self.row),
            existence: self.existence,
            permits: Arc::clone(&self.permits),
        }
    }
}

impl<R> Visible<R> {
    /// The value of a field, released or withheld.
    pub fn release<T>(&self, field: FieldId, value: impl FnOnce(&R) -> T) -> Shared<T> {
        let entry = register::get(field);
        match self.grant.decide(entry, &self.row.facts) {
            Ok(permits) => {
                let categories = entry.categories.union(self.row.facts.categories);
                Shared(Ok((value(&self.row.row), self.disclosed(categories, permits))))
            }
            Err(withheld) => Shared(Err((field, withheld))),
        }
    }

    /// A field that only holds rows, each decided for itself: withheld where the ceiling has none of them, or where only members of today have it.
    pub fn release_rows<T>(&self, field: FieldId, rows: impl FnOnce() -> T) -> Shared<T> {
        if let Some(beyond) = Shared::beyond(&self.grant.ceiling, field) {
            return beyond;
        }
        match self.refused_today(field) {
            Some(withheld) => Shared(Err((field, withheld))),
            None => Shared(Ok((rows(), Disclosed::nothing()))),
        }
    }

    /// Why a field that only members of today have is withheld, of a row that exists.
    fn refused_today(&self, field: FieldId) -> Option<Withheld> {
        let of_members = register::get(field).of_members;
        let existence = of_members.then(|| Field {
            of_members,
            ..register::get(self.existence).clone()
        })?;
        self.grant.decide(&existence, &self.row.facts).err()
    }

    /// What its mere existence discloses; what an `id` in an answer tells.
    pub fn existence(&self) -> Disclosed {
        let entry = register::get(self.existence);
        self.disclosed(
            entry.categories.union(self.row.facts.categories),
            Arc::clone(&self.permits),
        )
    }

    /// The permit for a write of those categories of this very row.
    pub fn may_write(&self, categories: CategorySet) -> Result<Permit, Withheld> {
        let facts = &self.row.facts;
        let permit = self.grant.may_write(categories.union(facts.categories), facts)?;
        Ok(permit.of_categories(categories))
    }

    /// The family's grant.
    pub fn grant(&self) -> &Arc<Grant> {
        &self.grant
    }

    fn disclosed(&self, categories: CategorySet, permits: Arc<Permits>) -> Disclosed {
        Disclosed {
            about: Some((self.grant.facts.family, self.row.facts.subject)),
            categories,
            permits,
        }
    }
}

/// How one row is tied to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Itself.
    Own,
    /// The person it is about.
    Person,
    /// The person who decided.
    Decider,
    /// The plan it belongs to.
    Plan,
    /// The goal it belongs to.
    Goal,
    /// The assessment it belongs to.
    Assessment,
}

/// A row that tells by keys how it is tied to others. That is all that anyone sees of a row without a decision on the value.
pub trait Linked {
    /// The key that this link leads to, if it leads anywhere.
    fn link(&self, link: Link) -> Option<Uuid>;
}

impl<R: Linked> Visible<R> {
    /// The row's own key, which its existence tells.
    pub fn key(&self) -> Uuid {
        self.row.row.link(Link::Own).unwrap_or_default()
    }

    /// The key of a row that this one is tied to. Whether that row exists for the asker is for its own decision.
    pub fn link(&self, link: Link) -> Option<Uuid> {
        self.row.row.link(link)
    }
}

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

/// A field's value: released, or withheld with a reason. Made only here.
#[derive(Clone, Debug)]
pub struct Shared<T>(Result<(T, Disclosed), (FieldId, Withheld)>);

impl<T> Shared<T> {
    /// A value that is about nobody.
    pub fn about_nobody(ceiling: &Ceiling, field: FieldId, value: impl FnOnce() -> T) -> Self {
        let entry = register::get(field);
        match decide_about_nobody(ceiling, entry.access, entry.categories) {
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

    /// A value that is about nobody of a family but about what an agency did.
    pub fn about_own(ceiling: &Ceiling, field: FieldId, agency: Uuid, value: impl FnOnce() -> T) -> Self {
        let entry = register::get(field);
        match decide_about_own(ceiling, entry.access, entry.categories, agency) {
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

    /// The same withheld, if it is: so that nothing need be read for it.
    pub fn refused_own(ceiling: &Ceiling, field: FieldId, agency: Uuid) -> Option<Self> {
        let entry = register::get(field);
        decide_about_own(ceiling, entry.access, entry.categories, agency)
            .err()
            .map(|withheld| Self(Err((field, withheld))))
    }

    /// A field about nobody withheld, if it is: so that nothing need be read for it.
    pub fn refused(ceiling: &Ceiling, field: FieldId) -> Option<Self> {
        let entry = register::get(field);
        decide_about_nobody(ceiling, entry.access, entry.categories)
            .err()
            .map(|withheld| Self(Err((field, withheld))))
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
        let needs = Needs {
            access: entry.access,
            categories: entry.categories,
            area: entry.area,
            sourced: entry.sourced,
            of_members: entry.of_members,
        };
        let withheld = match beyond_ceiling(ceiling, needs) {
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

#[cfg(test)]
#[path = "grant_tests.rs"]
mod tests;
