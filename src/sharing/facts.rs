//! The facts about one family, and about one row of it, on which decisions rest.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub use super::membership::{End, MembershipFacts, Period, stays_from};
use super::{
    born::Born,
    caller::{Caller, Party},
    category::{Category, CategorySet},
};

/// Whom a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The whole family.
    Family,
    /// One person in it.
    Person(Uuid),
}

/// Whose rows they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A family's.
    Family(Uuid),
    /// An agency's own: about no family.
    Agency(Uuid),
    /// The authority's as a whole.
    Authority,
}

/// A person as decisions need to know them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own about the person, answered by yes or no"
)]
pub struct PersonFacts {
    /// The person's key.
    pub person: Uuid,
    /// Decides between own consent and a parent's.
    pub born: Born,
    /// Their memberships of the family, in any order.
    pub memberships: Vec<MembershipFacts>,
    /// Those of other families.
    pub others: Vec<MembershipFacts>,
    /// When they were recorded as lacking capacity to decide.
    pub lacks_capacity: Vec<Period>,
    /// The day of their death.
    pub died_on: Option<NaiveDate>,
    /// Whether they belong to the family today.
    pub in_family: bool,
    /// Whether a membership of theirs in it is recorded that has not ended: they belong to it today, or are yet to come.
    pub belongs: bool,
    /// Whether they are at risk, so that where they live must not be told.
    pub shielded: bool,
    /// Whether they belong, or will, to any family that shielding covers, this or another.
    pub sheltered: bool,
}

impl PersonFacts {
    /// Whether they belonged to the family on a day: a membership ends on the day of a death.
    pub fn belonged_on(&self, day: NaiveDate) -> bool {
        self.lived_on(day) && self.memberships.iter().any(|one| one.period.holds_on(day))
    }

    /// Whether a membership of theirs in this family, or any where none is named, is the last one of somebody who is in no family now, and stays as it was.
    fn stays(&self, membership: Option<&MembershipFacts>, today: NaiveDate) -> bool {
        let all = self.memberships.iter().chain(&self.others);
        let Some(last) = stays_from(all, self.died_on, today) else {
            return false;
        };
        let mut asked = self
            .memberships
            .iter()
            .filter(|one| membership.is_none_or(|row| row == *one));
        asked.any(|one| one.period.from <= today && one.ended_on(self.died_on, last))
    }

    /// Whether they had not died.
    pub fn lived_on(&self, day: NaiveDate) -> bool {
        self.died_on.is_none_or(|died| day < died)
    }
}

/// Who says yes or no.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decider {
    /// Somebody of the family.
    Person(Uuid),
    /// Somebody of an agency: whom an authority names that holds parental responsibility, or who decides in the best interests of
    /// a person who lacks capacity.
    Professional {
        /// Their agency.
        agency: Uuid,
        /// Who they are.
        subject: String,
    },
}

/// Parental responsibility for one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsibility {
    /// For whom.
    pub child: Uuid,
    /// Whose: a person, or whom the authority names that holds it.
    pub held_by: Decider,
    /// When.
    pub period: Period,
}

/// What a decision about consent says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConsentAnswer {
    /// Yes.
    Given,
    /// No.
    Refused,
}

/// One recorded decision about consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentDecision {
    /// In which family it was said.
    pub family: Uuid,
    /// Whose data it is about.
    pub person: Uuid,
    /// What category of data.
    pub category: Category,
    /// For agencies of what kind.
    pub agency_kind: String,
    /// For which purposes; none named means every one.
    pub purposes: Option<Vec<String>>,
    /// Yes or no.
    pub answer: ConsentAnswer,
    /// Who decided.
    pub decided_by: Decider,
    /// When it was said. Of one decider the newest word counts; of two at the same instant the no, else that with the greater `key`.
    pub recorded_at: DateTime<Utc>,
    /// The day to which that instant belongs.
    pub recorded_on: NaiveDate,
    /// The decision's own key.
    pub key: Uuid,
    /// The last day on which it holds.
    pub expires_on: Option<NaiveDate>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// The day to which that instant belongs.
    pub withdrawn_on: Option<NaiveDate>,
}

/// Emergency access that a person opened for this family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyFact {
    /// The emergency access's key.
    pub key: Uuid,
    /// The agency of the person who opened it.
    pub agency: Uuid,
    /// The person who opened it.
    pub subject: String,
    /// When it begins to hold.
    pub opened_at: DateTime<Utc>,
    /// From when it holds no longer.
    pub expires_at: DateTime<Utc>,
}

/// Somebody to whom the family is barred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The agency for which they ask; none for whichever it is.
    pub agency: Option<Uuid>,
    /// Who.
    pub subject: String,
    /// When.
    pub period: Period,
}

/// Everything a decision about one family's rows rests on, as of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyFacts {
    /// The authority the family belongs to.
    pub authority: i32,
    /// The family's key.
    pub family: Uuid,
    /// Whether it is on the cohort today.
    pub on_cohort: bool,
    /// Agencies with an open involvement.
    pub involved: Vec<Uuid>,
    /// The Lead Professional: agency and subject; none where the subject is not known.
    pub lead: Option<(Uuid, String)>,
    /// Everyone who is or was in the family; nobody where the people were not read.
    pub people: Vec<PersonFacts>,
    /// Whether the people were read. Where they were not, anybody might be shielded.
    pub people_read: bool,
    /// The other households to which anybody belongs who has left this one, each with all who belong or belonged to it; where
    /// a child lives now, it is decided for them.
    pub elsewhere: Vec<Vec<PersonFacts>>,
    /// Parental responsibility for its people beside what their memberships say.
    pub responsibilities: Vec<Responsibility>,
    /// Decisions about the consent of its people, in whatever family they were said, in any order.
    pub consents: Vec<ConsentDecision>,
    /// To whom it is barred.
    pub bars: Vec<Bar>,
    /// Emergency access opened for this family.
    pub emergencies: Vec<EmergencyFact>,
    /// From this age on, in years, a person's own decision counts.
    pub own_consent_age: i32,
    /// The moment of the decision.
    pub now: DateTime<Utc>,
    /// The day of the decision, in the United Kingdom.
    pub today: NaiveDate,
}

impl FamilyFacts {
    /// Whether it is barred to whoever asks, or to the portal that asks for them.
    pub fn bars(&self, caller: &Caller) -> bool {
        let named = |bar: &Bar, party: &Party| {
            bar.subject == party.subject && bar.agency.is_none_or(|agency| agency == party.agency)
        };
        let mut bars = self.bars.iter().filter(|bar| bar.period.holds_on(self.today));
        bars.any(|bar| caller.parties().any(|party| named(bar, party)))
    }

    /// The people who are in the family today.
    pub fn members(&self) -> impl Iterator<Item = &PersonFacts> {
        self.people.iter().filter(|person| person.in_family)
    }

    /// Whether shielding covers the family: from when the membership of a shielded person is recorded until it has ended; or might.
    pub fn houses_shielded(&self) -> bool {
        !self.people_read || self.people.iter().any(|person| person.belongs && person.shielded)
    }

    /// Whether it covers what tells where a person is. Someone of whom nothing is known might be shielded, so they are.
    pub(super) fn shelters(&self, person: Uuid) -> bool {
        let known = self.person(person);
        self.houses_shielded() || known.is_none_or(|person| person.shielded || person.sheltered)
    }

    /// Whether it covers them because of another family alone, of which nothing may be told here.
    pub(super) fn sheltered_elsewhere(&self, subject: Subject) -> bool {
        let Subject::Person(person) = subject else { return false };
        let known = self.person(person);
        !self.houses_shielded() && known.is_some_and(|person| !person.shielded && person.sheltered)
    }

    /// The person with that key, in the family now or before.
    pub fn person(&self, key: Uuid) -> Option<&PersonFacts> {
        self.people.iter().find(|person| person.person == key)
    }
}

/// Whether what is recorded of somebody is theirs today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// It is, or it is of the family.
    Today,
    /// It was, in the last family of somebody who is in none now, and stays as it was.
    AsItWas,
    /// It is not.
    No,
}

/// What a decision needs to know of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFacts {
    /// Whom it is about.
    pub subject: Subject,
    /// The agency it came from, where that is known.
    pub source: Option<Uuid>,
    /// Categories that this very row has besides its fields' own: those of its criterion or measure.
    pub categories: CategorySet,
    /// Which membership it is, if it is one.
    pub membership: Option<MembershipFacts>,
    /// Whether it tells where the person is whom it is about, as the number of a tenancy or a pupil does: shielding covers it.
    pub whereabouts: bool,
}

impl RowFacts {
    /// A row about the whole family.
    pub fn family() -> Self {
        Self {
            subject: Subject::Family,
            source: None,
            categories: CategorySet::EMPTY,
            membership: None,
            whereabouts: false,
        }
    }

    /// A row about one person.
    pub fn person(person: Uuid) -> Self {
        Self {
            subject: Subject::Person(person),
            ..Self::family()
        }
    }

    /// A row that no family holds: of that agency, or of the authority as a whole.
    pub fn of_no_family(agency: Option<Uuid>) -> Self {
        Self {
            source: agency,
            ..Self::family()
        }
    }

    /// A row about that person, or about the family when there is none.
    pub fn about(person: Option<Uuid>) -> Self {
        person.map_or_else(Self::family, Self::person)
    }

    /// A membership, which may have ended or not begun.
    pub fn membership(person: Uuid, membership: MembershipFacts) -> Self {
        Self {
            membership: Some(membership),
            ..Self::person(person)
        }
    }

    /// A number of a person in another system, which may be that of their home or school.
    pub fn number(person: Uuid, of_a_place: bool) -> Self {
        Self {
            whereabouts: of_a_place,
            ..Self::person(person)
        }
    }

    /// Whether it is about the family, or about somebody who is a member today by the very membership that the row is, if it is one; or was, and it stays so.
    pub(super) fn held(&self, facts: &FamilyFacts) -> Held {
        let Subject::Person(key) = self.subject else {
            return Held::Today;
        };
        let (Some(person), today) = (facts.person(key), facts.today) else {
            return Held::No;
        };
        let membership = self.membership.as_ref();
        if person.in_family && membership.is_none_or(|row| row.period.holds_on(today)) {
            Held::Today
        } else if person.stays(membership, today) {
            Held::AsItWas
        } else {
            Held::No
        }
    }

    /// The same row, known to come from an agency.
    #[must_use]
    pub fn from_agency(self, source: Uuid) -> Self {
        Self {
            source: Some(source),
            ..self
        }
    }

    /// The same row with categories of its own.
    #[must_use]
    pub fn with_categories(self, categories: CategorySet) -> Self {
        Self { categories, ..self }
    }
}
