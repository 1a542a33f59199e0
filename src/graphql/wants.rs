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
            of_type || FIELDS.contains(&entry.id) || entry.coordinate.starts_with("Query.families(")
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
        let [holds, reads] = [entry.rows, entry.reads].map(|of| of.map_or(TableSet::EMPTY, table));
        // Who an agency is stands beside rows that name it, and only there it has a table to be read.
        match entry.reads {
            Some("Agency") => holds.union(reads).with(Table::Agency),
            _ => holds.union(reads),
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
mod tests {
    use super::*;

    fn of(coordinate: &str) -> TableSet {
        let used: FieldSet = register::find(coordinate).into_iter().collect();
        wants(&used).tables.without(Table::LeadProfessional)
    }

    #[test]
    fn a_field_needs_the_table_of_the_rows_that_it_holds_or_is_made_of() {
        for coordinate in ["Family.reference", "Member.givenName", "Query.families", "Alert.agency"] {
            assert_eq!(of(coordinate), TableSet::EMPTY, "{coordinate}");
        }
        for coordinate in ["Family.hasPlan", "Marker.onePlan", "Query.plans", "Outcome.plan"] {
            assert_eq!(of(coordinate), Table::Plan.into(), "{coordinate}");
        }
        for coordinate in ["Involvement.agency", "Disclosure.agency", "Action.ownerAgency"] {
            assert_eq!(of(coordinate), Table::Agency.into(), "{coordinate}");
        }
    }

    #[test]
    fn every_table_is_needed_by_some_field() {
        let all = register::fields().map(|entry| of(entry.coordinate));
        let all = all.fold(TableSet::EMPTY, TableSet::union);
        for entry in register::fields() {
            let kind = entry.coordinate.split('.').next().and_then(Kind::of_type);
            let table = kind.map_or(TableSet::EMPTY, table_of);
            assert_eq!(all.union(table), all, "nothing needs the table of {}", entry.coordinate);
        }
    }

    #[test]
    fn every_object_that_is_a_row_of_a_table_has_a_kind() {
        for table in Table::ALL.iter().filter(|table| table.object().is_some()) {
            let kind = table.object().and_then(Kind::of_type);
            assert_eq!(kind.and_then(|kind| Table::of_object(kind.name())), Some(*table));
        }
    }
}
