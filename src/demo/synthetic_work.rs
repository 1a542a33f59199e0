//! The work with a made-up family on the cohort: assessment, plan, outcomes, progress and consents. All shares here are made up.

use rand::RngExt;
use uuid::Uuid;

use super::Maker;
use crate::records::{
    ActionRow, AssessmentKind, AssessmentQuality, AssessmentRow, ConsentAnswer, ConsentRow, DistanceScoreRow, GoalRow,
    GoalStatus, OutcomeKind, OutcomeRow, PlanClosure, PlanRow, PlanStatus, ProgressStage, ProgressValueRow, ScoredBy,
};

/// Domains that are scored for every family.
const DOMAINS: [&str; 5] = [
    "HOUSING",
    "INCOME_EMPLOYMENT_FINANCE",
    "FAMILY_HISTORY_RELATIONSHIPS_WELLBEING",
    "ROUTINES_BOUNDARIES",
    "PARTICIPATION_LEARNING_EDUCATION_WORK",
];
/// What an agency that works with a family is most often let see.
const ASKED: [&str; 4] = ["MARKER", "IDENTITY", "HOUSEHOLD", "PLAN"];

impl Maker<'_> {
    pub(super) fn assessment(&mut self) {
        let Some(attached) = self.attached else { return };
        let id = self.ids.uuid();
        let completed = attached - self.rng.random_range(1..25);
        let quality = match self.rng.random_range(0..10) {
            0 => AssessmentQuality::Outstanding,
            1..=6 => AssessmentQuality::Good,
            7 | 8 => AssessmentQuality::RequiresImprovement,
            _ => AssessmentQuality::Inadequate,
        };
        let kind = match self.rng.random_range(0..10) {
            0..=6 => AssessmentKind::FamilyCaf,
            7 | 8 => AssessmentKind::SingleAssessment,
            _ => AssessmentKind::Asset,
        };
        let row = AssessmentRow {
            authority_id: self.authority.id,
            id,
            family_id: self.family,
            agency_id: self.authority.agency("early_help"),
            kind,
            covers_all_members: kind == AssessmentKind::FamilyCaf,
            started_on: self.ago(attached),
            completed_on: Some(self.ago(completed)),
            quality: Some(quality),
        };
        self.out.assessments.push(row);
        let reviews = if completed > 120 { 2 } else { 1 };
        for domain in DOMAINS {
            let baseline = self.rng.random_range(2..=5);
            for review in 0..reviews {
                let score = if review == 0 {
                    baseline
                } else {
                    (baseline + self.rng.random_range(-2..=1)).clamp(1, 5)
                };
                let days = if review == 0 { completed } else { completed - 100 };
                self.out.distance_scores.push(DistanceScoreRow {
                    authority_id: self.authority.id,
                    id: self.ids.uuid(),
                    family_id: self.family,
                    assessment_id: id,
                    person_id: None,
                    domain: domain.to_owned(),
                    review,
                    score,
                    scored_by: ScoredBy::KeyWorker,
                    scored_on: self.ago(days),
                });
            }
        }
        // Family Progress Data is asked of 10 % of families at least.
        if self.rng.random_bool(0.15) {
            self.progress(ProgressStage::Assessment, completed);
            if let Some(closed) = self.closed {
                self.progress(ProgressStage::Closure, closed);
            }
        }
    }

    fn progress(&mut self, stage: ProgressStage, days: u64) {
        let worst = if stage == ProgressStage::Assessment { 12 } else { 4 };
        let (adult, child) = (
            self.adults.first().copied(),
            self.children.first().map(|child| child.id),
        );
        let arrears = self.rng.random_range(0..200) * worst;
        let values: [(&str, Option<Uuid>, i32); 6] = [
            ("POLICE_CALLOUTS", None, self.rng.random_range(0..=worst)),
            (
                "DOMESTIC_VIOLENCE_INCIDENTS",
                None,
                self.rng.random_range(0..=worst / 2),
            ),
            ("RENT_ARREARS", None, arrears),
            ("ALCOHOL_MISUSE", adult, self.rng.random_range(0..=worst)),
            ("MENTAL_HEALTH_ISSUE", adult, self.rng.random_range(0..=worst)),
            ("MISSING_FROM_SCHOOL", child, self.rng.random_range(0..=worst)),
        ];
        for (measure, person_id, value) in values {
            self.out.progress_values.push(ProgressValueRow {
                authority_id: self.authority.id,
                id: self.ids.uuid(),
                family_id: self.family,
                person_id,
                measure: measure.to_owned(),
                stage,
                value,
                period_to: self.ago(days),
            });
        }
    }

    pub(super) fn plan(&mut self) {
        let Some(attached) = self.attached else { return };
        let plan = self.ids.uuid();
        let closure = match self.rng.random_range(0..10) {
            0..=4 => PlanClosure::WhollyAchieved,
            5 | 6 => PlanClosure::PartiallyAchieved,
            7 | 8 => PlanClosure::NotAchieved,
            _ => PlanClosure::FamilyDroppedOut,
        };
        let agreed = attached - self.rng.random_range(10..28);
        let row = PlanRow {
            authority_id: self.authority.id,
            id: plan,
            family_id: self.family,
            status: if self.closed.is_some() {
                PlanStatus::Closed
            } else {
                PlanStatus::Active
            },
            drawn_up_on: self.ago(attached),
            agreed_on: Some(self.ago(agreed)),
            signed_by_family_on: Some(self.ago(agreed)),
            closed_on: self.closed.map(|days| self.ago(days)),
            closure: self.closed.map(|_| closure),
        };
        self.out.plans.push(row);
        let achieved = self.closed.is_some() && closure == PlanClosure::WhollyAchieved;
        let criteria: Vec<_> = self.criteria.iter().copied().take(2).collect();
        for (criterion, position) in criteria.into_iter().zip(1..) {
            self.goal(plan, criterion, position, agreed, achieved);
        }
    }

    fn goal(&mut self, plan: Uuid, criterion: &str, position: i32, agreed: u64, achieved: bool) {
        let goal = self.ids.uuid();
        let status = match (self.closed, achieved) {
            (None, _) => GoalStatus::Open,
            (Some(_), true) => GoalStatus::Achieved,
            (Some(_), false) => GoalStatus::NotAchieved,
        };
        self.out.goals.push(GoalRow {
            authority_id: self.authority.id,
            id: goal,
            family_id: self.family,
            plan_id: plan,
            position,
            description: "A made-up goal".to_owned(),
            criterion: Some(criterion.to_owned()),
            status,
        });
        let owner = self.authority.agency("early_help");
        let row = ActionRow {
            authority_id: self.authority.id,
            id: self.ids.uuid(),
            family_id: self.family,
            goal_id: goal,
            position: 1,
            description: "A made-up action".to_owned(),
            owner_agency_id: owner,
            due_on: Some(self.ago(agreed.saturating_sub(60))),
            done_on: self.closed.map(|days| self.ago(days)),
        };
        self.out.actions.push(row);
        self.out.outcomes.push(OutcomeRow {
            authority_id: self.authority.id,
            id: self.ids.uuid(),
            family_id: self.family,
            plan_id: plan,
            goal_id: Some(goal),
            criterion: Some(criterion.to_owned()),
            indicator: "A made-up indicator".to_owned(),
            kind: OutcomeKind::Hard,
            baseline: "As it was".to_owned(),
            forecast: Some("No change".to_owned()),
            result: achieved.then(|| "Better".to_owned()),
            result_on: self.closed.filter(|_| achieved).map(|days| self.ago(days)),
            evidence: achieved.then(|| "Made-up evidence".to_owned()),
            source_agency_id: achieved.then_some(owner),
        });
    }

    /// Every member decides, or a parent for them: mostly yes, sometimes no, sometimes withdrawn.
    pub(super) fn consents(&mut self) {
        let Some(attached) = self.attached else { return };
        let Some(parent) = self.adults.first().copied() else {
            return;
        };
        let mut members: Vec<_> = self.adults.iter().map(|adult| (*adult, *adult)).collect();
        let adults = members.len();
        for child in &self.children {
            members.push((child.id, if child.age >= 13 { child.id } else { parent }));
        }
        let refused = self.rng.random_bool(0.04);
        for kind in ["police", "jobcentre_plus"] {
            for (person, decider) in &members[..adults] {
                let decision = if refused {
                    ConsentAnswer::Refused
                } else {
                    ConsentAnswer::Given
                };
                self.consent(*person, *decider, "MARKER", kind, decision, attached);
            }
        }
        let kinds: Vec<_> = self
            .involved
            .iter()
            .filter(|kind| **kind != "childrens_social_care")
            .copied()
            .collect();
        for kind in kinds {
            let decision = if self.rng.random_bool(0.95) {
                ConsentAnswer::Given
            } else {
                ConsentAnswer::Refused
            };
            for category in ASKED {
                let had_already = category == "MARKER" && matches!(kind, "police" | "jobcentre_plus");
                // MARKER and PLAN are about the whole family: its adults decide.
                let deciders = if matches!(category, "MARKER" | "PLAN") {
                    &members[..adults]
                } else {
                    &members[..]
                };
                for (person, decider) in deciders.iter().filter(|_| !had_already) {
                    self.consent(*person, *decider, category, kind, decision, attached);
                }
            }
        }
    }

    fn consent(
        &mut self,
        person: Uuid,
        decided_by: Uuid,
        category: &str,
        kind: &str,
        decision: ConsentAnswer,
        days: u64,
    ) {
        let withdrawn = decision == ConsentAnswer::Given && self.rng.random_bool(0.01);
        let row = ConsentRow {
            authority_id: self.authority.id,
            id: self.ids.uuid(),
            family_id: self.family,
            person_id: person,
            category: category.to_owned(),
            agency_kind: kind.to_owned(),
            decision,
            purposes: None,
            decided_by: Some(decided_by),
            decided_by_agency: None,
            decided_by_subject: None,
            recorded_at: self.at(days),
            expires_on: None,
            withdrawn_at: withdrawn.then(|| self.at(days / 2)),
            recorded_by_agency: self.authority.agency("early_help"),
            recorded_by_subject: format!("lead-{}", self.number / 12),
        };
        self.out.consents.push(row);
    }
}
