//! Which tables are moved with an authority, ordered so that referenced rows come first; and which are not,
//! and why.

use super::rows::Table;

macro_rules! tables {
    ($($table:ident)+) => {
        /// The tables that are moved, except `authority` and `statistical_neighbour`, which are handled
        /// separately.
        pub(super) const TABLES: &[Table] = &[$(Table::of::<entity::$table::Entity>(stringify!($table))),+];
    };
}

// Budgets and trials are included: a move must not reset anybody's limits.
tables! {
    agency client_program person family membership address statutory_status local_identifier involvement
    lead_professional criteria_match assessment distance_score plan goal action outcome progress_value marker consent
    emergency_access agreement agreement_signatory agreement_clause policy_version idempotency import_file person_key
    person_key_state lookup_budget lookup_asked lookup_tried alert write_budget family_change marker_consumer marker_told
    marker_change contact marker_response webhook_endpoint webhook_delivery trusted_client trusted_document
}

/// The tables that are not moved, each with the reason.
const STAY: &[(&str, &str)] = &[
    ("authority_fence", "says of each database where the authority is"),
    ("write_turn", "is locked and never has a row"),
    (
        "family_written",
        "is numbered by each database; the other one notes that everything was written",
    ),
    (
        "announced_write",
        "speaks of places in the trail that stays; what is copied of that one says what came of them",
    ),
    ("announced_until", "speaks of chains of the trail that stays"),
];

/// The tables that are moved with an authority, and those that are not.
pub fn tables() -> (Vec<&'static str>, Vec<&'static str>) {
    let apart = ["authority", "statistical_neighbour"].into_iter();
    let moved = apart.chain(TABLES.iter().map(|table| table.name)).collect();
    (moved, STAY.iter().map(|(table, _)| *table).collect())
}
