//! What a family needs, and what came of it: criteria, outcomes and progress.

use std::collections::HashSet;

use thinkfamily::{
    catalogue,
    sharing::{category::CategorySet, facts::RowFacts},
};
use uuid::Uuid;

use super::{
    looker::{Looker, values, with_kind},
    people::Named,
};
use crate::world::Folder;

/// The categories of what is tied to a criterion.
pub(super) fn criterion(code: Option<&str>) -> CategorySet {
    code.map_or(CategorySet::EMPTY, catalogue::categories_of_criterion)
}

/// What is seen of the criteria that are met.
pub(super) fn matches(looker: &mut Looker<'_>, folder: &Folder, named: Named<'_>) {
    for row in &folder.criteria_matches {
        let facts = RowFacts::about(row.person_id)
            .from_agency(row.source_agency_id)
            .with_categories(catalogue::categories_of_criterion(&row.criterion));
        if looker.row(
            "CriteriaMatch",
            row.id,
            &facts,
            &with_kind(
                values!(row,
                    "CriteriaMatch.criterion" criterion, "CriteriaMatch.sourceAgency" source_agency_id,
                    "CriteriaMatch.evidence" evidence, "CriteriaMatch.evidenceFrom" evidence_from,
                    "CriteriaMatch.evidenceUntil" evidence_until, "CriteriaMatch.matchedBy" matched_by,
                    "CriteriaMatch.verifiedOn" verified_on, "CriteriaMatch.withdrawnOn" withdrawn_on,
                ),
                "CriteriaMatch.sourceAgencyKind",
                looker.kind(Some(row.source_agency_id)),
            ),
        ) {
            looker.note("CriteriaMatch", row.id, "person", named.tell(row.person_id));
        }
    }
}

/// What is seen of outcomes, of which the caller knows these plans and goals.
pub(super) fn outcomes(looker: &mut Looker<'_>, folder: &Folder, plans: &HashSet<Uuid>, goals: &HashSet<Uuid>) {
    let family = RowFacts::family();
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
        if looker.row("Outcome", row.id, &facts, &with_kind(values!(row,
            "Outcome.criterion" criterion, "Outcome.indicator" indicator, "Outcome.kind" kind, "Outcome.baseline" baseline,
            "Outcome.forecast" forecast, "Outcome.result" result, "Outcome.resultOn" result_on, "Outcome.evidence" evidence,
            "Outcome.sourceAgency" source_agency_id,
        ), "Outcome.sourceAgencyKind", looker.kind(row.source_agency_id))) {
            looker.note("Outcome", row.id, "plan", Named(plans).tell(Some(row.plan_id)));
            looker.note("Outcome", row.id, "goal", Named(goals).tell(row.goal_id));
        }
    }
}

/// What is seen of progress.
pub(super) fn progress(looker: &mut Looker<'_>, folder: &Folder, named: Named<'_>) {
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
            looker.note("ProgressValue", row.id, "person", named.tell(row.person_id));
        }
    }
}
