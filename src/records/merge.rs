//! Why records of people are made one, or parted.

use crate::code::codes;

codes! {
    /// How it is known that two records are of one person, or are not.
    IdentityReason {
        /// By a number in another system.
        SameNumber = "same_number",
        /// They, or their family, said so.
        Confirmed = "confirmed",
        /// The agencies' own records were compared.
        RecordsCompared = "records_compared",
        /// What was recorded before was a mistake.
        Mistake = "mistake",
        /// Otherwise.
        Other = "other",
    }
}
