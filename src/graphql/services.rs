//! The server's own parts that resolvers and the engine share.

use super::{ids::Codec, lookups::LookupSettings, write_budget::WriteSettings};
use crate::{audit::writer::Trail, store::Store};

/// What an engine is made of.
#[derive(Debug)]
pub struct Services {
    /// The main database.
    pub store: Store,
    /// The trail.
    pub trail: Trail,
    /// Makes and reads ids and cursors.
    pub codec: Codec,
    /// How look-ups are weighed, counted and paced.
    pub lookups: LookupSettings,
    /// How many changes may be made.
    pub writes: WriteSettings,
    /// Whether lists have the database answer what is decided alike for all families. Off only where a test compares with deciding each.
    pub narrows: bool,
    /// What looking after endpoints of webhooks needs.
    pub webhooks: crate::webhook::Setup,
}
