//! `LocalIdentifier`.

use super::said::entry;
use crate::{graphql::codes::IdentifierSystem, records::LocalIdentifierRow};

entry! {
    /// A person's number in another system.
    LocalIdentifier of LocalIdentifierRow {
        /// Which system.
        system: IdentifierSystem;
        /// The number as that system writes it.
        value: String;
    }
}
