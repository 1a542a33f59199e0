//! What is read of a person of whom there are several records that are one. Each record keeps what it says of itself: whoever is shielded, or died, by one of them,
//! is so in all families.

/// Whether any record says that somebody is shielded, as SQL. `person` is what their row is called there, and `$1` the authority.
pub(super) fn shielded(person: &str) -> String {
    format!(
        "({person}.shielded OR EXISTS (SELECT 1 {} AND y.shielded))",
        others(person)
    )
}

/// The day of somebody's death, as SQL: by their own record, else the first that another says.
pub(super) fn died_on(person: &str) -> String {
    format!("coalesce({person}.died_on, (SELECT min(y.died_on) {}))", others(person))
}

/// The records that were merged into somebody's.
fn others(person: &str) -> String {
    format!(
        "FROM person_merge x JOIN person y ON y.authority_id = $1 AND y.id = x.merged_id \
         WHERE x.authority_id = $1 AND x.kept_id = {person}.id AND x.split_at IS NULL"
    )
}
