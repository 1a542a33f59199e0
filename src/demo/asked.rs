//! What families are asked to consent to: for each kind of agency, the categories that clauses of the demonstration agreements release
//! only with consent. A test holds this list against the agreements.

/// For agencies of that kind.
pub(super) fn of(agency_kind: &str) -> &'static [&'static str] {
    ASKED
        .iter()
        .find(|(kind, _)| *kind == agency_kind)
        .map_or(&[], |(_, categories)| categories)
}

/// Kinds of agency and the categories that they ask for.
pub(super) const ASKED: [(&str, &[&str]); 15] = [
    ("police", OFFENDING),
    (
        "jobcentre_plus",
        &[
            "MARKER",
            "IDENTITY",
            "HOUSEHOLD",
            "INVOLVEMENT",
            "PLAN",
            "CRITERION_WORK",
            "PROGRESS_EMPLOYMENT",
            "EQUALITY",
            "CRITERION_HEALTH",
            "PROGRESS_HEALTH",
        ],
    ),
    (
        "childrens_social_care",
        &[
            "MARKER",
            "INVOLVEMENT",
            "EQUALITY",
            "CRITERION_HEALTH",
            "PROGRESS_HEALTH",
        ],
    ),
    (
        "early_help",
        &[
            "MARKER",
            "IDENTITY",
            "CONTACT",
            "HOUSEHOLD",
            "INVOLVEMENT",
            "STATUTORY_STATUS",
            "CRITERION_EDUCATION",
            "CRITERION_CHILDREN_NEEDING_HELP",
            "CRITERION_WORK",
            "ASSESSMENT",
            "PLAN",
            "OUTCOME",
            "EQUALITY",
            "CRITERION_HEALTH",
            "PROGRESS_HEALTH",
        ],
    ),
    (
        "school",
        &[
            "MARKER",
            "IDENTITY",
            "HOUSEHOLD",
            "INVOLVEMENT",
            "PLAN",
            "CRITERION_EDUCATION",
            "PROGRESS_EDUCATION",
            "STATUTORY_STATUS",
            "EQUALITY",
            "CRITERION_HEALTH",
            "PROGRESS_HEALTH",
        ],
    ),
    ("health", HEALTH),
    ("mental_health", HEALTH),
    ("substance_misuse", HEALTH),
    ("probation", OFFENDING),
    ("youth_offending", OFFENDING),
    ("prison", OFFENDING),
    ("housing", HOUSING),
    ("district_council", HOUSING),
    (
        "voluntary_sector",
        &[
            "MARKER",
            "IDENTITY",
            "HOUSEHOLD",
            "INVOLVEMENT",
            "PLAN",
            "CRITERION_WORK",
            "EQUALITY",
            "CRITERION_HEALTH",
            "PROGRESS_HEALTH",
        ],
    ),
    ("tff_team", &["EQUALITY", "CRITERION_HEALTH", "PROGRESS_HEALTH"]),
];

const OFFENDING: &[&str] = &[
    "MARKER",
    "IDENTITY",
    "HOUSEHOLD",
    "INVOLVEMENT",
    "PLAN",
    "CRITERION_CRIME",
    "PROGRESS_CRIME",
    "CRITERION_EDUCATION",
    "ASSESSMENT",
    "EQUALITY",
    "CRITERION_HEALTH",
    "PROGRESS_HEALTH",
];
const HEALTH: &[&str] = &[
    "MARKER",
    "IDENTITY",
    "HOUSEHOLD",
    "INVOLVEMENT",
    "PLAN",
    "EQUALITY",
    "CRITERION_HEALTH",
    "PROGRESS_HEALTH",
];
const HOUSING: &[&str] = &[
    "MARKER",
    "IDENTITY",
    "CONTACT",
    "HOUSEHOLD",
    "INVOLVEMENT",
    "PLAN",
    "CRITERION_WORK",
    "PROGRESS_HOUSING",
    "EQUALITY",
    "CRITERION_HEALTH",
    "PROGRESS_HEALTH",
];
