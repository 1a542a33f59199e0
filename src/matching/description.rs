//! What is known of a person, on either side.

use chrono::NaiveDate;

use super::normal;

/// What is known of a person. What is not known is `None`, or an empty list; empty texts count as not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The given names, as written.
    pub given_name: Option<String>,
    /// The family name, as written.
    pub family_name: Option<String>,
    /// The date of birth, where it is wholly known.
    pub date_of_birth: Option<NaiveDate>,
    /// What is known of it otherwise; counts for nothing where it is wholly known.
    pub born_about: Option<BornAbout>,
    /// The postcode, as written.
    pub postcode: Option<String>,
    /// The address without its postcode, in one line, as written.
    pub address: Option<String>,
    /// The sex, where it is known.
    pub sex: Option<Sex>,
    /// Numbers in other systems.
    pub identifiers: Vec<Identifier>,
}

/// A person's sex as a system records it. Not known is none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Recorded as something else.
    Other,
}

/// A number in another system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// The system's code.
    pub system: String,
    /// The number, as written.
    pub value: String,
}

/// Systems whose numbers lead to where somebody lives or goes to school, as [`normal::code`] writes them.
const OF_A_PLACE: [&str; 2] = ["TENANCY", "UPN"];

impl Identifier {
    /// Whether the number is of a home or a school: a tenancy, a pupil. Shielding covers such numbers as it covers addresses.
    pub fn is_of_a_place(&self) -> bool {
        is_of_a_place(&normal::code(&self.system))
    }
}

/// The same of a system as [`normal::code`] writes it.
pub(super) fn is_of_a_place(system: &str) -> bool {
    OF_A_PLACE.contains(&system)
}

/// What of a date of birth is known where it is not wholly known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BornAbout {
    /// The year.
    Year(i32),
    /// The year and the month.
    Month(i32, u32),
    /// The day on which a child who was not born yet is expected.
    Expected(NaiveDate),
}

impl BornAbout {
    /// The year, and the month if that is known.
    pub fn within(year: i32, month: Option<u32>) -> Self {
        month.map_or(Self::Year(year), |month| Self::Month(year, month))
    }
}
