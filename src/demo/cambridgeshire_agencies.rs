//! The agencies of the worked authority.

use uuid::Uuid;

use super::desk::Desk;

/// The agencies that the families' rows name.
pub(super) struct Agencies {
    pub(super) police: Uuid,
    pub(super) jobcentre: Uuid,
    pub(super) social_care: Uuid,
    pub(super) early_help: Uuid,
    pub(super) school: Uuid,
    pub(super) unsigned_school: Uuid,
    pub(super) mental_health: Uuid,
    pub(super) probation: Uuid,
    pub(super) youth_offending: Uuid,
    pub(super) housing: Uuid,
    pub(super) voluntary: Uuid,
    pub(super) tff_team: Uuid,
}

/// Writes them all.
pub(super) fn agencies(desk: &mut Desk<'_>) -> Agencies {
    let mut agency = |code, name, kind| desk.agency(code, name, kind);
    let agencies = Agencies {
        police: agency("cambs-police", "Demonstration Police", "police"),
        jobcentre: agency("jcp-cambridge", "Demonstration Jobcentre Plus", "jobcentre_plus"),
        social_care: agency(
            "cambs-social-care",
            "Demonstration Children's Social Care",
            "childrens_social_care",
        ),
        early_help: agency("cambs-early-help", "Demonstration Early Help", "early_help"),
        school: agency("fenbrook-school", "Fenbrook School", "school"),
        unsigned_school: agency("ely-academy", "Ely Academy Primary", "school"),
        mental_health: agency(
            "cambs-mental-health",
            "Demonstration Mental Health Services",
            "mental_health",
        ),
        probation: agency("bench-crc", "BENCH Community Rehabilitation Company", "probation"),
        youth_offending: agency("cambs-yos", "Demonstration Youth Offending Service", "youth_offending"),
        housing: agency("city-housing", "Demonstration City Housing", "housing"),
        voluntary: agency("foodbank-trust", "Foodbank Trust", "voluntary_sector"),
        tff_team: agency("tff-team", "Together for Families team", "tff_team"),
    };
    agency("cambs-health", "Demonstration Health Services", "health");
    agency(
        "cambs-drugs-service",
        "Demonstration Drug and Alcohol Service",
        "substance_misuse",
    );
    agency(
        "south-cambs-district",
        "Demonstration District Council",
        "district_council",
    );
    agency("prison-service", "Demonstration Prison", "prison");
    agency("internal-audit", "Demonstration Internal Audit", "internal_audit");
    agency("university-research", "Demonstration University", "researcher");
    agencies
}
