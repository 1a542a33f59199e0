//! The fields that are compared, and their levels of agreement.

/// A field of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
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

/// A level of agreement of a field. [`Field::levels`] has the levels that each field can have, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// Unknown on one side: neither for nor against.
    Missing,
    /// Different.
    Disagrees,
    /// Partly the same: one of several family names, two of day, month and year, the postcode's district,
    /// part of the address.
    Part,
    /// Similar spelling.
    Similar,
    /// Sounds the same.
    Sounds,
    /// One is the initial of the other.
    Initial,
    /// The postcode's sector is the same, or the address except for its number.
    Near,
    /// The year of birth is the same, and one side knows only that.
    SameYear,
    /// The year and month of birth are the same, and one side knows only that.
    SameMonth,
    /// Born around the other side's expected date.
    Expected,
    /// Day and month are the same, and the year differs as by a typing mistake.
    Year,
    /// A typing mistake: a letter or digit added, missing, changed, or two swapped.
    Slip,
    /// Day and month are swapped.
    Transposed,
    /// Given name and family name are swapped.
    Swapped,
    /// One is a short form of the other.
    Nickname,
    /// The same.
    Exact,
}

impl Field {
    /// Every field, in the order of comparison.
    pub const ALL: [Self; 7] = [
        Self::FamilyName,
        Self::GivenName,
        Self::DateOfBirth,
        Self::Postcode,
        Self::Address,
        Self::Sex,
        Self::Identifiers,
    ];

    /// The levels that a field can have if it is known on both sides, from least to most. Partial dates have
    /// levels that are not estimated by a model (`Agreement::fixed_weight`).
    pub const fn levels(self) -> &'static [Agreement] {
        use Agreement::{
            Disagrees, Exact, Initial, Near, Nickname, Part, Similar, Slip, Sounds, Swapped, Transposed, Year,
        };
        match self {
            Self::FamilyName => &[Disagrees, Similar, Sounds, Part, Slip, Swapped, Exact],
            Self::GivenName => &[
                Disagrees, Similar, Sounds, Initial, Part, Slip, Nickname, Swapped, Exact,
            ],
            Self::DateOfBirth => &[Disagrees, Part, Year, Slip, Transposed, Exact],
            Self::Postcode => &[Disagrees, Part, Near, Slip, Exact],
            Self::Address => &[Disagrees, Part, Near, Similar, Exact],
            Self::Sex => &[Disagrees, Exact],
            Self::Identifiers => &[Disagrees, Slip, Exact],
        }
    }

    /// The field's name in a model file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::DateOfBirth => "date_of_birth",
            Self::Postcode => "postcode",
            Self::Address => "address",
            Self::Sex => "sex",
            Self::Identifiers => "identifiers",
        }
    }

    /// The index of a level among the field's own; `None` for a level that it cannot have, and for
    /// [`Agreement::Missing`].
    pub(super) fn place(self, level: Agreement) -> Option<usize> {
        self.levels().iter().position(|own| *own == level)
    }
}

impl Agreement {
    /// The fixed weight if a date of birth is partial or expected on one side: such dates are too few to
    /// estimate from. As many bits as there are years and months in 45 years of births, and periods around a
    /// birth, less half a bit for mistakes.
    pub(super) const fn fixed_weight(self) -> Option<f64> {
        match self {
            Self::SameYear => Some(5.0),
            Self::SameMonth => Some(8.5),
            Self::Expected => Some(6.0),
            _ => None,
        }
    }

    /// The level's name in a model file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Disagrees => "disagrees",
            Self::Part => "part",
            Self::Similar => "similar",
            Self::Sounds => "sounds",
            Self::Initial => "initial",
            Self::Near => "near",
            Self::SameYear => "same_year",
            Self::SameMonth => "same_month",
            Self::Expected => "expected",
            Self::Year => "year",
            Self::Slip => "slip",
            Self::Transposed => "transposed",
            Self::Swapped => "swapped",
            Self::Nickname => "nickname",
            Self::Exact => "exact",
        }
    }
}
