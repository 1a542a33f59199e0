//! Reads families: one statement a table, whatever their number.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use entity::{
    action, address, assessment, criteria_match, distance_score, family, goal, local_identifier, marker, outcome, plan,
    progress_value, statutory_status,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    dossier::{Dossier, FamilyRecord, Locked, Tables, Wants},
    facts::{self, FactRows},
    reach::FamilySet,
    rows::{
        ActionRow, AddressRow, AssessmentRow, CriteriaMatchRow, DistanceScoreRow, FamilyRow, GoalRow,
        LocalIdentifierRow, MarkerRow, OutcomeRow, PlanRow, ProgressValueRow, StatutoryStatusRow,
    },
    session::{Session, StoreError},
};
use crate::{
    catalogue,
    sharing::{
        category::{Category, CategorySet},
        ceiling::Ceiling,
        facts::RowFacts,
        grant::{Grant, Guarded},
    },
};

/// Rows of one table by family.
pub(super) struct ByFamily<R>(HashMap<Uuid, Vec<R>>);

impl<R> ByFamily<R> {
    pub(super) fn new(rows: Vec<R>, family: impl Fn(&R) -> Uuid) -> Self {
        let mut by_family: HashMap<Uuid, Vec<R>> = HashMap::new();
        for row in rows {
            by_family.entry(family(&row)).or_default().push(row);
        }
        Self(by_family)
    }

    pub(super) fn take(&mut self, family: Uuid) -> Vec<R> {
        self.0.remove(&family).unwrap_or_default()
    }

    pub(super) fn none() -> Self {
        Self(HashMap::new())
    }
}

/// Statements of one table, where it is wanted.
macro_rules! table {
    ($session:expr, $families:expr, $wanted:expr, $entity:ident, $row:ty) => {
        if $wanted {
            let rows: Vec<$row> = $session
                .of_families::<$entity::Entity, $row>(
                    $entity::Column::AuthorityId,
                    $entity::Column::FamilyId,
                    $families,
                )
                .await?;
            ByFamily::new(rows, |row| row.family_id)
        } else {
            ByFamily::none()
        }
    };
}

impl Session {
    /// Reads families with what is wanted of them, by key. Nothing that it gives can be looked into without the grant that comes with it.
    pub async fn dossiers(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        wants: Wants,
    ) -> Result<Vec<Arc<Dossier>>, StoreError> {
        if families.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<FamilyRow> = self
            .all(
                family::Entity::find()
                    .filter(family::Column::AuthorityId.eq(self.authority()))
                    .filter(families.of_family()),
            )
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut facts = FactRows::read(self, ceiling, families, wants).await?;
        let mut addresses = table!(self, families, wants.addresses, address, AddressRow);
        let mut statuses = table!(self, families, wants.statuses, statutory_status, StatutoryStatusRow);
        let mut identifiers = table!(self, families, wants.identifiers, local_identifier, LocalIdentifierRow);
        let mut criteria = table!(self, families, wants.criteria, criteria_match, CriteriaMatchRow);
        let mut assessments = table!(self, families, wants.assessments, assessment, AssessmentRow);
        let mut scores = table!(self, families, wants.scores, distance_score, DistanceScoreRow);
        let mut plans = table!(self, families, wants.plans, plan, PlanRow);
        let mut goals = table!(
            self,
            families,
            wants.goals || wants.actions || wants.outcomes,
            goal,
            GoalRow
        );
        let mut actions = table!(self, families, wants.actions, action, ActionRow);
        let mut outcomes = table!(self, families, wants.outcomes, outcome, OutcomeRow);
        let mut progress = table!(self, families, wants.progress, progress_value, ProgressValueRow);
        let mut markers = table!(self, families, wants.markers, marker, MarkerRow);
        let agencies = if wants.agencies {
            Arc::clone(self.agencies().await?)
        } else {
            Arc::default()
        };

        let mut dossiers = Vec::with_capacity(rows.len());
        for row in rows {
            let key = row.id;
            let of_family = facts.take(self, &row);
            let plans = plans.take(key);
            let goals = goals.take(key);
            let criterion_of_goal: HashMap<Uuid, _> = goals
                .iter()
                .map(|goal| (goal.id, criterion_if_any(goal.criterion.as_deref())))
                .collect();
            let record = FamilyRecord {
                on_cohort: of_family.facts.on_cohort,
                has_plan: plans.iter().any(|plan| plan.status != "closed"),
                lead: of_family
                    .leads
                    .iter()
                    .find(|lead| facts::holds_on(lead.valid_from, lead.valid_until, self.today()))
                    .cloned(),
                leads: of_family.leads,
                row,
            };
            let tables = Tables {
                members: of_family
                    .members
                    .into_iter()
                    .map(|member| {
                        let facts = RowFacts::person(member.person.id);
                        Arc::new(Guarded::new(key, member, facts))
                    })
                    .collect(),
                addresses: lock(
                    key,
                    addresses.take(key),
                    |row| (Reverse(row.valid_from), row.id),
                    |_| RowFacts::family(),
                ),
                statuses: lock(
                    key,
                    statuses.take(key),
                    |row| (Reverse(row.valid_from), row.id),
                    |row| RowFacts::person(row.person_id),
                ),
                identifiers: lock(
                    key,
                    identifiers.take(key),
                    |row| (row.system.clone(), row.id),
                    |row| RowFacts::person(row.person_id),
                ),
                involvements: lock(
                    key,
                    of_family.involvements,
                    |row| (Reverse(row.started_on), row.id),
                    |row| RowFacts::family().from_agency(row.agency_id),
                ),
                criteria: lock(
                    key,
                    criteria.take(key),
                    |row| (Reverse(row.evidence_from), row.id),
                    |row| {
                        RowFacts::about(row.person_id)
                            .from_agency(row.source_agency_id)
                            .with_categories(catalogue::categories_of_criterion(&row.criterion))
                    },
                ),
                assessments: lock(
                    key,
                    assessments.take(key),
                    |row| (Reverse(row.started_on), row.id),
                    |row| RowFacts::family().from_agency(row.agency_id),
                ),
                scores: lock(
                    key,
                    scores.take(key),
                    |row| (row.review, row.domain.clone(), row.id),
                    |row| RowFacts::about(row.person_id).with_categories(catalogue::categories_of_domain(&row.domain)),
                ),
                plans: lock(
                    key,
                    plans,
                    |row| (Reverse(row.drawn_up_on), row.id),
                    |_| RowFacts::family(),
                ),
                goals: lock(
                    key,
                    goals,
                    |row| (row.position, row.id),
                    |row| RowFacts::family().with_categories(criterion_if_any(row.criterion.as_deref())),
                ),
                actions: lock(
                    key,
                    actions.take(key),
                    |row| (row.position, row.id),
                    |row| {
                        // An action says what its goal is about; one whose goal is unknown says everything.
                        let categories = criterion_of_goal.get(&row.goal_id).copied();
                        RowFacts::family().with_categories(categories.unwrap_or(Category::CRITERIA))
                    },
                ),
                outcomes: lock(
                    key,
                    outcomes.take(key),
                    |row| (row.indicator.clone(), row.id),
                    |row| {
                        let own = criterion_if_any(row.criterion.as_deref());
                        let goal = row
                            .goal_id
                            .and_then(|goal| criterion_of_goal.get(&goal))
                            .copied()
                            .unwrap_or_default();
                        let facts = RowFacts::family().with_categories(own.union(goal));
                        row.source_agency_id.map_or(facts, |source| facts.from_agency(source))
                    },
                ),
                progress: lock(
                    key,
                    progress.take(key),
                    |row| (row.measure.clone(), Reverse(row.period_to), row.id),
                    |row| {
                        RowFacts::about(row.person_id).with_categories(catalogue::categories_of_measure(&row.measure))
                    },
                ),
                consents: lock(
                    key,
                    of_family.consents,
                    |row| (Reverse(row.recorded_at), row.id),
                    |row| RowFacts::person(row.person_id).from_agency(row.recorded_by_agency),
                ),
                markers: lock(
                    key,
                    markers.take(key),
                    |row| (Reverse(row.requested_on), row.id),
                    |row| RowFacts::family().from_agency(row.agency_id),
                ),
                emergencies: lock(
                    key,
                    of_family.emergencies,
                    |row| (Reverse(row.opened_at), row.id),
                    |row| RowFacts::family().from_agency(row.agency_id),
                ),
            };
            dossiers.push(Arc::new(Dossier {
                family: Arc::new(Guarded::new(key, record, RowFacts::family())),
                grant: Arc::new(Grant::new(Arc::clone(ceiling), of_family.facts)),
                tables,
                agencies: Arc::clone(&agencies),
            }));
        }
        dossiers.sort_by_key(|dossier| dossier.key());
        Ok(dossiers)
    }
}

/// Puts rows in order and locks each up.
fn lock<R, K: Ord>(
    family: Uuid,
    mut rows: Vec<R>,
    order: impl Fn(&R) -> K,
    facts: impl Fn(&R) -> RowFacts,
) -> Vec<Locked<R>> {
    rows.sort_by_cached_key(order);
    rows.into_iter()
        .map(|row| {
            let facts = facts(&row);
            Arc::new(Guarded::new(family, row, facts))
        })
        .collect()
}

/// The categories of the criterion that a row may be tied to.
fn criterion_if_any(code: Option<&str>) -> CategorySet {
    code.map_or(CategorySet::EMPTY, catalogue::categories_of_criterion)
}
