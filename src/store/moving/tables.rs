//! Which tables are moved with an authority, ordered so that referenced rows come first; and which are not,
//! and why.

use std::sync::LazyLock;

use super::rows::Table;
use crate::records::{self, Row as _, each_table};

macro_rules! rows {
    ($($rows:ident $table:ident $row:ident [$($object:ident)?];)+) => {
        fn said() -> Vec<Table> {
            vec![$(Table::of_rows::<records::$row>()),+]
        }
    };
}

each_table! { rows! }

macro_rules! tables {
    ($($table:ident)+) => {
        fn others() -> Vec<Table> {
            vec![$(Table::of::<entity::$table::Entity>(stringify!($table))),+]
        }
    };
}

// Budgets and trials are included: a move must not reset anybody's limits.
// A number's row holds a column that no record says (`doubled`), and goes as it is stored.
tables! {
    local_identifier agreement agreement_signatory agreement_clause policy_version idempotency import_file person_key
    person_key_state lookup_budget lookup_asked lookup_tried alert write_budget family_change marker_consumer marker_told
    marker_change marker_response webhook_endpoint webhook_delivery trusted_client trusted_document
    person_merge person_merge_row
}

/// The tables that are handled separately, since their rows do not belong to the authority that they name.
const APART: [&str; 2] = [records::AuthorityRow::NAME, records::StatisticalNeighbourRow::NAME];

/// The tables that are moved, except those that are handled separately.
pub(super) static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let said = said()
        .into_iter()
        .filter(|table| !APART.contains(&table.name) && table.name != records::LocalIdentifierRow::NAME);
    said.chain(others()).collect()
});

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
    let moved = APART.into_iter().chain(TABLES.iter().map(|table| table.name)).collect();
    (moved, STAY.iter().map(|(table, _)| *table).collect())
}
