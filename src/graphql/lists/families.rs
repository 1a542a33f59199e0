//! Which families, and in which order.

use std::sync::Arc;

use async_graphql::InputObject;
use chrono::NaiveDate;

use super::{
    Select,
    list::{from, is, is_text, ordering, seen, until},
};
use crate::{
    graphql::{
        codes::{self, CriterionCode, NeedLevel},
        cursor::SortKey,
        objects::{CriteriaMatch, Entry as _, Family, visible},
        page::Order,
    },
    records::{Table, TableSet},
    sharing::{
        category::CategorySet,
        ceiling::Ceiling,
        grant::Shared,
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

ordering! {
    families of Family, "families" {
        /// Its reference.
        Reference by reference |of| of.row.reference.clone();
        /// Its district.
        District by district |of| of.row.district.clone();
        /// Its level of need, in the order of the list: ascending, the greatest need comes first.
        NeedLevel by need_level |of| of.row.need_level.and_then(SortKey::code);
        /// The day it was attached.
        AttachedOn by attached_on |of| of.row.attached_on;
    }
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
            seen!(
                row,
                FAMILY_REFERENCE,
                reference | of | reference::folded(&of.row.reference)
            )
        }) && is_text(wanted.district.as_ref(), || {
            seen!(row, FAMILY_DISTRICT, district | of | of.row.district.clone())
        }) && is_text(wanted.ward.as_ref(), || {
            seen!(row, FAMILY_WARD, ward | of | of.row.ward.clone())
        }) && is_text(wanted.locality.as_ref(), || {
            seen!(row, FAMILY_LOCALITY, locality | of | of.row.locality.clone())
        }) && is_text(wanted.reach_area.as_ref(), || {
            seen!(row, FAMILY_REACH_AREA, reach_area | of | of.row.reach_area.clone())
        }) && is(wanted.need_level.as_ref(), || {
            seen!(row, FAMILY_NEED_LEVEL, need_level | of | of.row.need_level)
        }) && is(wanted.on_cohort.as_ref(), || seen!(row, FAMILY_ON_COHORT, on_cohort))
            && from(wanted.attached_from.as_ref(), || attached_on(row))
            && until(wanted.attached_until.as_ref(), || attached_on(row))
            && is(wanted.has_plan.as_ref(), || seen!(row, FAMILY_HAS_PLAN, has_plan))
            && wanted.criterion.is_none_or(|criterion| {
                visible::<CriteriaMatch>(&row.dossier).any(|of| {
                    is(Some(&criterion), || {
                        seen!(
                            of,
                            CRITERIA_MATCH_CRITERION,
                            criterion | of | codes::parse(&of.criterion)
                        )
                    }) && is(Some(&false), || of.is_withdrawn())
                })
            })
    }

    /// A reference that several families have as it is said is that of the one that has it as it is written, or nobody's.
    fn meant(&self, mut rows: Vec<Family>) -> Vec<Family> {
        if self.one && rows.len() > 1 {
            let said = self.reference().map(|said| said.trim().to_owned());
            rows.retain(|row| {
                is(said.as_ref(), || {
                    seen!(row, FAMILY_REFERENCE, reference | of | of.row.reference.clone())
                })
            });
        }
        rows
    }

    fn reference(&self) -> Option<&str> {
        self.filter.reference.as_deref()
    }

    fn by(&self, row: &Family) -> Option<SortKey> {
        self.order?.by(row)
    }

    fn order(&self) -> Order {
        FamilyOrder::named(self.order)
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
        self.order.map(FamilyOrder::looks_at)
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<Family> {
        Family::of(dossier).into_iter().collect()
    }
}

/// The day it was attached, as the asker sees it.
fn attached_on(row: &Family) -> Shared<Option<NaiveDate>> {
    seen!(row, FAMILY_ATTACHED_ON, attached_on | of | of.row.attached_on)
}
