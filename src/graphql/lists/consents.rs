//! Which decisions about consent, and in which order.

use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Utc};

use super::{Select, entries, is, is_some, named};
use crate::{
    graphql::{
        codes::{self, AgencyKind, ConsentAnswer, DataCategory, SortDirection},
        cursor::SortKey,
        objects::Consent,
        page::{Order, sort_key},
    },
    records::Table,
    sharing::register::{FieldId, field},
    store::dossier::{Dossier, Wants},
};

/// Which decisions about consent: those for which all that is said holds. It sees what you see: what is withheld from you is like nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ConsentFilter {
    /// About this category.
    pub category: Option<DataCategory>,
    /// For agencies of this kind.
    pub agency_kind: Option<AgencyKind>,
    /// With this answer.
    pub decision: Option<ConsentAnswer>,
    /// Withdrawn, or not.
    pub withdrawn: Option<bool>,
}

/// What decisions about consent can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ConsentOrderField {
    /// When it was recorded.
    RecordedAt,
    /// The category, in the order of the list.
    Category,
}

/// In which order the decisions about consent come. What is unknown or withheld from you comes last.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct ConsentOrder {
    /// What to order by.
    pub field: ConsentOrderField,
    /// Which way.
    #[graphql(default_with = "SortDirection::Ascending")]
    pub direction: SortDirection,
}

/// A filter and an order of decisions about consent.
pub(in crate::graphql) struct ConsentSelect {
    pub(in crate::graphql) filter: ConsentFilter,
    pub(in crate::graphql) order: Option<ConsentOrder>,
}

impl Select for ConsentSelect {
    type Row = Consent;
    const TOTAL: FieldId = field::CONSENT_CONNECTION_TOTAL_COUNT;

    fn wants(&self) -> Wants {
        Wants::of(&[Table::Consent])
    }

    fn passes(&self, row: &Consent) -> bool {
        let wanted = &self.filter;
        is_some(wanted.category.as_ref(), || {
            row.row
                .release(field::CONSENT_CATEGORY, |record| codes::parse(&record.category))
        }) && is_some(wanted.agency_kind.as_ref(), || {
            row.row
                .release(field::CONSENT_AGENCY_KIND, |record| codes::parse(&record.agency_kind))
        }) && is_some(wanted.decision.as_ref(), || {
            row.row.release(field::CONSENT_DECISION, |record| Some(record.decision))
        }) && is(wanted.withdrawn.as_ref(), || {
            row.row
                .release(field::CONSENT_WITHDRAWN_AT, |record| record.withdrawn_at.is_some())
        })
    }

    fn by(&self, row: &Consent) -> Option<SortKey> {
        match self.order?.field {
            ConsentOrderField::RecordedAt => sort_key(
                &row.row.release(field::CONSENT_RECORDED_AT, |record| record.recorded_at),
                |v: &DateTime<Utc>| Some((*v).into()),
            ),
            ConsentOrderField::Category => sort_key(
                &row.row
                    .release(field::CONSENT_CATEGORY, |record| record.category.clone()),
                |v: &String| SortKey::place::<DataCategory>(v),
            ),
        }
    }

    fn order(&self) -> Order {
        let field = self.order.map(|order| format!("{:?}", order.field));
        named("consents", field.as_deref(), self.order.map(|order| order.direction))
    }

    fn filters(&self) -> Vec<FieldId> {
        let wanted = &self.filter;
        let filtered = [
            (wanted.category.is_some(), field::CONSENT_CATEGORY),
            (wanted.agency_kind.is_some(), field::CONSENT_AGENCY_KIND),
            (wanted.decision.is_some(), field::CONSENT_DECISION),
            (wanted.withdrawn.is_some(), field::CONSENT_WITHDRAWN_AT),
        ];
        let filtered = filtered.into_iter();
        filtered.filter_map(|(used, field)| used.then_some(field)).collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(|order| match order.field {
            ConsentOrderField::RecordedAt => field::CONSENT_RECORDED_AT,
            ConsentOrderField::Category => field::CONSENT_CATEGORY,
        })
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<Consent> {
        entries(dossier)
    }
}
