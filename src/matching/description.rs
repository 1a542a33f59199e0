//! The description of a person, whether asked about or stored.

use chrono::NaiveDate;

use super::normal;

/// What is known of a person. Unknown values are `None` or an empty list; empty texts count as unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The given names, as written.
    pub given_name: Option<String>,
    /// The family name, as written.
    pub family_name: Option<String>,
    /// The date of birth, if it is known in full.
    pub date_of_birth: Option<NaiveDate>,
    /// A partial date of birth; ignored if the full one is known.
    pub born_about: Option<BornAbout>,
    /// The postcode, as written.
    pub postcode: Option<String>,
    /// The address without its postcode, as one line, as written.
    pub address: Option<String>,
    /// The sex, if it is known.
    pub sex: Option<Sex>,
    /// Numbers in other systems.
    pub identifiers: Vec<Identifier>,
}

/// A person's sex as a system records it. If unknown, it is left out.
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

/// Systems whose numbers reveal where somebody lives or goes to school, as written by [`normal::code`].
const OF_A_PLACE: [&str; 2] = ["TENANCY", "UPN"];

impl Identifier {
    /// Whether the number reveals a home or a school: a tenancy, a pupil. Shielding covers such numbers like
    /// addresses.
    pub fn is_of_a_place(&self) -> bool {
        is_of_a_place(&normal::code(&self.system))
    }
}

/// The same for a system as written by [`normal::code`].
pub(super) fn is_of_a_place(system: &str) -> bool {
    OF_A_PLACE.contains(&system)
}

/// A date of birth that is not known in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BornAbout {
    /// The year only.
    Year(i32),
    /// The year and the month.
    Month(i32, u32),
    /// The expected date of birth of an unborn child.
    Expected(NaiveDate),
}

impl BornAbout {
    /// The year, with the month if it is known.
    pub fn within(year: i32, month: Option<u32>) -> Self {
        month.map_or(Self::Year(year), |month| Self::Month(year, month))
    }
}
