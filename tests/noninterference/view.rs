//! What a caller may see of a family: worked out from the rows themselves, by the decision alone, with nothing of the store and of the API.
//!
//! Two data sets are the same to a caller when every family's view is: the rows that exist, their values where they are released, and
//! what is told where they are withheld.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use thinkfamily::{
    catalogue,
    sharing::{
        category::{Category, CategorySet},
        ceiling::Ceiling,
        decide::{Needs, decide},
        facts::{ConsentAnswer, ConsentDecision, EmergencyFact, FamilyFacts, PersonFacts, RowFacts, Subject},
        register,
    },
};
use uuid::Uuid;

use crate::world::Folder;

/// `Member 1f… givenName` and what is seen there.
pub(crate) type View = BTreeMap<(&'static str, Uuid, &'static str), String>;

/// The moment, and what the authority has settled.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) now: DateTime<Utc>,
    pub(crate) own_consent_age: HashMap<i32, i32>,
}

fn open(from: NaiveDate, until: Option<NaiveDate>, today: NaiveDate) -> bool {
    match until {
        Some(until) => from <= today && until > today,
        None => from <= today,
    }
}

fn facts(folder: &Folder, moment: &Moment) -> FamilyFacts {
    let today = moment.now.date_naive();
    let mut people: BTreeMap<Uuid, PersonFacts> = BTreeMap::new();
    for row in &folder.memberships {
        let Some(person) = folder.person(row.person_id) else {
            continue;
        };
        let here = open(row.valid_from, row.valid_until, today);
        let known = people.entry(person.id).or_insert_with(|| PersonFacts {
            person: person.id,
            date_of_birth: person.date_of_birth,
            parental_responsibility: false,
            in_family: false,
            shielded: person.shielded,
        });
        known.in_family |= here;
        known.parental_responsibility |= here && row.parental_responsibility;
    }
    let mut leads: Vec<_> = folder
        .lead_professionals
        .iter()
        .filter(|row| open(row.valid_from, row.valid_until, today))
        .collect();
    leads.sort_by_key(|row| (std::cmp::Reverse(row.valid_from), row.id));
    FamilyFacts {
        authority: folder.family.authority_id,
        family: folder.family.id,
        on_cohort: folder
            .family
            .attached_on
            .is_some_and(|from| open(from, folder.family.closed_on, today)),
        involved: folder
            .involvements
            .iter()
            .filter(|row| open(row.started_on, row.ended_on, today))
            .map(|row| row.agency_id)
            .collect(),
        lead: leads.first().map(|row| (row.agency_id, row.subject.clone())),
        consents: folder
            .consents
            .iter()
            .filter_map(|row| {
                Some(ConsentDecision {
                    person: row.person_id,
                    category: Category::from_code(&row.category)?,
                    agency_kind: row.agency_kind.clone(),
                    answer: if row.decision == "given" {
                        ConsentAnswer::Given
                    } else {
                        ConsentAnswer::Refused
                    },
                    decided_by: row.decided_by,
                    recorded_at: row.recorded_at,
                    key: row.id,
                    expires_on: row.expires_on,
                    withdrawn_at: row.withdrawn_at,
                })
            })
            .collect(),
        people: people.into_values().collect(),
        emergencies: folder
            .emergency_accesses
            .iter()
            .filter(|row| row.closed_at.is_none())
            .map(|row| EmergencyFact {
                key: row.id,
                agency: row.agency_id,
                subject: row.subject.clone(),
                opened_at: row.opened_at,
                expires_at: row.expires_at,
            })
            .collect(),
        own_consent_age: moment.own_consent_age[&folder.family.authority_id],
        now: moment.now,
    }
}

/// A field, and what a decision about it looks at in a row.
type Asked = (&'static str, Subject, Option<Uuid>, CategorySet);

struct Looker<'a> {
    ceiling: &'a Ceiling,
    facts: FamilyFacts,
    reads_trail: bool,
    known: HashMap<Asked, Result<(), &'static str>>,
    view: View,
}

impl Looker<'_> {
    /// Released, or what is told.
    fn look(&mut self, coordinate: &'static str, row: &RowFacts) -> Result<(), &'static str> {
        let key = (coordinate, row.subject, row.source, row.categories);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let field = register::find(coordinate).unwrap_or_else(|| panic!("{coordinate} is not in the register"));
        let classified = field.one_of.is_empty() || !row.categories.intersection(field.one_of).is_empty();
        let needs = Needs {
            access: field.access,
            categories: field.categories.union(row.categories),
            area: field.area,
        };
        let seen = if classified {
            decide(self.ceiling, needs, &self.facts, row)
                .map(|_| ())
                .map_err(|withheld| withheld.told.code())
        } else {
            Err("NOT_IN_AGREEMENT")
        };
        self.known.insert(key, seen);
        seen
    }

    /// Notes a row and its values, if it exists for the caller; says whether it does.
    fn row(&mut self, of: &'static str, key: Uuid, facts: &RowFacts, values: &[(&'static str, String)]) -> bool {
        if self.look(of, facts).is_err() {
            return false;
        }
        self.view.insert((of, key, ""), "exists".to_owned());
        // Whoever may read the trail is told there the categories of what they were given, those that rows bring among them.
        if self.reads_trail {
            self.view
                .insert((of, key, "categories"), format!("{:?}", facts.categories));
        }
        for (coordinate, value) in values {
            let seen = match self.look(coordinate, facts) {
                Ok(()) => value.clone(),
                Err(told) => format!("withheld: {told}"),
            };
            self.view.insert((of, key, coordinate), seen);
        }
        true
    }

    /// Notes something that comes with a row that exists.
    fn note(&mut self, of: &'static str, key: Uuid, what: &'static str, value: String) {
        self.view.insert((of, key, what), value);
    }
}

macro_rules! values {
    ($row:ident, $($coordinate:literal $column:ident),* $(,)?) => {
        [$(($coordinate, format!("{:?}", $row.$column)),)*]
    };
}

fn criterion(code: Option<&str>) -> CategorySet {
    code.map_or(CategorySet::EMPTY, catalogue::categories_of_criterion)
}

/// What a caller sees of a family; nothing where the family, or whatever is in it, does not exist for them.
#[expect(clippy::too_many_lines, reason = "one paragraph a table")]
pub(crate) fn view(folder: &Folder, ceiling: &Arc<Ceiling>, moment: &Moment) -> View {
    if folder.family.authority_id != ceiling.caller().authority {
        return View::new();
    }
    let mut looker = Looker {
        ceiling,
        reads_trail: register::find("Disclosure.categories").is_some_and(|field| ceiling.covers(field.id)),
        facts: facts(folder, moment),
        known: HashMap::new(),
        view: View::new(),
    };
    let family = RowFacts::family();
    let row = &folder.family;
    if looker.row(
        "Family",
        row.id,
        &family,
        &values!(row,
            "Family.reference" reference, "Family.district" district, "Family.ward" ward, "Family.locality" locality,
            "Family.reachArea" reach_area, "Family.needLevel" need_level, "Family.route" route,
            "Family.attachedOn" attached_on, "Family.closedOn" closed_on,
        ),
    ) {
        let today = moment.now.date_naive();
        let on_cohort = looker.facts.on_cohort;
        looker.note("Family", row.id, "onCohort", on_cohort.to_string());
        let has_plan = folder.plans.iter().any(|plan| plan.status != "closed");
        looker.note("Family", row.id, "hasPlan", has_plan.to_string());
        let mut leads: Vec<_> = folder.lead_professionals.iter().collect();
        leads.sort_by_key(|row| (std::cmp::Reverse(row.valid_from), row.id));
        let tell = |row: &thinkfamily::store::rows::LeadProfessionalRow| {
            format!(
                "{:?}",
                (
                    &row.name,
                    &row.phone,
                    &row.email,
                    &row.team,
                    row.agency_id,
                    row.valid_from,
                    row.valid_until
                )
            )
        };
        let lead = leads
            .iter()
            .find(|row| open(row.valid_from, row.valid_until, today))
            .map(|row| tell(row));
        looker.note("Family", row.id, "leadProfessional", format!("{lead:?}"));
        let history = match looker.look("Family.leadProfessionalHistory", &family) {
            Ok(()) => format!("{:?}", leads.into_iter().map(tell).collect::<Vec<_>>()),
            Err(told) => told.to_owned(),
        };
        looker.note("Family", row.id, "leadProfessionalHistory", history);
    }
    let mut members = HashSet::new();
    for row in &folder.memberships {
        let Some(person) = folder.person(row.person_id) else {
            continue;
        };
        let facts = RowFacts::person(person.id);
        let age = values!(person,
            "Member.givenName" given_name, "Member.familyName" family_name, "Member.dateOfBirth" date_of_birth,
            "Member.age" date_of_birth, "Member.sex" sex, "Member.ethnicity" ethnicity, "Member.disability" disability,
            "Member.phone" phone, "Member.email" email, "Member.employmentStatus" employment_status,
            "Member.educationSetting" education_setting,
        );
        let own = values!(row,
            "Member.relationship" relationship, "Member.parentalResponsibility" parental_responsibility,
            "Member.memberFrom" valid_from, "Member.memberUntil" valid_until,
        );
        if looker.row(
            "Member",
            row.id,
            &facts,
            &own.into_iter().chain(age).collect::<Vec<_>>(),
        ) {
            members.insert(person.id);
            looker.note("Member", row.id, "person", person.id.to_string());
        }
    }
    let named = |person: Option<Uuid>| format!("{:?}", person.filter(|person| members.contains(person)));
    for row in &folder.addresses {
        looker.row(
            "Address",
            row.id,
            &family,
            &values!(row,
                "Address.line1" line1, "Address.line2" line2, "Address.town" town, "Address.postcode" postcode,
                "Address.validFrom" valid_from, "Address.validUntil" valid_until,
            ),
        );
    }
    for row in &folder.statutory_statuses {
        if looker.row("StatutoryStatus", row.id, &RowFacts::person(row.person_id), &values!(row,
            "StatutoryStatus.status" status, "StatutoryStatus.validFrom" valid_from, "StatutoryStatus.validUntil" valid_until,
        )) {
            looker.note("StatutoryStatus", row.id, "person", named(Some(row.person_id)));
        }
    }
    for row in &folder.local_identifiers {
        if looker.row(
            "LocalIdentifier",
            row.id,
            &RowFacts::person(row.person_id),
            &values!(row,
                "LocalIdentifier.system" system, "LocalIdentifier.value" value,
            ),
        ) {
            looker.note("LocalIdentifier", row.id, "person", named(Some(row.person_id)));
        }
    }
    for row in &folder.involvements {
        looker.row("Involvement", row.id, &family.from_agency(row.agency_id), &values!(row,
            "Involvement.agency" agency_id, "Involvement.serviceTeam" service_team, "Involvement.contactName" contact_name,
            "Involvement.contactPhone" contact_phone, "Involvement.contactEmail" contact_email,
            "Involvement.startedOn" started_on, "Involvement.endedOn" ended_on,
        ));
    }
    for row in &folder.criteria_matches {
        let facts = RowFacts::about(row.person_id)
            .from_agency(row.source_agency_id)
            .with_categories(catalogue::categories_of_criterion(&row.criterion));
        if looker.row(
            "CriteriaMatch",
            row.id,
            &facts,
            &values!(row,
                "CriteriaMatch.criterion" criterion, "CriteriaMatch.sourceAgency" source_agency_id,
                "CriteriaMatch.evidence" evidence, "CriteriaMatch.evidenceFrom" evidence_from,
                "CriteriaMatch.evidenceUntil" evidence_until, "CriteriaMatch.matchedBy" matched_by,
                "CriteriaMatch.verifiedOn" verified_on, "CriteriaMatch.withdrawnOn" withdrawn_on,
            ),
        ) {
            looker.note("CriteriaMatch", row.id, "person", named(row.person_id));
        }
    }
    let mut assessments = HashSet::new();
    for row in &folder.assessments {
        if looker.row(
            "Assessment",
            row.id,
            &family.from_agency(row.agency_id),
            &values!(row,
                "Assessment.agency" agency_id, "Assessment.kind" kind, "Assessment.coversAllMembers" covers_all_members,
                "Assessment.startedOn" started_on, "Assessment.completedOn" completed_on, "Assessment.quality" quality,
            ),
        ) {
            assessments.insert(row.id);
        }
    }
    for row in &folder.distance_scores {
        let facts = RowFacts::about(row.person_id).with_categories(catalogue::categories_of_domain(&row.domain));
        if looker.row(
            "DistanceScore",
            row.id,
            &facts,
            &values!(row,
                "DistanceScore.domain" domain, "DistanceScore.review" review, "DistanceScore.score" score,
                "DistanceScore.scoredBy" scored_by, "DistanceScore.scoredOn" scored_on,
            ),
        ) {
            looker.note("DistanceScore", row.id, "person", named(row.person_id));
            let of = Some(row.assessment_id).filter(|of| assessments.contains(of));
            looker.note("DistanceScore", row.id, "assessment", format!("{of:?}"));
        }
    }
    let mut plans = HashSet::new();
    for row in &folder.plans {
        if looker.row(
            "Plan",
            row.id,
            &family,
            &values!(row,
                "Plan.status" status, "Plan.drawnUpOn" drawn_up_on, "Plan.agreedOn" agreed_on,
                "Plan.signedByFamilyOn" signed_by_family_on, "Plan.closedOn" closed_on, "Plan.closure" closure,
            ),
        ) {
            plans.insert(row.id);
        }
    }
    let plan_of = |plan: Uuid| format!("{:?}", Some(plan).filter(|plan| plans.contains(plan)));
    let mut goals = HashSet::new();
    for row in &folder.goals {
        let facts = family.with_categories(criterion(row.criterion.as_deref()));
        if looker.row(
            "Goal",
            row.id,
            &facts,
            &values!(row,
                "Goal.description" description, "Goal.criterion" criterion, "Goal.status" status,
            ),
        ) {
            goals.insert(row.id);
            looker.note("Goal", row.id, "plan", plan_of(row.plan_id));
            looker.note("Goal", row.id, "position", row.position.to_string());
        }
    }
    let goal_of = |goal: Option<Uuid>| format!("{:?}", goal.filter(|goal| goals.contains(goal)));
    for row in &folder.actions {
        // What an action says of a criterion is what its goal says.
        let goal = folder.goals.iter().find(|goal| goal.id == row.goal_id);
        let facts =
            family.with_categories(goal.map_or(Category::CRITERIA, |goal| criterion(goal.criterion.as_deref())));
        if looker.row(
            "Action",
            row.id,
            &facts,
            &values!(row,
                "Action.description" description, "Action.ownerAgency" owner_agency_id, "Action.dueOn" due_on,
                "Action.doneOn" done_on,
            ),
        ) {
            looker.note("Action", row.id, "goal", goal_of(Some(row.goal_id)));
            looker.note("Action", row.id, "position", row.position.to_string());
        }
    }
    for row in &folder.outcomes {
        let goal = row
            .goal_id
            .and_then(|goal| folder.goals.iter().find(|row| row.id == goal));
        let categories =
            criterion(row.criterion.as_deref()).union(criterion(goal.and_then(|goal| goal.criterion.as_deref())));
        let facts = RowFacts {
            source: row.source_agency_id,
            ..family.with_categories(categories)
        };
        if looker.row("Outcome", row.id, &facts, &values!(row,
            "Outcome.criterion" criterion, "Outcome.indicator" indicator, "Outcome.kind" kind, "Outcome.baseline" baseline,
            "Outcome.forecast" forecast, "Outcome.result" result, "Outcome.resultOn" result_on, "Outcome.evidence" evidence,
            "Outcome.sourceAgency" source_agency_id,
        )) {
            looker.note("Outcome", row.id, "plan", plan_of(row.plan_id));
            looker.note("Outcome", row.id, "goal", goal_of(row.goal_id));
        }
    }
    for row in &folder.progress_values {
        let facts = RowFacts::about(row.person_id).with_categories(catalogue::categories_of_measure(&row.measure));
        if looker.row(
            "ProgressValue",
            row.id,
            &facts,
            &values!(row,
                "ProgressValue.measure" measure, "ProgressValue.stage" stage, "ProgressValue.value" value,
                "ProgressValue.periodTo" period_to,
            ),
        ) {
            looker.note("ProgressValue", row.id, "person", named(row.person_id));
        }
    }
    for row in &folder.consents {
        let facts = RowFacts::person(row.person_id).from_agency(row.recorded_by_agency);
        if looker.row(
            "Consent",
            row.id,
            &facts,
            &values!(row,
                "Consent.category" category, "Consent.agencyKind" agency_kind, "Consent.decision" decision,
                "Consent.recordedAt" recorded_at, "Consent.expiresOn" expires_on, "Consent.withdrawnAt" withdrawn_at,
                "Consent.recordedByAgency" recorded_by_agency,
            ),
        ) {
            looker.note("Consent", row.id, "person", named(Some(row.person_id)));
            looker.note("Consent", row.id, "decidedBy", named(Some(row.decided_by)));
        }
    }
    for row in &folder.markers {
        looker.row("MarkerPlacement", row.id, &family.from_agency(row.agency_id), &values!(row,
            "MarkerPlacement.agency" agency_id, "MarkerPlacement.system" system, "MarkerPlacement.status" status, "MarkerPlacement.requestedOn" requested_on,
            "MarkerPlacement.placedOn" placed_on, "MarkerPlacement.removedOn" removed_on,
        ));
    }
    for row in &folder.emergency_accesses {
        looker.row(
            "EmergencyAccess",
            row.id,
            &family.from_agency(row.agency_id),
            &values!(row,
                "EmergencyAccess.agency" agency_id, "EmergencyAccess.subject" subject, "EmergencyAccess.ground" ground,
                "EmergencyAccess.justification" justification, "EmergencyAccess.openedAt" opened_at,
                "EmergencyAccess.expiresAt" expires_at,
            ),
        );
    }
    looker.view
}
