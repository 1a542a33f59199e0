//! Which tables an operation needs, from the fields that it names: so that each is read once for all families, and none for nothing.

use std::sync::LazyLock;

use crate::{
    sharing::{
        category::CategorySet,
        register::{self, FieldId, FieldSet, field},
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

/// The tables that the fields of an operation need.
pub fn wants(used: &FieldSet) -> Wants {
    let decides = decides(used);
    let any = |fields: &[FieldId]| fields.iter().any(|field| used.contains(*field));
    Wants {
        addresses: any(&[field::FAMILY_ADDRESSES]),
        statuses: any(&[field::MEMBER_STATUTORY_STATUSES]),
        identifiers: any(&[field::MEMBER_IDENTIFIERS]),
        involvements: any(&[field::FAMILY_INVOLVEMENTS]),
        criteria: any(&[
            field::FAMILY_CRITERIA_MATCHES,
            field::MEMBER_CRITERIA_MATCHES,
            field::QUERY_CRITERIA_MATCHES,
        ]),
        assessments: any(&[field::FAMILY_ASSESSMENTS]),
        scores: any(&[field::ASSESSMENT_DISTANCE_SCORES]),
        plans: any(&[
            field::FAMILY_PLAN,
            field::FAMILY_PLANS,
            field::FAMILY_HAS_PLAN,
            field::MARKER_ONE_PLAN,
            field::GOAL_PLAN,
            field::OUTCOME_PLAN,
            field::QUERY_PLANS,
        ]),
        goals: any(&[field::PLAN_GOALS, field::ACTION_GOAL, field::OUTCOME_GOAL]),
        actions: any(&[field::GOAL_ACTIONS]),
        outcomes: any(&[
            field::FAMILY_OUTCOMES,
            field::PLAN_OUTCOMES,
            field::GOAL_OUTCOMES,
            field::QUERY_OUTCOMES,
        ]),
        progress: any(&[field::FAMILY_FAMILY_PROGRESS, field::MEMBER_FAMILY_PROGRESS]),
        consents: any(&[field::FAMILY_CONSENTS, field::MEMBER_CONSENTS, field::QUERY_CONSENTS]),
        markers: any(&[field::FAMILY_MARKER_PLACEMENTS, field::MARKER_PLACEMENTS]),
        contacts: any(&[
            field::FAMILY_CONTACTS,
            field::QUERY_CONTACTS,
            field::SUBSCRIPTION_CONTACT_REPORTED,
            field::WEBHOOK_DELIVERY_CONTACT,
        ]),
        emergencies: any(&[field::FAMILY_EMERGENCY_ACCESSES, field::QUERY_EMERGENCY_ACCESSES]),
        agencies: any(&[
            field::LEAD_PROFESSIONAL_AGENCY,
            field::INVOLVEMENT_AGENCY,
            field::CRITERIA_MATCH_SOURCE_AGENCY,
            field::ASSESSMENT_AGENCY,
            field::ACTION_OWNER_AGENCY,
            field::OUTCOME_SOURCE_AGENCY,
            field::CONSENT_RECORDED_BY_AGENCY,
            field::MARKER_PLACEMENT_AGENCY,
            field::EMERGENCY_ACCESS_AGENCY,
            field::CONTACT_AGENCY,
            field::DISCLOSURE_AGENCY,
        ]),
        leads: true,
        without_people: decides.is_some(),
        decides,
    }
}

/// The tables that a row of any kind may stand in: for `node`.
pub fn table_of(kind: super::ids::Kind) -> Wants {
    use super::ids::Kind;
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
