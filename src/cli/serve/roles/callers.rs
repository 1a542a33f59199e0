//! The table of demonstration callers.

use super::caller::Caller;

const LOOK_UP: &str = "{
  family(reference: \"TF-10001\") {
    onCohort
    hasPlan
    leadProfessional { name phone email team agency { name } }
  }
}";

const WHO_AM_I: &str = "{
  viewer {
    agency { name kind }
    role
    purpose
    agreements { code version title }
    categories { category read write }
  }
}";

const FAMILY_AND_PLAN: &str = "{
  family(reference: \"TF-10001\") {
    reference
    onCohort
    leadProfessional { name phone }
    members { givenName familyName age relationship phone }
    criteriaMatches { criterion evidence evidenceFrom sourceAgency { name } }
    plan { status goals { description criterion status actions { description dueOn doneOn ownerAgency { name } } } }
  }
}";

const MARKERS: &str = "{
  families(first: 10, filter: { onCohort: true }) {
    totalCount
    nodes { id onCohort hasPlan leadProfessional { name phone email agency { name } } }
    pageInfo { hasNextPage endCursor }
  }
}";

const SAME_FOR_ALL: &str = "{
  families(first: 10) {
    totalCount
    nodes {
      reference onCohort district
      leadProfessional { name }
      members { givenName age phone }
      criteriaMatches { criterion }
      plan { status }
    }
  }
}";

const AT_RISK: &str = "{
  family(reference: \"TF-10002\") {
    reference
    onCohort
    district
    leadProfessional { name phone }
    members { givenName familyName age relationship phone }
    criteriaMatches { criterion evidence evidenceFrom sourceAgency { name } }
    plan { status goals { description criterion status } }
  }
}";

const WHOLE_FAMILY: &str = "{
  family(reference: \"TF-10001\") {
    reference
    district
    needLevel
    attachedOn
    members {
      givenName familyName dateOfBirth relationship ethnicity phone
      statutoryStatuses { status validFrom validUntil }
      identifiers { system value }
    }
    addresses { line1 town postcode validFrom }
    involvements { agency { name kind } serviceTeam contactName contactPhone startedOn endedOn }
    criteriaMatches { criterion member { givenName } evidence verifiedOn }
    assessments { kind startedOn quality distanceScores { domain review score scoredBy } }
    plan { status goals { description status actions { description ownerAgency { name } dueOn doneOn } } }
    outcomes { indicator kind baseline forecast result resultOn }
    familyProgress { measure stage value periodTo }
    consents { member { givenName } category agencyKind decision withdrawnAt expiresOn }
  }
}";

const WHO_SAW_IT: &str = "{
  family(reference: \"TF-10001\") {
    reference
    disclosures(first: 20) {
      nodes { at kind agency { name } role purpose categories clauses operationName }
    }
  }
}";

const WHO_SAW_WHAT: &str = "{
  families(first: 10) {
    nodes {
      id
      emergencyAccesses { agency { name } ground openedAt expiresAt }
      disclosures(first: 5) { nodes { at kind agency { name } role purpose categories clauses } }
    }
  }
}";

const CONSENTS: &str = "{
  consents(first: 20, orderBy: { field: RECORDED_AT, direction: DESCENDING }) {
    nodes { category agencyKind decision recordedAt withdrawnAt expiresOn recordedByAgency { name } }
    pageInfo { hasNextPage endCursor }
  }
}";

const EVIDENCE: &str = "{
  criteriaMatches(first: 20) {
    totalCount
    nodes { criterion evidence evidenceFrom matchedBy verifiedOn sourceAgency { name } family { reference } member { givenName } }
  }
}";

const AGREEMENT: &str = "{
  agreements {
    code version title effectiveFrom effectiveTo reviewBy inForce
    signatories { agency { name } signedOn withdrawnOn }
    clauses { code agencyKinds roles categories purposes access scope consentRequired lawfulBasis }
  }
}";

const CATALOGUE: &str = "{
  catalogue {
    criteria { code label national categories }
    performanceMeasures { code label question }
    distanceDomains { code profile }
  }
}";

const MEMBERS: &str = "{
  members(first: 20, orderBy: { field: FAMILY_NAME, direction: ASCENDING }) {
    totalCount
    nodes { givenName familyName age relationship family { reference } }
  }
}";

/// Everyone who may try the demonstration.
pub(super) const CALLERS: [Caller; 12] = [
    Caller {
        label: "Police: marker look-up",
        agency: "cambs-police",
        role: "marker_lookup",
        subject: "demo-police-lookup",
        purposes: &["safeguarding", "prevention_of_crime"],
        portal: None,
        examples: &[
            ("Families with a marker, and whom to call", MARKERS),
            ("The question that you may ask as anyone", SAME_FOR_ALL),
            ("Who am I?", WHO_AM_I),
        ],
    },
    Caller {
        label: "Police: practitioner",
        agency: "cambs-police",
        role: "practitioner",
        subject: "demo-police-practitioner",
        purposes: &["safeguarding", "prevention_of_crime"],
        portal: None,
        examples: &[
            ("A family that we work with", AT_RISK),
            ("The question that you may ask as anyone", SAME_FOR_ALL),
            ("Who am I?", WHO_AM_I),
        ],
    },
    Caller {
        label: "Jobcentre Plus: work coach",
        agency: "jcp-cambridge",
        role: "practitioner",
        subject: "demo-work-coach",
        purposes: &["employment_support"],
        portal: None,
        examples: &[
            ("Families with a marker, and whom to call", MARKERS),
            ("The question that you may ask as anyone", SAME_FOR_ALL),
            ("Who am I?", WHO_AM_I),
        ],
    },
    Caller {
        label: "Early help: the family's Lead Professional",
        agency: "cambs-early-help",
        role: "lead_professional",
        subject: crate::demo::LEAD_SUBJECT,
        purposes: &["family_support", "safeguarding"],
        portal: None,
        examples: &[
            ("The whole family", WHOLE_FAMILY),
            ("Who saw it, and why", WHO_SAW_IT),
            ("The question that you may ask as anyone", SAME_FOR_ALL),
        ],
    },
    Caller {
        label: "School: practitioner",
        agency: "fenbrook-school",
        role: "practitioner",
        subject: "demo-school-pastoral",
        purposes: &["education_support", "safeguarding"],
        portal: None,
        examples: &[
            ("A family with its plan", FAMILY_AND_PLAN),
            ("Pupils and their families", MEMBERS),
            ("The question that you may ask as anyone", SAME_FOR_ALL),
        ],
    },
    Caller {
        label: "Mental health: practitioner",
        agency: "cambs-mental-health",
        role: "practitioner",
        subject: "demo-health-practitioner",
        purposes: &["health_care"],
        portal: None,
        examples: &[
            ("Evidence from our own records", EVIDENCE),
            ("The question that you may ask as anyone", SAME_FOR_ALL),
            ("Who am I?", WHO_AM_I),
        ],
    },
    Caller {
        label: "Children's social care: social worker",
        agency: "cambs-social-care",
        role: "practitioner",
        subject: "demo-social-worker",
        purposes: &["safeguarding", "family_support"],
        portal: None,
        examples: &[
            ("The whole family", WHOLE_FAMILY),
            ("Who is the Lead Professional?", LOOK_UP),
            ("The question that you may ask as anyone", SAME_FOR_ALL),
        ],
    },
    Caller {
        label: "Portal, for an early help practitioner",
        agency: "cambs-early-help",
        role: "practitioner",
        subject: "demo-early-help-worker",
        purposes: &["family_support", "safeguarding"],
        portal: Some("tff-team"),
        examples: &[
            ("The whole family", WHOLE_FAMILY),
            ("A family with its plan", FAMILY_AND_PLAN),
            (
                "Who am I, and through what?",
                "{ viewer { subject client agency { name } portal { name } role purpose } }",
            ),
        ],
    },
    Caller {
        label: "Programme team: analyst",
        agency: "tff-team",
        role: "data_analyst",
        subject: "demo-analyst",
        purposes: &["performance_analysis", "programme_management"],
        portal: None,
        examples: &[
            ("What is measured", CATALOGUE),
            ("The question that you may ask as anyone", SAME_FOR_ALL),
            ("Who am I?", WHO_AM_I),
        ],
    },
    Caller {
        label: "Internal audit: auditor",
        agency: "internal-audit",
        role: "auditor",
        subject: "demo-auditor",
        purposes: &["audit"],
        portal: None,
        examples: &[
            ("The evidence behind claims", EVIDENCE),
            ("Consents on record", CONSENTS),
            ("Who saw what, and why", WHO_SAW_WHAT),
        ],
    },
    Caller {
        label: "Programme team: agreement manager",
        agency: "tff-team",
        role: "agreement_manager",
        subject: "demo-agreement-manager",
        purposes: &["agreement_management", "subject_access"],
        portal: None,
        examples: &[
            ("The agreement", AGREEMENT),
            ("Who saw what, and why", WHO_SAW_WHAT),
            ("Who am I?", WHO_AM_I),
        ],
    },
    Caller {
        label: "A school that has not signed",
        agency: "ely-academy",
        role: "practitioner",
        subject: "demo-unsigned-school",
        purposes: &["education_support"],
        portal: None,
        examples: &[
            ("A family with its plan: not in the agreement", FAMILY_AND_PLAN),
            ("Is the family on the cohort?", LOOK_UP),
            ("The question that you may ask as anyone", SAME_FOR_ALL),
        ],
    },
];
