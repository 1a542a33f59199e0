//! The work with a family: assessments, scores, plans, goals and actions.

use std::collections::HashSet;

use thinkfamily::{
    catalogue,
    sharing::{category::Category, facts::RowFacts},
};
use uuid::Uuid;

use super::{
    looker::{Looker, values, with_kind},
    needs::criterion,
    people::Named,
};
use crate::world::Folder;

/// What is seen of assessments and their scores.
pub(super) fn assessments(looker: &mut Looker<'_>, folder: &Folder, named: Named<'_>) {
    let family = RowFacts::family();
    let mut assessments = HashSet::new();
    for row in &folder.assessments {
        if looker.row(
            "Assessment",
            row.id,
            &family.from_agency(row.agency_id),
            &with_kind(values!(row,
                "Assessment.agency" agency_id, "Assessment.kind" kind, "Assessment.coversAllMembers" covers_all_members,
                "Assessment.startedOn" started_on, "Assessment.completedOn" completed_on, "Assessment.quality" quality,
            ), "Assessment.agencyKind", looker.kind(Some(row.agency_id))),
        ) {
            assessments.insert(row.id);
        }
    }
    for row in &folder.distance_scores {
        let of = folder.assessments.iter().find(|of| of.id == row.assessment_id);
        let facts = RowFacts {
            source: of.map(|of| of.agency_id),
            ..RowFacts::about(row.person_id).with_categories(catalogue::categories_of_domain(&row.domain))
        };
        if looker.row(
            "DistanceScore",
            row.id,
            &facts,
            &values!(row,
                "DistanceScore.domain" domain, "DistanceScore.review" review, "DistanceScore.score" score,
                "DistanceScore.scoredBy" scored_by, "DistanceScore.scoredOn" scored_on,
            ),
        ) {
            looker.note("DistanceScore", row.id, "person", named.tell(row.person_id));
            let of = Some(row.assessment_id).filter(|of| assessments.contains(of));
            looker.note("DistanceScore", row.id, "assessment", format!("{of:?}"));
        }
    }
}

/// The steps of a plan.
const STEPS: [&str; 7] = [
    "Mutation.addGoal",
    "Mutation.amendGoal",
    "Mutation.addAction",
    "Mutation.completeAction",
    "Mutation.agreePlan",
    "Mutation.activatePlan",
    "Mutation.closePlan",
];

/// What is seen of plans, goals and actions, and which plans and goals are.
pub(super) fn plans(looker: &mut Looker<'_>, folder: &Folder) -> (HashSet<Uuid>, HashSet<Uuid>) {
    let family = RowFacts::family();
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
            // Which steps may be taken hangs on what may be written, and on what is noted below.
            let may = STEPS.map(|step| looker.look(step, &family).is_ok());
            looker.note("Plan", row.id, "Plan.nextSteps", format!("{may:?}"));
        }
    }
    for row in &folder.without_goals {
        let facts = family.with_categories(criterion(Some(&row.criterion)));
        if looker.row(
            "WithoutGoal",
            row.id,
            &facts,
            &values!(row, "WithoutGoal.criterion" criterion, "WithoutGoal.reason" reason),
        ) {
            looker.note("WithoutGoal", row.id, "plan", Named(&plans).tell(Some(row.plan_id)));
        }
    }
    for row in &folder.plan_histories {
        let kind = looker.kind(Some(row.agency_id));
        let values = values!(row,
            "PlanHistory.step" step, "PlanHistory.before" before, "PlanHistory.after" after,
            "PlanHistory.takenAt" taken_at, "PlanHistory.agency" agency_id, "PlanHistory.subject" subject,
        );
        let values = with_kind(values, "PlanHistory.agencyKind", kind);
        if looker.row("PlanHistory", row.id, &family, &values) {
            looker.note("PlanHistory", row.id, "plan", Named(&plans).tell(Some(row.plan_id)));
        }
    }
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
            looker.note("Goal", row.id, "plan", Named(&plans).tell(Some(row.plan_id)));
            looker.note("Goal", row.id, "position", row.position.to_string());
        }
    }
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
            looker.note("Action", row.id, "goal", Named(&goals).tell(Some(row.goal_id)));
            looker.note("Action", row.id, "position", row.position.to_string());
        }
    }
    (plans, goals)
}
