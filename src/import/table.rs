//! Which tables are brought by files, and in which order: every file after those that it names rows of.

use std::sync::LazyLock;

use crate::records::{Table, TableSet};

/// Those that no file brings: an authority is set up by a command, and emergency access is only ever opened, a step of a plan taken, and
/// subject access checked, by who does so.
const BY_NO_FILE: TableSet = TableSet::of(&[
    Table::Authority,
    Table::StatisticalNeighbour,
    Table::ClientProgram,
    Table::EmergencyAccess,
    Table::PlanHistory,
    Table::AccessCheck,
]);

/// The tables that files bring, in the order of loading.
pub static FILES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let tables = Table::ALL.iter().copied();
    tables.filter(|table| !BY_NO_FILE.contains(*table)).collect()
});

/// The names of all files, with commas between them.
pub(super) fn names() -> String {
    FILES
        .iter()
        .map(|table| table.file_name())
        .collect::<Vec<_>>()
        .join(", ")
}
