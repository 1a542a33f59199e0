//! Where the worked families are written down: short ways to make rows whose dates are told from today.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

use super::asked;
use crate::{
    clock::Ids,
    records::{
        ActionRow, AddressRow, AgencyRow, AuthorityRow, ClientProgramRow, ConsentAnswer, ConsentRow, CriteriaMatchRow,
        DistanceScoreRow, FamilyRow, GoalRow, GoalStatus, IdentifierSystem, InvolvementRow, LeadProfessionalRow,
        LocalIdentifierRow, MARKER_ADVICE, MarkerRow, MarkerStatus, MatchedBy, MembershipRow, OutcomeKind, OutcomeRow,
        PersonRow, ProgressStage, ProgressValueRow, Relationship, Route, ScoredBy, Sex, StatutoryStatusCode,
        StatutoryStatusRow,
    },
    store::dataset::Dataset,
};

/// The rows made so far, and what is needed to make more.
pub(super) struct Desk<'i> {
    pub(super) data: Dataset,
    pub(super) authority: i32,
    ids: &'i Ids,
    today: NaiveDate,
}

/// A member of a family as the later rows name them.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) id: Uuid,
    /// Who decides about consent: themselves, or a parent.
    pub(super) decider: Uuid,
}

/// How people and agencies are involved: who recorded a consent.
#[derive(Clone, Copy)]
pub(super) struct Recorder<'r> {
    pub(super) agency: Uuid,
    pub(super) subject: &'r str,
}

impl<'i> Desk<'i> {
    pub(super) fn new(ids: &'i Ids, today: NaiveDate) -> Self {
        let data = Dataset::default();
        Self {
            data,
            authority: 0,
            ids,
            today,
        }
    }

    pub(super) fn id(&self) -> Uuid {
        self.ids.uuid()
    }

    /// The day so many days ago.
    pub(super) fn ago(&self, days: u64) -> NaiveDate {
        self.today.checked_sub_days(Days::new(days)).unwrap_or(self.today)
    }

    /// The day so many days from now.
    pub(super) fn ahead(&self, days: u64) -> NaiveDate {
        self.today.checked_add_days(Days::new(days)).unwrap_or(self.today)
    }

    /// Ten in the morning so many days ago.
    pub(super) fn at(&self, days: u64) -> DateTime<Utc> {
        let ten = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default();
        self.ago(days).and_time(ten).and_utc()
    }

    /// The birthday of someone who is so many years old and had their birthday so many days ago.
    pub(super) fn born(&self, years: u32, days: u64) -> NaiveDate {
        self.ago(days)
            .checked_sub_months(Months::new(12 * years))
            .unwrap_or(self.today)
    }

    pub(super) fn authority(&mut self, id: i32, code: &str, name: &str) {
        self.authority = id;
        self.data.authorities.push(AuthorityRow {
            id,
            code: code.to_owned(),
            name: name.to_owned(),
            own_consent_age: 13,
            emergency_hours: 8,
            suppression_threshold: 5,
            marker_advice: MARKER_ADVICE.to_owned(),
        });
    }

    /// An agency and its case system.
    pub(super) fn agency(&mut self, code: &str, name: &str, kind: &str) -> Uuid {
        let (id, authority_id) = (self.id(), self.authority);
        self.data.agencies.push(AgencyRow {
            authority_id,
            id,
            code: code.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
        });
        self.data.client_programs.push(ClientProgramRow {
            authority_id,
            id: self.ids.uuid(),
            agency_id: id,
            client_id: format!("{code}-case-system"),
            name: format!("Case system of {name}"),
        });
        id
    }

    pub(super) fn family(&mut self, reference: &str, route: Route) -> &mut FamilyRow {
        let row = FamilyRow {
            authority_id: self.authority,
            id: self.id(),
            reference: reference.to_owned(),
            district: None,
            ward: None,
            locality: None,
            reach_area: None,
            need_level: None,
            route,
            attached_on: None,
            closed_on: None,
        };
        self.data.families.push(row);
        self.data.families.last_mut().expect("a family was just pushed")
    }

    pub(super) fn person(&mut self, given: &str, family: &str, sex: Sex, date_of_birth: NaiveDate) -> &mut PersonRow {
        let row = PersonRow {
            authority_id: self.authority,
            id: self.id(),
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            date_of_birth: Some(date_of_birth),
            birth_year: None,
            birth_month: None,
            expected_on: None,
            adult: false,
            died_on: None,
            sex,
            ethnicity: None,
            disability: None,
            shielded: false,
        };
        self.data.people.push(row);
        self.data.people.last_mut().expect("a person was just pushed")
    }

    pub(super) fn member(
        &mut self,
        family: Uuid,
        person: Uuid,
        relationship: Relationship,
        responsible: bool,
        since: NaiveDate,
    ) -> &mut MembershipRow {
        let born = self
            .data
            .people
            .iter()
            .find(|row| row.id == person)
            .and_then(|row| row.date_of_birth);
        self.data.memberships.push(MembershipRow {
            authority_id: self.authority,
            id: self.ids.uuid(),
            family_id: family,
            person_id: person,
            relationship,
            parental_responsibility: responsible,
            // Nobody joins a family before they are born.
            valid_from: born.map_or(since, |born| since.max(born)),
            valid_until: None,
            employment_status: None,
            education_setting: None,
            phone: None,
            email: None,
            source_agency_id: None,
        });
        self.data.memberships.last_mut().expect("a membership was just pushed")
    }

    pub(super) fn address(&mut self, family: Uuid, line1: &str, town: &str, postcode: &str, since: NaiveDate) {
        self.data.addresses.push(AddressRow {
            authority_id: self.authority,
            id: self.ids.uuid(),
            family_id: family,
            line1: line1.to_owned(),
            line2: None,
            town: Some(town.to_owned()),
            postcode: postcode.to_owned(),
            valid_from: since,
            valid_until: None,
        });
    }

    pub(super) fn identifier(&mut self, family: Uuid, person: Uuid, system: IdentifierSystem, value: &str) {
        self.data.local_identifiers.push(LocalIdentifierRow {
            authority_id: self.authority,
            id: self.ids.uuid(),
            family_id: family,
            person_id: person,
            system,
            value: value.to_owned(),
        });
    }

    pub(super) fn status(
        &mut self,
        family: Uuid,
        person: Uuid,
        status: StatutoryStatusCode,
        since: NaiveDate,
        until: Option<NaiveDate>,
    ) {
        self.data.statutory_statuses.push(StatutoryStatusRow {
            authority_id: self.authority,
            id: self.ids.uuid(),
            family_id: family,
            person_id: person,
            status,
            valid_from: since,
            valid_until: until,
        });
    }

    pub(super) fn involved(
        &mut self,
        family: Uuid,
        agency: Uuid,
        contact: &str,
        since: NaiveDate,
    ) -> &mut InvolvementRow {
        let row = InvolvementRow {
            authority_id: self.authority,
            id: self.id(),
            family_id: family,
            agency_id: agency,
            service_team: None,
            contact_name: contact.to_owned(),
            contact_phone: None,
            contact_email: None,
            started_on: since,
            ended_on: None,
        };
        self.data.involvements.push(row);
        self.data
            .involvements
            .last_mut()
            .expect("an involvement was just pushed")
    }

    pub(super) fn lead(
        &mut self,
        family: Uuid,
        by: Recorder<'_>,
        name: &str,
        since: NaiveDate,
    ) -> &mut LeadProfessionalRow {
        let row = LeadProfessionalRow {
            authority_id: self.authority,
            id: self.id(),
            family_id: family,
            agency_id: by.agency,
            subject: by.subject.to_owned(),
            name: name.to_owned(),
            phone: None,
            email: None,
            team: None,
            valid_from: since,
            valid_until: None,
        };
        self.data.lead_professionals.push(row);
        self.data.lead_professionals.last_mut().expect("a lead was just pushed")
    }

    pub(super) fn matched(
        &mut self,
        family: Uuid,
        person: Option<Uuid>,
        criterion: &str,
        source: Uuid,
        evidence: &str,
        days: u64,
    ) -> &mut CriteriaMatchRow {
        let row = CriteriaMatchRow {
            authority_id: self.authority,
            id: self.id(),
            family_id: family,
            person_id: person,
            criterion: criterion.to_owned(),
            source_agency_id: source,
            evidence: evidence.to_owned(),
            evidence_from: self.ago(days),
            evidence_until: None,
            matched_by: MatchedBy::Professional,
            verified_on: None,
            withdrawn_on: None,
        };
        self.data.criteria_matches.push(row);
        self.data.criteria_matches.last_mut().expect("a match was just pushed")
    }

    /// Scores of one domain: the baseline, then each review, by the key worker.
    pub(super) fn scores(
        &mut self,
        family: Uuid,
        assessment: Uuid,
        person: Option<Uuid>,
        domain: &str,
        scores: &[(i32, u64)],
    ) {
        for ((score, days), review) in scores.iter().zip(0..) {
            let row = DistanceScoreRow {
                authority_id: self.authority,
                id: self.id(),
                family_id: family,
                assessment_id: assessment,
                person_id: person,
                domain: domain.to_owned(),
                review,
                score: *score,
                scored_by: ScoredBy::KeyWorker,
                scored_on: self.ago(*days),
            };
            self.data.distance_scores.push(row);
        }
    }

    pub(super) fn goal(&mut self, family: Uuid, plan: Uuid, description: &str, criterion: Option<&str>) -> Uuid {
        let id = self.id();
        let before = self.data.goals.iter().filter(|goal| goal.plan_id == plan).count();
        self.data.goals.push(GoalRow {
            authority_id: self.authority,
            id,
            family_id: family,
            plan_id: plan,
            position: i32::try_from(before).map_or(i32::MAX, |before| before + 1),
            description: description.to_owned(),
            criterion: criterion.map(str::to_owned),
            status: GoalStatus::Open,
        });
        id
    }

    pub(super) fn action(
        &mut self,
        family: Uuid,
        goal: Uuid,
        owner: Uuid,
        description: &str,
        due: NaiveDate,
        done: Option<NaiveDate>,
    ) {
        let before = self.data.actions.iter().filter(|action| action.goal_id == goal).count();
        self.data.actions.push(ActionRow {
            authority_id: self.authority,
            id: self.ids.uuid(),
            family_id: family,
            goal_id: goal,
            position: i32::try_from(before).map_or(i32::MAX, |before| before + 1),
            description: description.to_owned(),
            owner_agency_id: owner,
            due_on: Some(due),
            done_on: done,
        });
    }

    /// An outcome without a result yet.
    pub(super) fn outcome(
        &mut self,
        family: Uuid,
        plan: Uuid,
        goal: (Option<Uuid>, Option<&str>),
        indicator: &str,
        baseline: &str,
        forecast: &str,
    ) -> &mut OutcomeRow {
        let row = OutcomeRow {
            authority_id: self.authority,
            id: self.id(),
            family_id: family,
            plan_id: plan,
            goal_id: goal.0,
            criterion: goal.1.map(str::to_owned),
            indicator: indicator.to_owned(),
            kind: OutcomeKind::Hard,
            baseline: baseline.to_owned(),
            forecast: Some(forecast.to_owned()),
            result: None,
            result_on: None,
            evidence: None,
            source_agency_id: None,
        };
        self.data.outcomes.push(row);
        self.data.outcomes.last_mut().expect("an outcome was just pushed")
    }

    pub(super) fn progress(&mut self, family: Uuid, person: Option<Uuid>, measure: &str, value: i32, days: u64) {
        let row = ProgressValueRow {
            authority_id: self.authority,
            id: self.id(),
            family_id: family,
            person_id: person,
            measure: measure.to_owned(),
            stage: ProgressStage::Assessment,
            value,
            period_to: self.ago(days),
        };
        self.data.progress_values.push(row);
    }

    pub(super) fn marker(
        &mut self,
        family: Uuid,
        agency: Uuid,
        system: &str,
        requested: NaiveDate,
        placed: Option<NaiveDate>,
    ) {
        self.data.markers.push(MarkerRow {
            authority_id: self.authority,
            id: self.ids.uuid(),
            family_id: family,
            agency_id: agency,
            system: system.to_owned(),
            status: if placed.is_some() {
                MarkerStatus::Placed
            } else {
                MarkerStatus::Requested
            },
            requested_on: requested,
            placed_on: placed,
            removed_on: None,
        });
    }

    /// Consent by every member to all that these kinds of agency ask for.
    pub(super) fn consents(&mut self, family: Uuid, members: &[Member], kinds: &[&str], by: Recorder<'_>, days: u64) {
        for member in members {
            for kind in kinds {
                for category in asked::of(kind) {
                    self.consent(family, *member, category, kind, ConsentAnswer::Given, by, days);
                }
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a decision about consent has that many parts, and only this room calls it"
    )]
    pub(super) fn consent(
        &mut self,
        family: Uuid,
        member: Member,
        category: &str,
        kind: &str,
        decision: ConsentAnswer,
        by: Recorder<'_>,
        days: u64,
    ) {
        let row = ConsentRow {
            authority_id: self.authority,
            id: self.id(),
            family_id: family,
            person_id: member.id,
            category: category.to_owned(),
            agency_kind: kind.to_owned(),
            decision,
            purposes: None,
            decided_by: Some(member.decider),
            decided_by_agency: None,
            decided_by_subject: None,
            recorded_at: self.at(days),
            expires_on: None,
            withdrawn_at: None,
            recorded_by_agency: by.agency,
            recorded_by_subject: by.subject.to_owned(),
        };
        self.data.consents.push(row);
    }

    /// Changes the consents of one person for which `which` holds.
    pub(super) fn change_consents(
        &mut self,
        person: Uuid,
        which: impl Fn(&ConsentRow) -> bool,
        change: impl Fn(&mut ConsentRow),
    ) {
        let rows = self.data.consents.iter_mut().filter(|row| row.person_id == person);
        rows.filter(|row| which(row)).for_each(change);
    }
}
