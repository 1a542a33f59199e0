//! Code lists of look-ups.

use async_graphql::Enum;

use crate::matching;

/// What became of a look-up.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum LookupStatus {
    /// Exactly one person fits, and their family has a marker that is yours to see.
    Matched,
    /// Somebody may fit, and it is not clear who or whether. Give more details.
    Ambiguous,
    /// Nobody of whom you may know fits.
    NotFound,
}

/// What of a person was compared.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "matching::Field")]
pub enum MatchField {
    /// The family name.
    FamilyName,
    /// The given names.
    GivenName,
    /// The date of birth.
    DateOfBirth,
    /// The postcode.
    Postcode,
    /// The address.
    Address,
    /// The sex.
    Sex,
    /// The numbers in other systems.
    Identifiers,
}

/// How far what you gave agrees with what is stored.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "matching::Agreement")]
pub enum MatchLevel {
    /// Not known on one side, or not to be compared; or a place, or the number of a home or a school, that does not speak for the person.
    Missing,
    /// Different.
    Disagrees,
    /// A part is the same.
    Part,
    /// Spelt alike.
    Similar,
    /// Sounds the same.
    Sounds,
    /// One is only the other's initial.
    Initial,
    /// The postcode's sector is the same, or the address but for its number.
    Near,
    /// The year of birth is the same, and no more of the date is known on one side.
    SameYear,
    /// Year and month of birth are the same, and the day is not known on one side.
    SameMonth,
    /// Born around the day on which the child was expected.
    Expected,
    /// Day and month are the same, the year is another.
    Year,
    /// As a slip of writing makes it.
    Slip,
    /// Day and month are exchanged.
    Transposed,
    /// Given name and family name are exchanged.
    Swapped,
    /// One is a short form of the other.
    Nickname,
    /// The same.
    Exact,
}
