//! Which outcomes, and in which order.

use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;

use super::{Select, entries, is, is_some, named, within};
use crate::{
    graphql::{
        codes::{self, CriterionCode, OutcomeKind, SortDirection},
        cursor::SortKey,
        objects::Outcome,
        page::{Order, sort_key},
    },
    records::Table,
    sharing::register::{FieldId, field},
    store::dossier::{Dossier, Wants},
};

/// Which outcomes: those for which all that is said holds. It sees what you see: what is withheld from you is like nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct OutcomeFilter {
    /// Tied to this criterion.
    pub criterion: Option<CriterionCode>,
    /// Of this kind.
    pub kind: Option<OutcomeKind>,
    /// With a result, or without one yet.
    pub has_result: Option<bool>,
    /// With a result of this day or later.
    pub result_from: Option<NaiveDate>,
    /// With a result of this day or earlier.
    pub result_until: Option<NaiveDate>,
}

/// What outcomes can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum OutcomeOrderField {
    /// What is measured.
    Indicator,
    /// When the result was.
    ResultOn,
}

/// In which order the outcomes come. What is unknown or withheld from you comes last.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct OutcomeOrder {
    /// What to order by.
    pub field: OutcomeOrderField,
    /// Which way.
    #[graphql(default_with = "SortDirection::Ascending")]
    pub direction: SortDirection,
}

/// A filter and an order of outcomes.
pub(in crate::graphql) struct OutcomeSelect {
    pub(in crate::graphql) filter: OutcomeFilter,
    pub(in crate::graphql) order: Option<OutcomeOrder>,
}

impl Select for OutcomeSelect {
    type Row = Outcome;
    const TOTAL: FieldId = field::OUTCOME_CONNECTION_TOTAL_COUNT;

    fn wants(&self) -> Wants {
        Wants::of(&[Table::Outcome])
    }

    fn passes(&self, row: &Outcome) -> bool {
        let wanted = &self.filter;
        is_some(wanted.criterion.as_ref(), || {
            row.row.release(field::OUTCOME_CRITERION, |record| {
                record.criterion.as_deref().and_then(codes::parse)
            })
        }) && is_some(wanted.kind.as_ref(), || {
            row.row.release(field::OUTCOME_KIND, |record| Some(record.kind))
        }) && is(wanted.has_result.as_ref(), || {
            row.row.release(field::OUTCOME_RESULT, |record| record.result.is_some())
        }) && within(wanted.result_from, wanted.result_until, || {
            row.row.release(field::OUTCOME_RESULT_ON, |record| record.result_on)
        })
    }

    fn by(&self, row: &Outcome) -> Option<SortKey> {
        match self.order?.field {
            OutcomeOrderField::Indicator => sort_key(
                &row.row
                    .release(field::OUTCOME_INDICATOR, |record| record.indicator.clone()),
                |v| Some(v.into()),
            ),
            OutcomeOrderField::ResultOn => sort_key(
                &row.row.release(field::OUTCOME_RESULT_ON, |record| record.result_on),
                |v: &Option<NaiveDate>| v.map(Into::into),
            ),
        }
    }

    fn order(&self) -> Order {
        let field = self.order.map(|order| format!("{:?}", order.field));
        named("outcomes", field.as_deref(), self.order.map(|order| order.direction))
    }

    fn criterion(&self) -> Option<String> {
        self.filter.criterion.map(codes::upper)
    }

    fn filters(&self) -> Vec<FieldId> {
        let wanted = &self.filter;
        let filtered = [
            (wanted.criterion.is_some(), field::OUTCOME_CRITERION),
            (wanted.kind.is_some(), field::OUTCOME_KIND),
            (wanted.has_result.is_some(), field::OUTCOME_RESULT),
            (wanted.result_from.is_some(), field::OUTCOME_RESULT_ON),
            (wanted.result_until.is_some(), field::OUTCOME_RESULT_ON),
        ];
        let filtered = filtered.into_iter();
        filtered.filter_map(|(used, field)| used.then_some(field)).collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(|order| match order.field {
            OutcomeOrderField::Indicator => field::OUTCOME_INDICATOR,
            OutcomeOrderField::ResultOn => field::OUTCOME_RESULT_ON,
        })
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<Outcome> {
        entries(dossier)
    }
}
