//! Which tables an operation needs, from the fields that it names: so that each is read once for all families, and none for nothing.

use std::sync::LazyLock;

use super::ids::Kind;
use crate::{
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
static OF_FIELDS: LazyLock<Vec<(FieldId, Wants)>> = LazyLock::new(|| {
    let table = |of: &'static str| Kind::of_type(of).map(table_of);
    let tables = |entry: &Field| {
        let [holds, reads] = [entry.rows, entry.reads].map(|of| of.and_then(table).unwrap_or_default());
        // Who an agency is stands beside rows that name it, and only there it has a table to be read.
        let agencies = entry.reads == Some("Agency");
        Wants {
            agencies,
            ..holds.and(reads)
        }
    };
    let all = register::fields().map(|entry| (entry.id, tables(entry)));
    all.filter(|(_, wants)| *wants != Wants::default()).collect()
});

/// The tables that the fields of an operation need.
pub fn wants(used: &FieldSet) -> Wants {
    let decides = decides(used);
    let of_fields = OF_FIELDS.iter().filter(|(field, _)| used.contains(*field));
    let tables = of_fields.fold(Wants::default(), |all, (_, wants)| all.and(*wants));
    Wants {
        leads: true,
        without_people: decides.is_some(),
        decides,
        ..tables
    }
}

/// The tables that a row of any kind may stand in: for `node`.
pub fn table_of(kind: Kind) -> Wants {
    let none = Wants::default();
    match kind {
        Kind::Family
        | Kind::Marker
        | Kind::Member
        | Kind::Agency
        | Kind::Agreement
        | Kind::WebhookEndpoint
        | Kind::WebhookDelivery
        | Kind::Alert => none,
        Kind::Address => Wants {
            addresses: true,
            ..none
        },
        Kind::StatutoryStatus => Wants { statuses: true, ..none },
        Kind::LocalIdentifier => Wants {
            identifiers: true,
            ..none
        },
        Kind::Involvement => Wants {
            involvements: true,
            ..none
        },
        Kind::CriteriaMatch => Wants { criteria: true, ..none },
        Kind::Assessment => Wants {
            assessments: true,
            ..none
        },
        Kind::DistanceScore => Wants { scores: true, ..none },
        Kind::Plan => Wants { plans: true, ..none },
        Kind::Goal => Wants { goals: true, ..none },
        Kind::Action => Wants { actions: true, ..none },
        Kind::Outcome => Wants { outcomes: true, ..none },
        Kind::ProgressValue => Wants { progress: true, ..none },
        Kind::Consent => Wants { consents: true, ..none },
        Kind::MarkerPlacement => Wants { markers: true, ..none },
        Kind::Contact => Wants { contacts: true, ..none },
        Kind::EmergencyAccess => Wants {
            emergencies: true,
            ..none
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(coordinate: &str) -> Wants {
        let used: FieldSet = register::find(coordinate).into_iter().collect();
        Wants {
            leads: false,
            without_people: false,
            decides: None,
            ..wants(&used)
        }
    }

    #[test]
    fn a_field_needs_the_table_of_the_rows_that_it_holds_or_is_made_of() {
        let none = Wants::default();
        for coordinate in ["Family.reference", "Member.givenName", "Query.families", "Alert.agency"] {
            assert_eq!(of(coordinate), none, "{coordinate}");
        }
        let plans = Wants { plans: true, ..none };
        for coordinate in ["Family.hasPlan", "Marker.onePlan", "Query.plans", "Outcome.plan"] {
            assert_eq!(of(coordinate), plans, "{coordinate}");
        }
        let agencies = Wants { agencies: true, ..none };
        for coordinate in ["Involvement.agency", "Disclosure.agency", "Action.ownerAgency"] {
            assert_eq!(of(coordinate), agencies, "{coordinate}");
        }
    }

    #[test]
    fn every_table_is_needed_by_some_field() {
        let all = register::fields().map(|entry| of(entry.coordinate));
        let all = all.fold(Wants::default(), Wants::and);
        for entry in register::fields() {
            let kind = entry.coordinate.split('.').next().and_then(Kind::of_type);
            let table = kind.map(table_of).unwrap_or_default();
            assert_eq!(all.and(table), all, "nothing needs the table of {}", entry.coordinate);
        }
    }
}
