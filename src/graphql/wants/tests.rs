//! Tests of `wants`.

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
