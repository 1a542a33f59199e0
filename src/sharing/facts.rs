//! The facts about one family, and about one row of it, on which decisions rest.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    born::Born,
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

/// Days from a first one until one that is no longer in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The day of its end; none while it has not ended.
    pub until: Option<NaiveDate>,
}

impl Period {
    /// Whether the day is in it.
    pub fn holds_on(self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// A membership of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Belongs {
    /// When.
    pub period: Period,
    /// Whether, as a member, they have parental responsibility for all children of the family.
    pub parental_responsibility: bool,
}

/// A person as decisions need to know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFacts {
    /// The person's key.
    pub person: Uuid,
    /// Decides between own consent and a parent's.
    pub born: Born,
    /// Their memberships of the family, in any order.
    pub belongs: Vec<Belongs>,
    /// When they were recorded as lacking capacity to decide.
    pub lacks_capacity: Vec<Period>,
    /// The day of their death.
    pub died_on: Option<NaiveDate>,
    /// Whether they belong to the family today.
    pub in_family: bool,
    /// Whether they are at risk, so that where they live must not be told.
    pub shielded: bool,
}

impl PersonFacts {
    /// Whether they belonged to the family on a day: a membership ends on the day of a death.
    pub fn belonged_on(&self, day: NaiveDate) -> bool {
        self.lived_on(day) && self.belongs.iter().any(|belongs| belongs.period.holds_on(day))
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
    /// The people who are in the family today.
    pub fn members(&self) -> impl Iterator<Item = &PersonFacts> {
        self.people.iter().filter(|person| person.in_family)
    }

    /// Whether a shielded person lives with the family, or might.
    pub fn houses_shielded(&self) -> bool {
        !self.people_read || self.members().any(|person| person.shielded)
    }

    /// The person with that key, in the family now or before.
    pub fn person(&self, key: Uuid) -> Option<&PersonFacts> {
        self.people.iter().find(|person| person.person == key)
    }
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
    /// Whether it is a membership that has ended, or has not begun.
    pub not_today: bool,
}

impl RowFacts {
    /// A row about the whole family.
    pub fn family() -> Self {
        Self {
            subject: Subject::Family,
            source: None,
            categories: CategorySet::EMPTY,
            not_today: false,
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
    pub fn membership(person: Uuid, holds_today: bool) -> Self {
        Self {
            not_today: !holds_today,
            ..Self::person(person)
        }
    }

    /// Whether it is about the family, or about somebody who is a member today by the very membership that the row is, if it is one.
    pub(super) fn is_of_today(&self, facts: &FamilyFacts) -> bool {
        match self.subject {
            Subject::Family => true,
            Subject::Person(person) => !self.not_today && facts.members().any(|member| member.person == person),
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
