//! What is known of a person, on either side.

use chrono::NaiveDate;

use super::{BornAbout, normal};

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

/// Whether a description can be looked up by: it has a family name and a date of birth (where only the year is known, the postcode too), or an identifier.
pub fn enough(description: &Description) -> bool {
    let named = description
        .family_name
        .as_deref()
        .is_some_and(|name| !normal::name(name).is_empty());
    let at = |text: &Option<String>| text.as_deref().is_some_and(|text| !normal::code(text).is_empty());
    let born = match description.born_about {
        _ if description.date_of_birth.is_some() => true,
        Some(BornAbout::Expected(_)) => true,
        Some(BornAbout::Year(_) | BornAbout::Month(..)) => at(&description.postcode),
        None => false,
    };
    named && born || !normal::identifiers(description).is_empty()
}
