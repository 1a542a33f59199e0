//! The fields that are compared, and how far each can agree.

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

/// How far a field of two descriptions agrees. Which of them a field can have, and in which order, [`Field::levels`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// Not known on one side: speaks neither for nor against.
    Missing,
    /// Different.
    Disagrees,
    /// A part is the same: one of several family names, two of day, month and year, the postcode's district, a part of the address.
    Part,
    /// Spelt alike.
    Similar,
    /// Sounds the same.
    Sounds,
    /// One is only the other's initial.
    Initial,
    /// The postcode's sector is the same, or the address but for its number.
    Near,
    /// The year of birth is the same, and one side knows no more than that.
    SameYear,
    /// Year and month of birth are the same, and one side knows no more than that.
    SameMonth,
    /// Born around the day on which the other side expects them.
    Expected,
    /// The year of birth is another as slips make it, day and month are the same.
    Year,
    /// As a slip of writing makes it: a letter or digit more, less, another, or two exchanged.
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

impl Field {
    /// Every field, in the order in which they are compared.
    pub const ALL: [Self; 7] = [
        Self::FamilyName,
        Self::GivenName,
        Self::DateOfBirth,
        Self::Postcode,
        Self::Address,
        Self::Sex,
        Self::Identifiers,
    ];

    /// How far the field can agree where it is known on both sides, from least to most. Dates that are known in part have levels that a model does not estimate
    /// (`Agreement::by_hand`).
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

    /// The field's name in a model's file.
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

    /// The place of a level among the field's own; none for a level that it cannot have, and for [`Agreement::Missing`].
    pub(super) fn place(self, level: Agreement) -> Option<usize> {
        self.levels().iter().position(|own| *own == level)
    }
}

impl Agreement {
    /// What speaks for the same person where a date of birth is known in part on one side, or expected: few are, so nothing is estimated. As many bits as there are years
    /// and months in 45 years of births, and times around a birth, less half a bit for slips.
    pub(super) const fn by_hand(self) -> Option<f64> {
        match self {
            Self::SameYear => Some(5.0),
            Self::SameMonth => Some(8.5),
            Self::Expected => Some(6.0),
            _ => None,
        }
    }

    /// The level's name in a model's file.
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
