//! The kinds of entries: what happened.
//!
//! Pure.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[doc = $says:literal])+ $kind:ident = $number:literal, $code:literal;)+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {
            $($(#[doc = $says])+ $kind,)+
        }

        impl Kind {
            /// All kinds.
            pub const ALL: [Self; [$($number),+].len()] = [$(Self::$kind),+];

            /// The code in the entry and in the table's column.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$kind => $code,)+
                }
            }

            /// The number stored in the table of entries. A number is never reused for another kind.
            pub fn number(self) -> i16 {
                match self {
                    $(Self::$kind => $number,)+
                }
            }
        }
    };
}

kinds! {
    /// Data about a person was disclosed in an answer.
    Disclosed = 1, "disclosed";
    /// An operation was refused as a whole.
    Refused = 2, "refused";
    /// A change was made.
    Write = 3, "write";
    /// A consent was recorded or withdrawn.
    Consent = 4, "consent";
    /// Emergency access was opened, closed or shown.
    Emergency = 5, "emergency";
    /// An agreement was loaded, or a signatory joined or left.
    Agreement = 6, "agreement";
    /// A token was rejected.
    SignInFailed = 7, "sign_in_failed";
    /// A server process started a chain.
    ChainOpened = 8, "chain_opened";
    /// A change that an earlier entry announced was not made.
    WriteFailed = 9, "write_failed";
    /// People were looked up, whether or not they were found.
    LookedUp = 10, "looked_up";
    /// A client did something that a person should look into.
    Alert = 11, "alert";
    /// A process whose trail could not be written to can write again. The number of entries lost is in
    /// `withheld`.
    Resumed = 12, "resumed";
    /// Databases found to be out of date were compared, and what the trail knows was done again.
    Restored = 13, "restored";
    /// Links to the heads of other chains that have grown since they were last named.
    Tied = 14, "tied";
    /// A month was archived to a file, with all its chains.
    Archived = 15, "archived";
    /// An authority is from now on served by another database, whose trail's heads are named; the request id
    /// is that of the move.
    Moved = 16, "moved";
}

impl Kind {
    /// The kind with this number.
    pub fn of_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Whether such an entry announces a change.
    pub fn announces(self) -> bool {
        matches!(self, Self::Write | Self::Consent | Self::Emergency | Self::Agreement)
    }
}
