//! What is asked: six operations, and chance that is the same for every server.

use chrono::{Days, NaiveDate};
use rand::{RngExt, SeedableRng, rngs::ChaCha12Rng, seq::SliceRandom};
use serde_json::{Value, json};

use crate::people::{Case, Person};

/// Criteria that the caller may see without anybody's consent.
const CRITERIA: [&str; 5] = ["CRIME", "EDUCATION", "CHILDREN_NEEDING_HELP", "WORK", "DOMESTIC_ABUSE"];

/// One of the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Whether a person is in a family of the programme, by name, date of birth and postcode. Asked by the police.
    LookUp,
    /// All of one family that a coordinator may see.
    Family,
    /// The first 50 families of an authority with members and criteria.
    Families,
    /// A list with a filter, an order and a count.
    Filtered,
    /// 50 plans with their outcomes.
    Plans,
    /// The same page of a family, asked by the police, who may see little of it.
    Withheld,
}

impl Operation {
    /// All, in the order of the report.
    pub const ALL: [Self; 6] = [
        Self::LookUp,
        Self::Family,
        Self::Families,
        Self::Filtered,
        Self::Plans,
        Self::Withheld,
    ];

    /// As the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LookUp => "1 look-up",
            Self::Family => "2 family page",
            Self::Families => "3 first 50 families",
            Self::Filtered => "4 filtered, ordered, counted",
            Self::Plans => "5 plans with outcomes",
            Self::Withheld => "6 mostly withheld",
        }
    }

    /// The agency's end of code, its kind, the role and the purpose of who asks.
    pub fn caller(self) -> Caller {
        match self {
            Self::LookUp | Self::Withheld => Caller::Police,
            Self::Family | Self::Families | Self::Filtered | Self::Plans => Caller::Coordinator,
        }
    }

    /// Whether there are only as many different questions as authorities.
    pub fn by_authority(self) -> bool {
        matches!(self, Self::Families | Self::Plans)
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// A look-up desk of the police.
    Police,
    /// Who co-ordinates the programme in the authority.
    Coordinator,
}

impl Caller {
    /// The end of the code of the agency, its kind, the role and the purpose.
    pub fn is(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Police => ("police", "police", "marker_lookup", "safeguarding"),
            Self::Coordinator => ("tff-team", "tff_team", "coordinator", "programme_management"),
        }
    }
}

/// What one request asks, whatever the operation.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Somebody of a family on the cohort that has agreed, with the family's reference and the authority.
    pub person: Person,
    /// A criterion to filter by.
    pub criterion: &'static str,
    /// Families that were attached on this day or later.
    pub since: NaiveDate,
}

impl Asked {
    /// What is known of the person.
    pub fn details(&self) -> Value {
        json!({
            "givenName": self.person.given_name, "familyName": self.person.family_name,
            "dateOfBirth": self.person.date_of_birth, "postcode": self.person.postcode,
        })
    }
}

/// As many questions as there are people to ask about, in an order of chance that is always the same. The second ones are about people whom the police
/// may not find, for whatever reason.
pub fn asked(people: Vec<Person>, day: NaiveDate) -> (Vec<Asked>, Vec<Asked>) {
    let mut chance = ChaCha12Rng::seed_from_u64(3);
    let mut people = people;
    people.shuffle(&mut chance);
    let asked = people.into_iter().map(|person| Asked {
        person,
        criterion: CRITERIA[chance.random_range(0..CRITERIA.len())],
        since: day
            .checked_sub_days(Days::new(chance.random_range(30..900)))
            .unwrap_or(day),
    });
    asked.partition(|asked| asked.person.case == Case::Shared)
}
