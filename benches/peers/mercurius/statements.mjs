// The statements, each with the name under which it is prepared.
const HEALTH = "('HEALTH', 'PARENT_MENTAL_HEALTH', 'PARENT_SUBSTANCE_MISUSE', 'CHILD_WITH_AUTISM_OR_ADHD')";
const ON_COHORT = "(f.attached_on IS NOT NULL AND f.attached_on <= current_date AND (f.closed_on IS NULL OR f.closed_on > current_date))";
const LEAD = `
  LEFT JOIN lead_professional l ON l.authority_id = f.authority_id AND l.family_id = f.id
    AND l.valid_from <= current_date AND (l.valid_until IS NULL OR l.valid_until > current_date)
  LEFT JOIN agency a ON a.authority_id = l.authority_id AND a.id = l.agency_id`;
const FAMILY = `f.authority_id AS authority, f.id, f.reference, ${ON_COHORT} AS "onCohort", f.attached_on AS "attachedOn", f.closed_on AS "closedOn",
  upper(f.need_level) AS "needLevel", l.name AS lead_name, l.phone AS lead_phone, l.email AS lead_email, l.team AS lead_team,
  l.valid_from AS lead_since, a.name AS lead_agency`;
const PLAN = `p.authority_id AS authority, p.id, p.family_id AS parent, upper(p.status) AS status, p.drawn_up_on AS "drawnUpOn", p.agreed_on AS "agreedOn",
  p.signed_by_family_on AS "signedByFamilyOn", p.closed_on AS "closedOn", upper(p.closure) AS closure`;

export const ROOT = {
  lookup: ["lookup", `
    SELECT ${FAMILY}, EXISTS (
      SELECT FROM plan WHERE plan.authority_id = f.authority_id AND plan.family_id = f.id AND plan.status <> 'closed') AS "onePlan"
    FROM person p
    JOIN membership m ON m.authority_id = p.authority_id AND m.person_id = p.id AND m.valid_until IS NULL
    JOIN family f ON f.authority_id = m.authority_id AND f.id = m.family_id ${LEAD}
    WHERE p.authority_id = $1 AND p.given_name = $2 AND p.family_name = $3 AND p.date_of_birth = $4 AND ${ON_COHORT}
      AND EXISTS (SELECT FROM address d WHERE d.authority_id = f.authority_id AND d.family_id = f.id AND d.postcode = $5)
    LIMIT 2`],
  family: ["family", `SELECT ${FAMILY} FROM family f ${LEAD} WHERE f.authority_id = $1 AND f.reference = $2`],
  families: ["families", `SELECT ${FAMILY} FROM family f ${LEAD} WHERE f.authority_id = $1 ORDER BY f.id LIMIT 50`],
  filtered: ["filtered", `
    SELECT ${FAMILY}, f.total FROM (
      SELECT f.*, count(*) OVER ()::integer AS total FROM family f
      WHERE f.authority_id = $1 AND f.attached_on >= $3 AND ${ON_COHORT} AND EXISTS (
        SELECT FROM criteria_match c WHERE c.authority_id = f.authority_id AND c.family_id = f.id AND c.criterion = $2 AND c.withdrawn_on IS NULL)
      ORDER BY f.attached_on DESC, f.id LIMIT 50) f ${LEAD}
    ORDER BY f.attached_on DESC, f.id`],
  plans: ["plans", `
    SELECT ${PLAN}, f.reference FROM family f JOIN plan p ON p.authority_id = f.authority_id AND p.family_id = f.id
    WHERE f.authority_id = $1 AND ${ON_COHORT} ORDER BY p.family_id, p.drawn_up_on DESC, p.id LIMIT 50`],
};

export const LISTS = {
  members: ["members", `
    SELECT m.family_id AS parent, upper(m.relationship) AS relationship, m.parental_responsibility AS "parentalResponsibility",
      m.valid_from AS "memberFrom", p.given_name AS "givenName", p.family_name AS "familyName", p.date_of_birth AS "dateOfBirth", upper(p.sex) AS sex
    FROM membership m JOIN person p ON p.authority_id = m.authority_id AND p.id = m.person_id
    WHERE m.authority_id = $1 AND m.family_id = ANY ($2) AND m.valid_from <= current_date AND (m.valid_until IS NULL OR m.valid_until > current_date)
    ORDER BY m.family_id, m.valid_from, m.id`],
  criteriaMatches: ["criteria_matches", `
    SELECT c.family_id AS parent, c.criterion, c.evidence, c.evidence_from AS "evidenceFrom", upper(c.matched_by) AS "matchedBy",
      c.verified_on AS "verifiedOn", a.name AS agency_name, p.given_name AS member_name
    FROM criteria_match c
    JOIN agency a ON a.authority_id = c.authority_id AND a.id = c.source_agency_id
    LEFT JOIN person p ON p.authority_id = c.authority_id AND p.id = c.person_id
    WHERE c.authority_id = $1 AND c.family_id = ANY ($2) AND c.criterion NOT IN ${HEALTH}
    ORDER BY c.family_id, c.evidence_from DESC, c.id`],
  plans: ["plans_of_families", `
    SELECT ${PLAN} FROM family f JOIN plan p ON p.authority_id = f.authority_id AND p.family_id = f.id
    WHERE f.authority_id = $1 AND f.id = ANY ($2) AND ${ON_COHORT} ORDER BY p.family_id, p.drawn_up_on DESC, p.id`],
  outcomes: ["outcomes", `
    SELECT o.plan_id AS parent, o.criterion, o.indicator, upper(o.kind) AS kind, o.baseline, o.forecast, o.result, o.result_on AS "resultOn",
      a.name AS agency_name
    FROM outcome o LEFT JOIN agency a ON a.authority_id = o.authority_id AND a.id = o.source_agency_id
    WHERE o.authority_id = $1 AND o.plan_id = ANY ($2) AND (o.criterion IS NULL OR o.criterion NOT IN ${HEALTH})
    ORDER BY o.plan_id, o.indicator, o.id`],
  consents: ["consents", `
    SELECT c.family_id AS parent, c.category, upper(c.agency_kind) AS "agencyKind", upper(c.decision) AS decision, c.recorded_at AS "recordedAt",
      p.given_name AS member_name
    FROM consent c JOIN person p ON p.authority_id = c.authority_id AND p.id = c.person_id
    WHERE c.authority_id = $1 AND c.family_id = ANY ($2)
    ORDER BY c.family_id, c.recorded_at DESC, c.id`],
};
