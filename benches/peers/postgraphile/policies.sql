-- The sharing rules as far as row-level security can say them, for the peer that PostGraphile is in the bench.
--
-- Which rows: those of the caller's authority; of families in the caller's scope (the whole authority, the cohort on the day, those that the agency
-- works with, those that the person leads); where a clause asks for consent, with consent in force for the category and the kind of agency; contact
-- with people who are shielded is left to nobody but the Lead Professional; members, Lead Professionals and work that are current.
--
-- What is left out, and ours does: fields (a row is there with all its columns or not at all), the agreement itself (which role has which scope for
-- which purpose comes from the caller's settings, not from clauses in force and signed), purposes beyond those settings, emergency access, two parties
-- (a portal and its user), the account of what was withheld and why, the trail, budgets, the pace of answers, and matching by imperfect details.

DO $$ BEGIN CREATE ROLE bench_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DROP SCHEMA IF EXISTS peer_rules CASCADE;
DROP SCHEMA IF EXISTS peer_api CASCADE;
CREATE SCHEMA peer_rules;
CREATE SCHEMA peer_api;
GRANT USAGE ON SCHEMA public, peer_rules, peer_api TO bench_reader;
GRANT SELECT ON authority, agency, family, person, membership, address, lead_professional, criteria_match, plan, outcome, consent TO bench_reader;

-- Whether something that began and perhaps ended holds today.
CREATE FUNCTION peer_rules.holds(since date, until date) RETURNS boolean LANGUAGE sql STABLE
    RETURN since <= current_date AND (until IS NULL OR until > current_date);

CREATE FUNCTION peer_rules.years(born date) RETURNS integer LANGUAGE sql STABLE
    RETURN extract(year FROM age(current_date, born));

-- Whether the newest decision that counts gives consent: from the age of own consent one's own, below it that of a parent in the family.
CREATE FUNCTION peer_rules.person_agreed(authority integer, family uuid, person uuid, category text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce((
        SELECT c.decision = 'given' AND c.withdrawn_at IS NULL AND (c.expires_on IS NULL OR c.expires_on >= current_date)
        FROM consent c
        JOIN person p ON p.authority_id = c.authority_id AND p.id = c.person_id
        JOIN authority a ON a.id = c.authority_id
        WHERE c.authority_id = $1 AND c.person_id = $3 AND c.agency_kind = current_setting('tf.kind') AND c.category = $4
          AND CASE WHEN peer_rules.years(p.date_of_birth) >= a.own_consent_age THEN c.decided_by = c.person_id
              ELSE EXISTS (
                  SELECT FROM membership m JOIN person d ON d.authority_id = m.authority_id AND d.id = m.person_id
                  WHERE m.authority_id = $1 AND m.family_id = $2 AND m.person_id = c.decided_by AND m.parental_responsibility
                    AND peer_rules.holds(m.valid_from, m.valid_until) AND peer_rules.years(d.date_of_birth) >= 18) END
        ORDER BY c.recorded_at DESC, c.id DESC LIMIT 1), false)
$$;

-- Whether every adult of the family agreed; with no adult, every member who decides for themselves.
CREATE FUNCTION peer_rules.family_agreed(authority integer, family uuid, category text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH member AS (
        SELECT p.id, peer_rules.years(p.date_of_birth) AS years, a.own_consent_age
        FROM membership m
        JOIN person p ON p.authority_id = m.authority_id AND p.id = m.person_id
        JOIN authority a ON a.id = m.authority_id
        WHERE m.authority_id = $1 AND m.family_id = $2 AND peer_rules.holds(m.valid_from, m.valid_until))
    SELECT coalesce(bool_and(peer_rules.person_agreed($1, $2, id, $3)), false) FROM member
    WHERE years >= CASE WHEN EXISTS (SELECT FROM member WHERE years >= 18) THEN 18 ELSE own_consent_age END
$$;

-- Whether the scope reaches a family, for scopes other than the whole authority.
CREATE FUNCTION peer_rules.reaches(scope text, authority integer, family uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT CASE scope
        WHEN 'cohort' THEN EXISTS (
            SELECT FROM family f WHERE f.authority_id = $2 AND f.id = $3 AND peer_rules.holds(f.attached_on, f.closed_on))
        WHEN 'involved' THEN EXISTS (
            SELECT FROM involvement i WHERE i.authority_id = $2 AND i.family_id = $3 AND i.agency_id = current_setting('tf.agency')::uuid
              AND peer_rules.holds(i.started_on, i.ended_on))
        WHEN 'lead' THEN EXISTS (
            SELECT FROM lead_professional l WHERE l.authority_id = $2 AND l.family_id = $3 AND l.agency_id = current_setting('tf.agency')::uuid
              AND l.subject = current_setting('tf.subject') AND peer_rules.holds(l.valid_from, l.valid_until))
        ELSE false END
$$;

-- Families that somebody who is not shielded is found in, by exactly these details. People are asked about whom the caller may not see.
CREATE FUNCTION peer_rules.found(given_name text, family_name text, born date, postcode text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT m.family_id
    FROM person p
    JOIN membership m ON m.authority_id = p.authority_id AND m.person_id = p.id AND peer_rules.holds(m.valid_from, m.valid_until)
    WHERE p.authority_id = current_setting('tf.authority')::integer AND p.family_name = $2 AND p.date_of_birth = $3 AND p.given_name = $1
      AND NOT p.shielded
      AND EXISTS (SELECT FROM address d WHERE d.authority_id = m.authority_id AND d.family_id = m.family_id AND d.postcode = $4)
$$;

-- What the bench asks beyond single tables.
CREATE FUNCTION peer_api.marker_lookup(given_name text, family_name text, born date, postcode text) RETURNS SETOF family LANGUAGE sql STABLE AS $$
    SELECT f.* FROM family f
    WHERE f.authority_id = current_setting('tf.authority')::integer
      AND f.id = ANY (ARRAY(SELECT peer_rules.found($1, $2, $3, $4)))
      AND f.attached_on <= current_date AND (f.closed_on IS NULL OR f.closed_on > current_date)
$$;

CREATE FUNCTION peer_api.cohort_by_criterion(criterion text, since date) RETURNS SETOF family LANGUAGE sql STABLE AS $$
    SELECT f.* FROM family f
    WHERE f.authority_id = current_setting('tf.authority')::integer AND f.attached_on >= $2
      AND f.attached_on <= current_date AND (f.closed_on IS NULL OR f.closed_on > current_date)
      AND EXISTS (SELECT FROM criteria_match c
                  WHERE c.authority_id = f.authority_id AND c.family_id = f.id AND c.criterion = $1 AND c.withdrawn_on IS NULL)
    ORDER BY f.attached_on DESC, f.id
$$;

-- That there is a plan, which is part of the marker: whoever sees the family may know it.
CREATE FUNCTION peer_api.family_one_plan(family family) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (SELECT FROM plan p WHERE p.authority_id = $1.authority_id AND p.family_id = $1.id AND p.status <> 'closed')
$$;

CREATE FUNCTION peer_api.family_on_cohort(family family) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce($1.attached_on <= current_date AND ($1.closed_on IS NULL OR $1.closed_on > current_date), false)
$$;

ALTER TABLE family ENABLE ROW LEVEL SECURITY;
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE address ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_professional ENABLE ROW LEVEL SECURITY;
ALTER TABLE criteria_match ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE outcome ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE agency ENABLE ROW LEVEL SECURITY;
ALTER TABLE authority ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS bench_read ON authority;
CREATE POLICY bench_read ON authority FOR SELECT TO bench_reader USING (id = (SELECT current_setting('tf.authority')::integer));

DROP POLICY IF EXISTS bench_read ON agency;
CREATE POLICY bench_read ON agency FOR SELECT TO bench_reader USING (authority_id = (SELECT current_setting('tf.authority')::integer));

-- A setting is looked at once a statement (the sub-selects), and functions are called only where the scope is not the whole authority.
DROP POLICY IF EXISTS bench_read ON family;
CREATE POLICY bench_read ON family FOR SELECT TO bench_reader USING (
    authority_id = (SELECT current_setting('tf.authority')::integer)
    AND ((SELECT current_setting('tf.marker')) = 'authority'
         OR peer_rules.reaches((SELECT current_setting('tf.marker')), authority_id, id))
    AND ((SELECT current_setting('tf.consent')) = 'not_required' OR peer_rules.family_agreed(authority_id, id, 'MARKER')));

DROP POLICY IF EXISTS bench_read ON lead_professional;
CREATE POLICY bench_read ON lead_professional FOR SELECT TO bench_reader USING (
    authority_id = (SELECT current_setting('tf.authority')::integer)
    AND valid_from <= current_date AND (valid_until IS NULL OR valid_until > current_date)
    AND ((SELECT current_setting('tf.marker')) = 'authority'
         OR EXISTS (SELECT FROM family f WHERE f.authority_id = lead_professional.authority_id AND f.id = lead_professional.family_id)));

DROP POLICY IF EXISTS bench_read ON membership;
CREATE POLICY bench_read ON membership FOR SELECT TO bench_reader USING (
    authority_id = (SELECT current_setting('tf.authority')::integer)
    AND valid_from <= current_date AND (valid_until IS NULL OR valid_until > current_date)
    AND ((SELECT current_setting('tf.people')) = 'authority'
         OR peer_rules.reaches((SELECT current_setting('tf.people')), authority_id, family_id))
    AND ((SELECT current_setting('tf.consent')) = 'not_required'
         OR peer_rules.person_agreed(authority_id, family_id, person_id, 'HOUSEHOLD')));

DROP POLICY IF EXISTS bench_read ON person;
CREATE POLICY bench_read ON person FOR SELECT TO bench_reader USING (
    authority_id = (SELECT current_setting('tf.authority')::integer)
    AND ((SELECT current_setting('tf.people')) = 'authority'
         OR EXISTS (SELECT FROM membership m WHERE m.authority_id = person.authority_id AND m.person_id = person.id
                      AND ((SELECT current_setting('tf.consent')) = 'not_required'
                           OR peer_rules.person_agreed(m.authority_id, m.family_id, m.person_id, 'IDENTITY')))));

DROP POLICY IF EXISTS bench_read ON address;
CREATE POLICY bench_read ON address FOR SELECT TO bench_reader USING (
    authority_id = (SELECT current_setting('tf.authority')::integer)
    AND peer_rules.reaches((SELECT current_setting('tf.contact')), authority_id, family_id)
    AND ((SELECT current_setting('tf.contact')) = 'lead' OR NOT EXISTS (
        SELECT FROM membership m JOIN person p ON p.authority_id = m.authority_id AND p.id = m.person_id
        WHERE m.authority_id = address.authority_id AND m.family_id = address.family_id AND p.shielded)));

-- What concerns health asks for the consent of whom it concerns.
DROP POLICY IF EXISTS bench_read ON criteria_match;
CREATE POLICY bench_read ON criteria_match FOR SELECT TO bench_reader USING (
    authority_id = (SELECT current_setting('tf.authority')::integer)
    AND ((SELECT current_setting('tf.people')) = 'authority'
         OR peer_rules.reaches((SELECT current_setting('tf.people')), authority_id, family_id))
    AND (criterion NOT IN ('HEALTH', 'PARENT_MENTAL_HEALTH', 'PARENT_SUBSTANCE_MISUSE', 'CHILD_WITH_AUTISM_OR_ADHD')
         OR CASE WHEN person_id IS NULL THEN peer_rules.family_agreed(authority_id, family_id, 'CRITERION_HEALTH')
            ELSE peer_rules.person_agreed(authority_id, family_id, person_id, 'CRITERION_HEALTH') END));

DROP POLICY IF EXISTS bench_read ON plan;
CREATE POLICY bench_read ON plan FOR SELECT TO bench_reader USING (
    authority_id = (SELECT current_setting('tf.authority')::integer)
    AND (SELECT current_setting('tf.work')) = 'cohort'
    AND EXISTS (SELECT FROM family f WHERE f.authority_id = plan.authority_id AND f.id = plan.family_id
                  AND f.attached_on <= current_date AND (f.closed_on IS NULL OR f.closed_on > current_date)));

DROP POLICY IF EXISTS bench_read ON outcome;
CREATE POLICY bench_read ON outcome FOR SELECT TO bench_reader USING (
    authority_id = (SELECT current_setting('tf.authority')::integer)
    AND (SELECT current_setting('tf.work')) = 'cohort'
    AND EXISTS (SELECT FROM family f WHERE f.authority_id = outcome.authority_id AND f.id = outcome.family_id
                  AND f.attached_on <= current_date AND (f.closed_on IS NULL OR f.closed_on > current_date))
    AND (criterion IS NULL OR criterion NOT IN ('HEALTH', 'PARENT_MENTAL_HEALTH', 'PARENT_SUBSTANCE_MISUSE', 'CHILD_WITH_AUTISM_OR_ADHD')
         OR peer_rules.family_agreed(authority_id, family_id, 'CRITERION_HEALTH')));

DROP POLICY IF EXISTS bench_read ON consent;
CREATE POLICY bench_read ON consent FOR SELECT TO bench_reader USING (
    authority_id = (SELECT current_setting('tf.authority')::integer)
    AND ((SELECT current_setting('tf.consents')) = 'authority'
         OR peer_rules.reaches((SELECT current_setting('tf.consents')), authority_id, family_id)));
