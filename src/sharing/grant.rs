//! The grant: what a caller may see now of one family, or of what no family holds. The only way from a stored row to a released value.

mod shared;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::NaiveDate;
use uuid::Uuid;

pub use self::shared::{Disclosed, Granted, Shared};
use super::{
    agreement::Access,
    category::{Category, CategorySet},
    ceiling::Ceiling,
    consent::{Asking, may_decide, to_be_asked},
    decide::{
        Decision, NOT_IN_AGREEMENT, Needs, Permits, Withheld, decide, decide_explained, decide_found,
        decide_of_no_family,
    },
    facts::{Decider, FamilyFacts, Holder, MembershipFacts, RowFacts, Subject},
    permit::Permit,
    register::{self, Field, FieldId},
};

/// A stored row that nothing outside this room can look into.
#[derive(Clone)]
pub struct Guarded<R> {
    holder: Holder,
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
        Self {
            holder: Holder::Family(family),
            row,
            facts,
        }
    }

    /// The same of a row about no family: of that agency, or of the authority as a whole.
    pub fn of_no_family(agency: Option<Uuid>, row: R) -> Self {
        Self {
            holder: agency.map_or(Holder::Authority, Holder::Agency),
            row,
            facts: RowFacts::of_no_family(agency),
        }
    }
}

/// What decisions rest on besides the ceiling and the row: it says whose rows a grant opens.
pub trait Ground {
    /// Whether rows of that holder are decided on it.
    fn opens(&self, holder: Holder) -> bool;

    /// Decides about a value of such a row.
    fn decide(&self, ceiling: &Ceiling, needs: Needs, row: &RowFacts) -> Decision;

    /// Whom such a row is about, for the trail.
    fn about(&self, subject: Subject) -> Option<(Uuid, Subject)>;
}

/// The rows of one family.
impl Ground for FamilyFacts {
    fn opens(&self, holder: Holder) -> bool {
        holder == Holder::Family(self.family)
    }

    fn decide(&self, ceiling: &Ceiling, needs: Needs, row: &RowFacts) -> Decision {
        decide(ceiling, needs, self, row)
    }

    fn about(&self, subject: Subject) -> Option<(Uuid, Subject)> {
        Some((self.family, subject))
    }
}

/// The rows that no family holds: those of every agency, and of the authority as a whole. Whose a row is decides.
#[derive(Clone, Copy, Debug)]
pub struct NoFamily;

impl Ground for NoFamily {
    fn opens(&self, holder: Holder) -> bool {
        match holder {
            Holder::Family(_) => false,
            Holder::Agency(_) | Holder::Authority => true,
        }
    }

    fn decide(&self, ceiling: &Ceiling, needs: Needs, row: &RowFacts) -> Decision {
        decide_of_no_family(ceiling, needs, row.source)
    }

    fn about(&self, _: Subject) -> Option<(Uuid, Subject)> {
        None
    }
}

/// The ceiling, and the facts about one family or that it is about none.
pub struct Grant<G = FamilyFacts> {
    ceiling: Arc<Ceiling>,
    facts: G,
    /// What was decided already. The ceiling and the facts stay as they are, so the same question has the same answer.
    decided: Mutex<Vec<(Asked, Decided)>>,
}

/// All that a decision depends on besides the ceiling and the grant's facts: what is needed, whom the row is about, whence it came, which membership it is, and whether it tells where they are.
type Asked = (Needs, Subject, Option<Uuid>, Option<MembershipFacts>, bool);

/// What was decided, to be shared by all values of which it holds.
type Decided = Result<Arc<Permits>, Withheld>;

/// A family has few kinds of rows and few people; what goes beyond is decided each time.
const REMEMBERED: usize = 64;

/// Says that there is a grant and nothing of the family.
impl<G> fmt::Debug for Grant<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").finish_non_exhaustive()
    }
}

impl<G: Ground> Grant<G> {
    /// The grant for whatever rows the facts are about.
    pub fn new(ceiling: Arc<Ceiling>, facts: G) -> Self {
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

    /// Decides about a field of a row.
    fn decide(&self, field: &Field, row: &RowFacts) -> Decided {
        let needs = Needs::of(field, row.categories).ok_or(NOT_IN_AGREEMENT)?;
        let asked = (needs, row.subject, row.source, row.membership, row.whereabouts);
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = decided.iter().find(|(known, _)| *known == asked) {
            return known.clone();
        }
        let new = self.facts.decide(&self.ceiling, needs, row).map(Arc::new);
        if decided.len() < REMEMBERED {
            decided.push((asked, new.clone()));
        }
        new
    }

    /// Whether a row with these facts would exist for the asker, if there were one: where a change can fail because of a row, telling so
    /// tells of the row.
    pub fn would_show(&self, existence: FieldId, row: &RowFacts) -> bool {
        self.decide(register::get(existence), row).is_ok()
    }

    /// The row, if it exists for the asker: if what its existence says (`existence` in the register) is permitted.
    pub fn visible<R>(self: &Arc<Self>, existence: FieldId, row: &Arc<Guarded<R>>) -> Option<Visible<R, G>> {
        if !self.facts.opens(row.holder) {
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

/// What is of a family alone.
impl Grant {
    /// The family it is about. Only the store and the trail need to know.
    pub fn family(&self) -> Uuid {
        self.facts.family
    }

    /// The day of its decisions, in the United Kingdom.
    pub fn today(&self) -> NaiveDate {
        self.facts.today
    }

    /// The permit for a write of those categories to a row of the family.
    pub fn may_write(&self, categories: CategorySet, row: &RowFacts) -> Result<Permit, Withheld> {
        let needs = Needs {
            access: Access::Write,
            categories,
            area: false,
            whereabouts: false,
            sourced: true,
            agency: false,
            of_members: false,
        };
        let permits = decide(&self.ceiling, needs, &self.facts, row)?;
        Ok(Permit::of_family(self.facts.family, categories, row, permits))
    }

    /// The permit for a decision of somebody about a person of the family, both of them in it today, to be recorded by whoever leads the family or works with it,
    /// whatever they may see of it.
    pub fn may_record_unseen(&self, categories: CategorySet, person: Uuid, decider: &Decider) -> Option<Permit> {
        let own = &self.ceiling.caller().principal;
        let works = self.is_led_by_caller() || self.facts.involved.contains(&own.agency);
        // A professional's word that is passed over is not kept: whom to ask would take it for an answer.
        let heard = match decider {
            Decider::Person(decider) => self.is_member(*decider),
            Decider::Professional { .. } => self.may_decide(person, decider),
        };
        if !(works && heard && self.is_member(person)) {
            return None;
        }
        let row = RowFacts::person(person).from_agency(own.agency);
        let permit = self.may_write(categories, &row).ok()?;
        // Whoever has opened an emergency does not work with the family.
        permit.emergency().is_none().then_some(permit)
    }

    /// Whether somebody is in the family today: for a change of which nobody is told what came of it.
    pub fn is_member(&self, person: Uuid) -> bool {
        self.facts.person(person).is_some_and(|person| person.in_family)
    }

    /// Whether somebody of the family may be found by what the asker knows of them; what it discloses that they are.
    pub fn finds(&self, person: Uuid) -> Option<Granted> {
        let permits = decide_found(&self.ceiling, &self.facts, person).ok()?;
        Some(self.granted(Subject::Person(person), CategorySet::of(&[Category::Marker]), permits))
    }

    /// Whether the asker is told exactly how what they know of somebody agrees with what is stored in these categories: where each of them is
    /// permitted, for that very person, by clauses that explain themselves. Gives what it discloses, for a field of the register.
    pub fn explains(&self, field: FieldId, person: Uuid, categories: CategorySet) -> Option<Granted> {
        let entry = register::get(field);
        let categories = entry.categories.union(categories);
        let facts = RowFacts::person(person).with_categories(categories);
        let needs = Needs::of(entry, facts.categories)?;
        let permits = decide_explained(&self.ceiling, needs, &self.facts, &facts).ok()?;
        Some(self.granted(Subject::Person(person), categories, permits))
    }

    /// Whether an error about that input may be exact, of a row with these facts (`tells:` in the register); what it discloses then.
    pub fn may_tell(&self, input: FieldId, row: &RowFacts) -> Option<Granted> {
        let needs = Needs {
            access: Access::Read,
            categories: register::get(input).tells,
            area: false,
            whereabouts: false,
            sourced: true,
            agency: false,
            of_members: false,
        };
        let permits = decide(&self.ceiling, needs, &self.facts, row).ok()?;
        Some(self.granted(row.subject, needs.categories, permits))
    }

    fn granted(&self, subject: Subject, categories: CategorySet, permits: Permits) -> Granted {
        Granted::new(Disclosed {
            about: self.facts.about(subject),
            categories,
            permits: Arc::new(permits),
        })
    }

    /// Why somebody of the family is to be asked for consent, and by which day, where the caller leads it now.
    pub fn to_be_asked(&self, person: Uuid) -> Option<(Asking, NaiveDate)> {
        self.is_led_by_caller().then(|| to_be_asked(&self.facts, person))?
    }

    /// Whether the caller is its Lead Professional.
    fn is_led_by_caller(&self) -> bool {
        let own = &self.ceiling.caller().principal;
        let lead = self.facts.lead.as_ref();
        lead.is_some_and(|(agency, subject)| *agency == own.agency && *subject == own.subject)
    }

    /// Whether it is for that person to decide for themselves today, or may be: then a refusal of their word tells that they lack capacity.
    pub fn may_be_of_own_consent_age(&self, person: Uuid) -> bool {
        let (age, today) = (self.facts.own_consent_age, self.facts.today);
        self.facts
            .person(person)
            .is_none_or(|person| person.born.may_be(age, today))
    }

    /// Whether a decision about consent for that person that the decider makes today would count.
    pub fn may_decide(&self, person: Uuid, decider: &Decider) -> bool {
        may_decide(&self.facts, person, decider)
    }
}

/// A row that exists for the asker. Only [`Grant::visible`] makes one.
#[derive(Debug)]
pub struct Visible<R, G = FamilyFacts> {
    grant: Arc<Grant<G>>,
    row: Arc<Guarded<R>>,
    existence: FieldId,
    permits: Arc<Permits>,
}

impl<R, G> Clone for Visible<R, G> {
    fn clone(&self) -> Self {
        Self {
            grant: Arc::clone(&self.grant),
            row: Arc::clone(&self.row),
            existence: self.existence,
            permits: Arc::clone(&self.permits),
        }
    }
}

impl<R, G: Ground> Visible<R, G> {
    /// The value of a field, released or withheld.
    pub fn release<T>(&self, field: FieldId, value: impl FnOnce(&R) -> T) -> Shared<T> {
        let entry = register::get(field);
        match self.grant.decide(entry, &self.row.facts) {
            Ok(permits) => {
                let categories = entry.categories.union(self.row.facts.categories);
                Shared::released(value(&self.row.row), self.disclosed(categories, permits))
            }
            Err(withheld) => Shared::withheld(field, withheld),
        }
    }

    /// A field that only holds rows (`rows:` in the register), each decided for itself: withheld where the ceiling has none of them, or where only members of today have it.
    pub fn release_rows<T>(&self, field: FieldId, rows: impl FnOnce() -> T) -> Shared<T> {
        if register::get(field).rows.is_none() {
            return Shared::not_in_agreement(field);
        }
        match self.refused_today(field) {
            Some(withheld) => {
                Shared::beyond(&self.grant.ceiling, field).unwrap_or_else(|| Shared::withheld(field, withheld))
            }
            None => Shared::rows(&self.grant.ceiling, field, rows),
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

    /// Whose row it is.
    pub fn holder(&self) -> Holder {
        self.row.holder
    }

    /// The grant that opened it.
    pub fn grant(&self) -> &Arc<Grant<G>> {
        &self.grant
    }

    fn disclosed(&self, categories: CategorySet, permits: Arc<Permits>) -> Disclosed {
        Disclosed {
            about: self.grant.facts.about(self.row.facts.subject),
            categories,
            permits,
        }
    }
}

impl<R> Visible<R> {
    /// The permit for a write of those categories of this very row.
    pub fn may_write(&self, categories: CategorySet) -> Result<Permit, Withheld> {
        let facts = &self.row.facts;
        let permit = self.grant.may_write(categories.union(facts.categories), facts)?;
        Ok(permit.of_categories(categories))
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
    /// The meeting it belongs to.
    Meeting,
}

/// A row that tells by keys how it is tied to others. That is all that anyone sees of a row without a decision on the value.
pub trait Linked {
    /// The key that this link leads to, if it leads anywhere.
    fn link(&self, link: Link) -> Option<Uuid>;
}

impl<R: Linked, G> Visible<R, G> {
    /// The row's own key, which its existence tells.
    pub fn key(&self) -> Uuid {
        self.row.row.link(Link::Own).unwrap_or_default()
    }

    /// The key of a row that this one is tied to. Whether that row exists for the asker is for its own decision.
    pub fn link(&self, link: Link) -> Option<Uuid> {
        self.row.row.link(link)
    }
}

#[cfg(test)]
#[path = "grant_tests.rs"]
mod tests;
