//! A made-up authority and its agencies.

use uuid::Uuid;

/// The agencies of a made-up authority: the end of the code, and the kind.
pub(super) const AGENCIES: [(&str, &str); 17] = [
    ("police", "police"),
    ("jobcentre", "jobcentre_plus"),
    ("social-care", "childrens_social_care"),
    ("early-help", "early_help"),
    ("school", "school"),
    ("health", "health"),
    ("mental-health", "mental_health"),
    ("probation", "probation"),
    ("yos", "youth_offending"),
    ("housing", "housing"),
    ("drugs-service", "substance_misuse"),
    ("district", "district_council"),
    ("voluntary", "voluntary_sector"),
    ("prison", "prison"),
    ("tff-team", "tff_team"),
    ("audit", "internal_audit"),
    ("university", "researcher"),
];

/// An authority with its agencies, in the order of [`AGENCIES`].
pub(super) struct Authority {
    pub(super) id: i32,
    pub(super) place: String,
    pub(super) code: String,
    pub(super) agencies: Vec<Uuid>,
}

impl Authority {
    /// The agency of that kind.
    pub(super) fn agency(&self, kind: &str) -> Uuid {
        let at = AGENCIES.iter().position(|(_, of)| *of == kind).unwrap_or_default();
        self.agencies[at]
    }
}
