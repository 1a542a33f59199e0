//! The statements, the same for both databases. What one caller of ours may see is written into them: work with the family while it is on the cohort,
//! and nothing that concerns health.

/// The index that the look-up needs.
pub const INDEX: &str =
    "CREATE INDEX IF NOT EXISTS bench_person_name ON person (authority_id, family_name, date_of_birth)";

const ON_COHORT: &str = "(f.attached_on IS NOT NULL AND f.attached_on <= current_date AND (f.closed_on IS NULL OR f.closed_on > current_date))";
const NOT_HEALTH: &str =
    "NOT IN ('HEALTH', 'PARENT_MENTAL_HEALTH', 'PARENT_SUBSTANCE_MISUSE', 'CHILD_WITH_AUTISM_OR_ADHD')";
const LEAD: &str = "
    LEFT JOIN lead_professional l ON l.authority_id = f.authority_id AND l.family_id = f.id
        AND l.valid_from <= current_date AND (l.valid_until IS NULL OR l.valid_until > current_date)
    LEFT JOIN agency a ON a.authority_id = l.authority_id AND a.id = l.agency_id";
const LEAD_COLUMNS: &str = "l.name, l.phone, l.email, l.team, l.valid_from, a.name";
const ONE: &str = "f.authority_id = $1 AND f.reference = $2";
const PAGE: &str =
    "f.authority_id = $1 AND f.id IN (SELECT id FROM family WHERE authority_id = $1 ORDER BY id LIMIT 50)";
const PLAN_COLUMNS: &str = "p.id, upper(p.status), p.drawn_up_on, p.agreed_on, p.signed_by_family_on, p.closed_on, upper(p.closure), f.reference";
const PLAN_ORDER: &str = "ORDER BY p.family_id, p.drawn_up_on DESC, p.id";

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    LookUp,
    Family,
    FamilyMembers,
    FamilyMatches,
    FamilyPlans,
    FamilyOutcomes,
    FamilyConsents,
    Families,
    FamiliesMembers,
    FamiliesMatches,
    Filtered,
    Plans,
    PlansOutcomes,
}

impl Statement {
    /// All, in the order of their numbers.
    pub(super) const ALL: [Self; 13] = [
        Self::LookUp,
        Self::Family,
        Self::FamilyMembers,
        Self::FamilyMatches,
        Self::FamilyPlans,
        Self::FamilyOutcomes,
        Self::FamilyConsents,
        Self::Families,
        Self::FamiliesMembers,
        Self::FamiliesMatches,
        Self::Filtered,
        Self::Plans,
        Self::PlansOutcomes,
    ];

    /// Its SQL.
    pub(super) fn text(self) -> String {
        match self {
            Self::LookUp => format!(
                "SELECT f.attached_on, EXISTS (SELECT 1 FROM plan WHERE plan.authority_id = f.authority_id AND plan.family_id = f.id
                        AND plan.status <> 'closed'), {LEAD_COLUMNS}
                 FROM person p
                 JOIN membership m ON m.authority_id = p.authority_id AND m.person_id = p.id AND m.valid_until IS NULL
                 JOIN family f ON f.authority_id = m.authority_id AND f.id = m.family_id {LEAD}
                 WHERE p.authority_id = $1 AND p.given_name = $2 AND p.family_name = $3 AND p.date_of_birth = $4 AND {ON_COHORT}
                   AND EXISTS (SELECT 1 FROM address d WHERE d.authority_id = f.authority_id AND d.family_id = f.id AND d.postcode = $5)
                 LIMIT 2"
            ),
            Self::Family => format!(
                "SELECT f.reference, {ON_COHORT}, f.attached_on, f.closed_on, upper(f.need_level), {LEAD_COLUMNS} FROM family f {LEAD} WHERE {ONE}"
            ),
            Self::FamilyMembers => members(ONE),
            Self::FamilyMatches => matches(ONE),
            Self::FamilyPlans => format!("{} WHERE {ONE} AND {ON_COHORT} {PLAN_ORDER}", plans()),
            Self::FamilyOutcomes => outcomes("f.authority_id = $1 AND f.reference = $2", ""),
            Self::FamilyConsents => format!(
                "SELECT c.category, upper(c.agency_kind), upper(c.decision), c.recorded_at, p.given_name
                 FROM family f JOIN consent c ON c.authority_id = f.authority_id AND c.family_id = f.id
                 JOIN person p ON p.authority_id = c.authority_id AND p.id = c.person_id
                 WHERE {ONE} ORDER BY c.recorded_at DESC, c.id"
            ),
            Self::Families => format!(
                "SELECT f.id, f.reference, {ON_COHORT}, f.attached_on FROM family f WHERE f.authority_id = $1 ORDER BY f.id LIMIT 50"
            ),
            Self::FamiliesMembers => members(PAGE),
            Self::FamiliesMatches => matches(PAGE),
            Self::Filtered => format!(
                "SELECT f.reference, f.attached_on, upper(f.need_level), l.name, l.phone, f.total FROM (
                     SELECT f.*, count(*) OVER () AS total FROM family f
                     WHERE f.authority_id = $1 AND f.attached_on >= $3 AND {ON_COHORT} AND EXISTS (
                         SELECT 1 FROM criteria_match c
                         WHERE c.authority_id = f.authority_id AND c.family_id = f.id AND c.criterion = $2 AND c.withdrawn_on IS NULL)
                     ORDER BY f.attached_on DESC, f.id LIMIT 50) f {LEAD}
                 ORDER BY f.attached_on DESC, f.id"
            ),
            Self::Plans => format!("{} WHERE f.authority_id = $1 AND {ON_COHORT} {PLAN_ORDER} LIMIT 50", plans()),
            Self::PlansOutcomes => {
                let page = format!("{} WHERE f.authority_id = $1 AND {ON_COHORT} {PLAN_ORDER} LIMIT 50", plans());
                outcomes("f.authority_id = $1", &format!("JOIN ({page}) page ON page.id = o.plan_id"))
            }
        }
    }
}

fn members(which: &str) -> String {
    format!(
        "SELECT m.family_id, upper(m.relationship), m.parental_responsibility, m.valid_from, p.given_name, p.family_name, p.date_of_birth, upper(p.sex)
         FROM family f JOIN membership m ON m.authority_id = f.authority_id AND m.family_id = f.id
         JOIN person p ON p.authority_id = m.authority_id AND p.id = m.person_id
         WHERE {which} AND m.valid_from <= current_date AND (m.valid_until IS NULL OR m.valid_until > current_date)
         ORDER BY m.family_id, m.valid_from, m.id"
    )
}

fn matches(which: &str) -> String {
    format!(
        "SELECT c.family_id, c.criterion, c.evidence, c.evidence_from, upper(c.matched_by), c.verified_on, a.name, p.given_name
         FROM family f JOIN criteria_match c ON c.authority_id = f.authority_id AND c.family_id = f.id
         JOIN agency a ON a.authority_id = c.authority_id AND a.id = c.source_agency_id
         LEFT JOIN person p ON p.authority_id = c.authority_id AND p.id = c.person_id
         WHERE {which} AND c.criterion {NOT_HEALTH}
         ORDER BY c.family_id, c.evidence_from DESC, c.id"
    )
}

fn plans() -> String {
    format!("SELECT {PLAN_COLUMNS} FROM family f JOIN plan p ON p.authority_id = f.authority_id AND p.family_id = f.id")
}

fn outcomes(which: &str, page: &str) -> String {
    format!(
        "SELECT o.plan_id, o.criterion, o.indicator, upper(o.kind), o.baseline, o.forecast, o.result, o.result_on, a.name
         FROM family f JOIN outcome o ON o.authority_id = f.authority_id AND o.family_id = f.id {page}
         LEFT JOIN agency a ON a.authority_id = o.authority_id AND a.id = o.source_agency_id
         WHERE {which} AND {ON_COHORT} AND (o.criterion IS NULL OR o.criterion {NOT_HEALTH})
         ORDER BY o.plan_id, o.indicator, o.id"
    )
}
