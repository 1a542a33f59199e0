//! Filters on families that the database can apply.
//!
//! Only where the result is the same as that of a decision about each family: the existence of the family,
//! and everything that the condition looks at, must be permitted for every family of the reach, whatever else
//! is known of it. Then the rows excluded are rows that the caller may know not to match, and timing reveals
//! nothing about others. Whatever depends on consent, involvement, lead, source or shielding is filtered
//! after the decision (docs/decisions/0030).

use chrono::NaiveDate;
use entity::{criteria_match, family, plan};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::reach::{Reach, on_cohort};
use crate::{
    catalogue,
    records::{Code as _, PlanStatus},
    sharing::{
        alike::{Extent, permitted_alike},
        category::CategorySet,
        ceiling::Ceiling,
        register::{FieldId, field},
    },
};

/// A filter condition on families.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// On the cohort today, or not.
    OnCohort(bool),
    /// Attached on or after this day.
    AttachedFrom(NaiveDate),
    /// Attached on or before this day.
    AttachedUntil(NaiveDate),
    /// At this level of need, by stored code.
    NeedLevel(String),
    /// With a plan that is not closed, or without one.
    HasPlan(bool),
    /// With a match of this criterion that is not withdrawn today, by its code in the catalogue.
    Criterion(String),
}

impl Ask {
    /// The fields that it looks at, in rows that bring these categories.
    fn looks_at(&self) -> (&'static [FieldId], CategorySet) {
        match self {
            Self::OnCohort(_) => (&[field::FAMILY_ON_COHORT], CategorySet::EMPTY),
            Self::AttachedFrom(_) | Self::AttachedUntil(_) => (&[field::FAMILY_ATTACHED_ON], CategorySet::EMPTY),
            Self::NeedLevel(_) => (&[field::FAMILY_NEED_LEVEL], CategorySet::EMPTY),
            Self::HasPlan(_) => (&[field::FAMILY_HAS_PLAN], CategorySet::EMPTY),
            Self::Criterion(code) => (
                &[
                    field::CRITERIA_MATCH_ID,
                    field::CRITERIA_MATCH_CRITERION,
                    field::CRITERIA_MATCH_WITHDRAWN_ON,
                ],
                catalogue::categories_of_criterion(code),
            ),
        }
    }

    /// The families for which everything that it looks at is permitted.
    fn extent(&self, ceiling: &Ceiling) -> Option<Extent> {
        let (fields, of_row) = self.looks_at();
        let extents = fields.iter().map(|field| permitted_alike(ceiling, *field, of_row));
        extents.reduce(|one, other| Some(one?.max(other?))).flatten()
    }

    fn condition(&self, authority: i32, today: NaiveDate) -> Condition {
        let all = Condition::all();
        match self {
            Self::OnCohort(true) => on_cohort(today),
            // Not the negation of being on the cohort: an unknown day is neither before nor after today.
            Self::OnCohort(false) => Condition::any()
                .add(family::Column::AttachedOn.is_null())
                .add(family::Column::AttachedOn.gt(today))
                .add(family::Column::ClosedOn.lte(today)),
            Self::AttachedFrom(day) => all.add(family::Column::AttachedOn.gte(*day)),
            Self::AttachedUntil(day) => all.add(family::Column::AttachedOn.lte(*day)),
            Self::NeedLevel(code) => all.add(family::Column::NeedLevel.eq(code.as_str())),
            Self::HasPlan(wanted) => {
                let open = plan::Entity::find()
                    .select_only()
                    .column(plan::Column::FamilyId)
                    .filter(plan::Column::AuthorityId.eq(authority))
                    .filter(plan::Column::Status.ne(PlanStatus::Closed.word()))
                    .into_query();
                all.add(if *wanted {
                    family::Column::Id.in_subquery(open)
                } else {
                    family::Column::Id.not_in_subquery(open)
                })
            }
            Self::Criterion(code) => all.add(
                family::Column::Id.in_subquery(
                    criteria_match::Entity::find()
                        .select_only()
                        .column(criteria_match::Column::FamilyId)
                        .filter(criteria_match::Column::AuthorityId.eq(authority))
                        .filter(criteria_match::Column::Criterion.eq(code.as_str()))
                        .filter(
                            Condition::any()
                                .add(criteria_match::Column::WithdrawnOn.is_null())
                                .add(criteria_match::Column::WithdrawnOn.gt(today)),
                        )
                        .into_query(),
                ),
            ),
        }
    }
}

impl Reach {
    /// Keeps only the families that satisfy the condition, if that is decided alike for all of them; returns
    /// whether it was. If not, the condition must be applied to decided rows.
    #[must_use]
    pub fn narrow(&mut self, ceiling: &Ceiling, ask: &Ask) -> bool {
        let alike = match ask.extent(ceiling) {
            Some(Extent::All) => self.exists_alike,
            Some(Extent::OnCohort) => self.exists_alike && self.on_cohort,
            None => false,
        };
        if alike {
            let condition = ask.condition(self.authority, self.today);
            self.condition = Condition::all().add(self.condition.clone()).add(condition);
            self.on_cohort |= *ask == Ask::OnCohort(true);
        }
        alike
    }
}

#[cfg(test)]
#[path = "narrow_tests.rs"]
mod tests;
