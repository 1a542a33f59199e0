//! Which families, and in which order.

use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;

use super::{Select, families, is, is_some, is_text, named, within};
use crate::{
    graphql::{
        codes::{self, CriterionCode, NeedLevel, SortDirection},
        cursor::SortKey,
        objects::{CriteriaMatch, Entry as _, Family, visible},
        page::{Order, sort_key},
    },
    records::{Table, TableSet},
    sharing::{
        category::CategorySet,
        ceiling::Ceiling,
        register::{self, FieldId, field},
    },
    store::{
        dossier::{Dossier, Wants},
        narrow::Ask,
        reach::Reach,
        reference,
    },
};

/// Which families: those for which all that is said holds. It sees what you see: what is withheld from you is like nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct FamilyFilter {
    /// This reference, as people say it: in any case, with blanks and dashes or without.
    #[graphql(validator(max_length = 200))]
    pub reference: Option<String>,
    /// In this district.
    #[graphql(validator(max_length = 200))]
    pub district: Option<String>,
    /// In this ward.
    #[graphql(validator(max_length = 200))]
    pub ward: Option<String>,
    /// In this locality.
    #[graphql(validator(max_length = 200))]
    pub locality: Option<String>,
    /// In this children's centre reach area.
    #[graphql(validator(max_length = 200))]
    pub reach_area: Option<String>,
    /// At this level of need.
    pub need_level: Option<NeedLevel>,
    /// On the cohort today, or not.
    pub on_cohort: Option<bool>,
    /// Attached on this day or later.
    pub attached_from: Option<NaiveDate>,
    /// Attached on this day or earlier.
    pub attached_until: Option<NaiveDate>,
    /// With a plan that is not closed, or without one.
    pub has_plan: Option<bool>,
    /// Meeting this criterion, by a match that you may see and that is not withdrawn.
    pub criterion: Option<CriterionCode>,
}

/// What families can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum FamilyOrderField {
    /// Its reference.
    Reference,
    /// Its district.
    District,
    /// Its level of need, in the order of the list: ascending, the greatest need comes first.
    NeedLevel,
    /// The day it was attached.
    AttachedOn,
}

/// In which order the families come. What is unknown or withheld from you comes last.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct FamilyOrder {
    /// What to order by.
    pub field: FamilyOrderField,
    /// Which way.
    #[graphql(default_with = "SortDirection::Ascending")]
    pub direction: SortDirection,
}

/// A filter and an order of families.
pub(in crate::graphql) struct FamilySelect {
    pub(in crate::graphql) filter: FamilyFilter,
    pub(in crate::graphql) order: Option<FamilyOrder>,
    /// Whether its reference stands for one family.
    pub(in crate::graphql) one: bool,
}

impl FamilySelect {
    /// The categories about which decisions are made: of the family, of what is looked at, and of the criterion. That of another criterion tells nothing.
    fn decides(&self) -> CategorySet {
        let fields = self.looks_at().into_iter().chain([Family::EXISTENCE]);
        fields.fold(self.also_tells(), |all, field| {
            all.union(register::get(field).categories)
        })
    }
}

/// Has the database answer a part of the filter, where it may, and takes it out then.
fn take<T>(part: &mut Option<T>, reach: &mut Reach, ceiling: &Ceiling, ask: impl Fn(&T) -> Ask) {
    if part.as_ref().is_some_and(|part| reach.narrow(ceiling, &ask(part))) {
        *part = None;
    }
}

impl Select for FamilySelect {
    type Row = Family;
    const TOTAL: FieldId = field::FAMILY_CONNECTION_TOTAL_COUNT;

    fn wants(&self) -> Wants {
        let asked = [
            (Table::CriteriaMatch, self.filter.criterion.is_some()),
            (Table::Plan, self.filter.has_plan.is_some()),
        ];
        let asked = asked.into_iter().filter(|(_, asked)| *asked);
        Wants {
            tables: asked.fold(TableSet::EMPTY, |tables, (table, _)| tables.with(table)),
            // A family's own fields and its criteria say nothing of its people; where it lives is covered by shielding.
            without_people: self.looks_at().into_iter().all(|field| !register::get(field).area),
            decides: Some(self.decides()),
        }
    }

    fn narrow(&mut self, reach: &mut Reach, ceiling: &Ceiling) {
        let wanted = &mut self.filter;
        // First whether it is on the cohort: of families that are, more is decided alike.
        take(&mut wanted.on_cohort, reach, ceiling, |on| Ask::OnCohort(*on));
        take(&mut wanted.attached_from, reach, ceiling, |day| Ask::AttachedFrom(*day));
        take(&mut wanted.attached_until, reach, ceiling, |day| {
            Ask::AttachedUntil(*day)
        });
        take(&mut wanted.need_level, reach, ceiling, |level| {
            Ask::NeedLevel(codes::code(*level))
        });
        take(&mut wanted.has_plan, reach, ceiling, |has| Ask::HasPlan(*has));
        take(&mut wanted.criterion, reach, ceiling, |of| {
            Ask::Criterion(codes::upper(*of))
        });
    }

    fn passes(&self, row: &Family) -> bool {
        let wanted = &self.filter;
        let said = wanted.reference.as_deref().map(reference::folded);
        is(said.as_ref(), || {
            row.row.release(field::FAMILY_REFERENCE, |record| {
                reference::folded(&record.row.reference)
            })
        }) && is_text(wanted.district.as_ref(), || {
            row.row
                .release(field::FAMILY_DISTRICT, |record| record.row.district.clone())
        }) && is_text(wanted.ward.as_ref(), || {
            row.row.release(field::FAMILY_WARD, |record| record.row.ward.clone())
        }) && is_text(wanted.locality.as_ref(), || {
            row.row
                .release(field::FAMILY_LOCALITY, |record| record.row.locality.clone())
        }) && is_text(wanted.reach_area.as_ref(), || {
            row.row
                .release(field::FAMILY_REACH_AREA, |record| record.row.reach_area.clone())
        }) && is_some(wanted.need_level.as_ref(), || {
            row.row
                .release(field::FAMILY_NEED_LEVEL, |record| record.row.need_level)
        }) && is(wanted.on_cohort.as_ref(), || {
            row.row.release(field::FAMILY_ON_COHORT, |record| record.on_cohort)
        }) && within(wanted.attached_from, wanted.attached_until, || {
            row.row
                .release(field::FAMILY_ATTACHED_ON, |record| record.row.attached_on)
        }) && is(wanted.has_plan.as_ref(), || {
            row.row.release(field::FAMILY_HAS_PLAN, |record| record.has_plan)
        }) && wanted.criterion.is_none_or(|criterion| {
            visible::<CriteriaMatch>(&row.dossier).any(|of| {
                is_some(Some(&criterion), || {
                    of.row.release(field::CRITERIA_MATCH_CRITERION, |record| {
                        codes::parse(&record.criterion)
                    })
                }) && is(Some(&false), || {
                    of.row.release(field::CRITERIA_MATCH_WITHDRAWN_ON, |record| {
                        record.withdrawn_on.is_some()
                    })
                })
            })
        })
    }

    /// A reference that several families have as it is said is that of the one that has it as it is written, or nobody's.
    fn meant(&self, mut rows: Vec<Family>) -> Vec<Family> {
        if self.one && rows.len() > 1 {
            let said = self.reference().map(|said| said.trim().to_owned());
            rows.retain(|row| {
                is(said.as_ref(), || {
                    row.row
                        .release(field::FAMILY_REFERENCE, |record| record.row.reference.clone())
                })
            });
        }
        rows
    }

    fn reference(&self) -> Option<&str> {
        self.filter.reference.as_deref()
    }

    fn by(&self, row: &Family) -> Option<SortKey> {
        match self.order?.field {
            FamilyOrderField::Reference => sort_key(
                &row.row
                    .release(field::FAMILY_REFERENCE, |record| record.row.reference.clone()),
                |v| Some(v.into()),
            ),
            FamilyOrderField::District => sort_key(
                &row.row
                    .release(field::FAMILY_DISTRICT, |record| record.row.district.clone()),
                |v: &Option<String>| v.as_ref().map(Into::into),
            ),
            FamilyOrderField::NeedLevel => sort_key(
                &row.row
                    .release(field::FAMILY_NEED_LEVEL, |record| record.row.need_level),
                |v: &Option<NeedLevel>| v.and_then(SortKey::code),
            ),
            FamilyOrderField::AttachedOn => sort_key(
                &row.row
                    .release(field::FAMILY_ATTACHED_ON, |record| record.row.attached_on),
                |v: &Option<NaiveDate>| v.map(Into::into),
            ),
        }
    }

    fn order(&self) -> Order {
        let field = self.order.map(|order| format!("{:?}", order.field));
        named("families", field.as_deref(), self.order.map(|order| order.direction))
    }

    fn criterion(&self) -> Option<String> {
        self.filter.criterion.map(codes::upper)
    }

    fn filters(&self) -> Vec<FieldId> {
        let wanted = &self.filter;
        let filtered = [
            (wanted.reference.is_some(), field::FAMILY_REFERENCE),
            (wanted.district.is_some(), field::FAMILY_DISTRICT),
            (wanted.ward.is_some(), field::FAMILY_WARD),
            (wanted.locality.is_some(), field::FAMILY_LOCALITY),
            (wanted.reach_area.is_some(), field::FAMILY_REACH_AREA),
            (wanted.need_level.is_some(), field::FAMILY_NEED_LEVEL),
            (wanted.on_cohort.is_some(), field::FAMILY_ON_COHORT),
            (wanted.attached_from.is_some(), field::FAMILY_ATTACHED_ON),
            (wanted.attached_until.is_some(), field::FAMILY_ATTACHED_ON),
            (wanted.has_plan.is_some(), field::FAMILY_HAS_PLAN),
            (wanted.criterion.is_some(), field::CRITERIA_MATCH_CRITERION),
        ];
        let filtered = filtered.into_iter();
        filtered.filter_map(|(used, field)| used.then_some(field)).collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(|order| match order.field {
            FamilyOrderField::Reference => field::FAMILY_REFERENCE,
            FamilyOrderField::District => field::FAMILY_DISTRICT,
            FamilyOrderField::NeedLevel => field::FAMILY_NEED_LEVEL,
            FamilyOrderField::AttachedOn => field::FAMILY_ATTACHED_ON,
        })
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<Family> {
        families(dossier)
    }
}
