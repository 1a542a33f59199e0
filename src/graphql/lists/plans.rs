//! Which plans, and in which order.

use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;

use super::{Select, entries, is_some, named, within};
use crate::{
    graphql::{
        codes::{PlanClosure, PlanStatus, SortDirection},
        cursor::SortKey,
        objects::Plan,
        page::{Order, sort_key},
    },
    records::Table,
    sharing::register::{FieldId, field},
    store::dossier::{Dossier, Wants},
};

/// Which plans: those for which all that is said holds. It sees what you see: what is withheld from you is like nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PlanFilter {
    /// In this state.
    pub status: Option<PlanStatus>,
    /// Closed with this success.
    pub closure: Option<PlanClosure>,
    /// Agreed on this day or later.
    pub agreed_from: Option<NaiveDate>,
    /// Agreed on this day or earlier.
    pub agreed_until: Option<NaiveDate>,
}

/// What plans can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum PlanOrderField {
    /// When it was drawn up.
    DrawnUpOn,
    /// When it was agreed.
    AgreedOn,
    /// Its state, in the order of the list: from being drawn up to closed.
    Status,
}

/// In which order the plans come. What is unknown or withheld from you comes last.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct PlanOrder {
    /// What to order by.
    pub field: PlanOrderField,
    /// Which way.
    #[graphql(default_with = "SortDirection::Ascending")]
    pub direction: SortDirection,
}

/// A filter and an order of plans.
pub(in crate::graphql) struct PlanSelect {
    pub(in crate::graphql) filter: PlanFilter,
    pub(in crate::graphql) order: Option<PlanOrder>,
}

impl Select for PlanSelect {
    type Row = Plan;
    const TOTAL: FieldId = field::PLAN_CONNECTION_TOTAL_COUNT;

    fn wants(&self) -> Wants {
        Wants::of(&[Table::Plan])
    }

    fn passes(&self, row: &Plan) -> bool {
        let wanted = &self.filter;
        is_some(wanted.status.as_ref(), || {
            row.row.release(field::PLAN_STATUS, |record| Some(record.status))
        }) && is_some(wanted.closure.as_ref(), || {
            row.row.release(field::PLAN_CLOSURE, |record| record.closure)
        }) && within(wanted.agreed_from, wanted.agreed_until, || {
            row.row.release(field::PLAN_AGREED_ON, |record| record.agreed_on)
        })
    }

    fn by(&self, row: &Plan) -> Option<SortKey> {
        match self.order?.field {
            PlanOrderField::DrawnUpOn => sort_key(
                &row.row.release(field::PLAN_DRAWN_UP_ON, |record| record.drawn_up_on),
                |v: &NaiveDate| Some((*v).into()),
            ),
            PlanOrderField::AgreedOn => sort_key(
                &row.row.release(field::PLAN_AGREED_ON, |record| record.agreed_on),
                |v: &Option<NaiveDate>| v.map(Into::into),
            ),
            PlanOrderField::Status => sort_key(
                &row.row.release(field::PLAN_STATUS, |record| record.status),
                |v: &PlanStatus| SortKey::code(*v),
            ),
        }
    }

    fn order(&self) -> Order {
        let field = self.order.map(|order| format!("{:?}", order.field));
        named("plans", field.as_deref(), self.order.map(|order| order.direction))
    }

    fn filters(&self) -> Vec<FieldId> {
        let wanted = &self.filter;
        let filtered = [
            (wanted.status.is_some(), field::PLAN_STATUS),
            (wanted.closure.is_some(), field::PLAN_CLOSURE),
            (wanted.agreed_from.is_some(), field::PLAN_AGREED_ON),
            (wanted.agreed_until.is_some(), field::PLAN_AGREED_ON),
        ];
        let filtered = filtered.into_iter();
        filtered.filter_map(|(used, field)| used.then_some(field)).collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(|order| match order.field {
            PlanOrderField::DrawnUpOn => field::PLAN_DRAWN_UP_ON,
            PlanOrderField::AgreedOn => field::PLAN_AGREED_ON,
            PlanOrderField::Status => field::PLAN_STATUS,
        })
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<Plan> {
        entries(dossier)
    }
}
