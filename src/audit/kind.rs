//! What an entry says happened.
//!
//! Pure.

use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something about a person was given in an answer.
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
    /// A token was not accepted.
    SignInFailed,
    /// A server process began its chain.
    ChainOpened,
    /// A change that an earlier entry announced was not made.
    WriteFailed,
    /// People were looked up, whether they were found or not.
    LookedUp,
    /// A client has done what somebody should look into.
    Alert,
    /// A process whose trail could not be written writes again. How many of its entries were not, stands among what was withheld.
    Resumed,
    /// Databases that were found to be behind were compared, and what the trail knows was done again.
    Restored,
    /// The heads of other chains that have moved since they were named last.
    Tied,
    /// A month was taken to a file of its own, with all its chains.
    Archived,
    /// An authority is served by another database from now on, whose trail's heads it names; the request is the move.
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

    /// The number that stands for it in the table of entries. A number is never given to another kind.
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

    /// The kind of a number.
    pub fn of_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Whether such an entry announces a change.
    pub fn announces(self) -> bool {
        matches!(self, Self::Write | Self::Consent | Self::Emergency | Self::Agreement)
    }
}
