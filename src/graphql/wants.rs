//! Which tables an operation needs, from the fields that it names: so that each is read once for all families, and none for nothing.

use std::sync::LazyLock;

use super::ids::Kind;
use crate::{
    records::{Table, TableSet},
    sharing::{
        category::CategorySet,
        register::{self, Field, FieldId, FieldSet, field},
    },
    store::dossier::Wants,
};

/// What can be asked of families without anything of the people in them, their other rows, or where they live: no decision is made but about the
/// categories of these fields.
static OF_FAMILIES_ALONE: LazyLock<FieldSet> = LazyLock::new(|| {
    const TYPES: [&str; 8] = [
        "FamilyConnection",
        "FamilyEdge",
        "PageInfo",
        "LeadProfessional",
        "Agency",
        "FamilyFilter",
        "FamilyOrder",
        "FamilyOrderField",
    ];
    const FIELDS: [FieldId; 10] = [
        field::QUERY_FAMILIES,
        field::FAMILY_ID,
        field::FAMILY_REFERENCE,
        field::FAMILY_NEED_LEVEL,
        field::FAMILY_ROUTE,
        field::FAMILY_ON_COHORT,
        field::FAMILY_ATTACHED_ON,
        field::FAMILY_CLOSED_ON,
        field::FAMILY_HAS_PLAN,
        field::FAMILY_LEAD_PROFESSIONAL,
    ];
    register::fields()
        .filter(|entry| {
            let of_type = entry.coordinate.split('.').next().is_some_and(|of| TYPES.contains(&of));
            // The team of who leads the work tells where the family lives, which shielding covers.
            (of_type && entry.id != field::LEAD_PROFESSIONAL_TEAM)
                || FIELDS.contains(&entry.id)
                || entry.coordinate.starts_with("Query.families(")
        })
        .collect()
});

/// The categories about which decisions are made, where that can be told from the fields.
fn decides(used: &FieldSet) -> Option<CategorySet> {
    used.is_within(&OF_FAMILIES_ALONE).then(|| {
        register::fields()
            .filter(|entry| used.contains(entry.id))
            .fold(register::get(field::FAMILY_ID).categories, |all, entry| {
                all.union(entry.categories)
            })
    })
}

/// What each field needs by itself: the table of the rows that it holds or is made of, as the register says.
static OF_FIELDS: LazyLock<Vec<(FieldId, TableSet)>> = LazyLock::new(|| {
    let table = |of: &'static str| Kind::of_type(of).map_or(TableSet::EMPTY, table_of);
    let tables = |entry: &Field| {
        let all = entry.rows.iter().chain(&entry.reads);
        let tables = all.fold(TableSet::EMPTY, |tables, of| tables.union(table(of)));
        // Who an agency is stands beside rows that name it, and only there it has a table to be read.
        if entry.reads.contains(&"Agency") {
            tables.with(Table::Agency)
        } else {
            tables
        }
    };
    let all = register::fields().map(|entry| (entry.id, tables(entry)));
    all.filter(|(_, tables)| *tables != TableSet::EMPTY).collect()
});

/// The tables that the fields of an operation need.
pub fn wants(used: &FieldSet) -> Wants {
    let decides = decides(used);
    let of_fields = OF_FIELDS.iter().filter(|(field, _)| used.contains(*field));
    let leads = TableSet::from(Table::LeadProfessional);
    Wants {
        tables: of_fields.fold(leads, |all, (_, tables)| all.union(*tables)),
        without_people: decides.is_some(),
        decides,
    }
}

/// The tables that a row of any kind may stand in, beside those that are always read: for `node`.
pub fn table_of(kind: Kind) -> TableSet {
    match Table::of_object(kind.name()) {
        None | Some(Table::Family | Table::Membership | Table::Agency) => TableSet::EMPTY,
        Some(table) => table.into(),
    }
}

#[cfg(test)]
mod tests;
