//! The kinds of entries: what happened.
//!
//! Pure.

use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Data about a person was disclosed in an answer.
    Disclosed,
    /// An operation was refused as a whole.
    Refused,
    /// A change was made.
    Write,
    /// A consent was recorded or withdrawn.
    Consent,
    /// Emergency access was opened, closed or shown.
    Emergency,
    /// An agreement was loaded, or a signatory joined or left.
    Agreement,
    /// A token was rejected.
    SignInFailed,
    /// A server process started a chain.
    ChainOpened,
    /// A change that an earlier entry announced was not made.
    WriteFailed,
    /// People were looked up, whether or not they were found.
    LookedUp,
    /// A client did something that a person should look into.
    Alert,
    /// A process whose trail could not be written to can write again. The number of entries lost is in
    /// `withheld`.
    Resumed,
    /// Databases found to be out of date were compared, and what the trail knows was done again.
    Restored,
    /// Links to the heads of other chains that have grown since they were last named.
    Tied,
    /// A month was archived to a file, with all its chains.
    Archived,
    /// An authority is from now on served by another database, whose trail's heads are named; the request id
    /// is that of the move.
    Moved,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 16] = [
        Self::Disclosed,
        Self::Refused,
        Self::Write,
        Self::Consent,
        Self::Emergency,
        Self::Agreement,
        Self::SignInFailed,
        Self::ChainOpened,
        Self::WriteFailed,
        Self::LookedUp,
        Self::Alert,
        Self::Resumed,
        Self::Restored,
        Self::Tied,
        Self::Archived,
        Self::Moved,
    ];

    /// The code in the entry and in the table's column.
    pub fn code(self) -> &'static str {
        match self {
            Self::Disclosed => "disclosed",
            Self::Refused => "refused",
            Self::Write => "write",
            Self::Consent => "consent",
            Self::Emergency => "emergency",
            Self::Agreement => "agreement",
            Self::SignInFailed => "sign_in_failed",
            Self::ChainOpened => "chain_opened",
            Self::WriteFailed => "write_failed",
            Self::LookedUp => "looked_up",
            Self::Alert => "alert",
            Self::Resumed => "resumed",
            Self::Restored => "restored",
            Self::Tied => "tied",
            Self::Archived => "archived",
            Self::Moved => "moved",
        }
    }

    /// The number stored in the table of entries. A number is never reused for another kind.
    pub fn number(self) -> i16 {
        match self {
            Self::Disclosed => 1,
            Self::Refused => 2,
            Self::Write => 3,
            Self::Consent => 4,
            Self::Emergency => 5,
            Self::Agreement => 6,
            Self::SignInFailed => 7,
            Self::ChainOpened => 8,
            Self::WriteFailed => 9,
            Self::LookedUp => 10,
            Self::Alert => 11,
            Self::Resumed => 12,
            Self::Restored => 13,
            Self::Tied => 14,
            Self::Archived => 15,
            Self::Moved => 16,
        }
    }

    /// The kind with this number.
    pub fn of_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Whether such an entry announces a change.
    pub fn announces(self) -> bool {
        matches!(self, Self::Write | Self::Consent | Self::Emergency | Self::Agreement)
    }
}
