//! Which criteria matches, and in which order.

use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;

use super::{Select, entries, is, is_some, named, within};
use crate::{
    graphql::{
        codes::{self, CriterionCode, MatchedBy, SortDirection},
        cursor::SortKey,
        objects::CriteriaMatch,
        page::{Order, sort_key},
    },
    records::Table,
    sharing::register::{FieldId, field},
    store::dossier::{Dossier, Wants},
};

/// Which criteria matches: those for which all that is said holds. It sees what you see: what is withheld from you is like nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CriteriaMatchFilter {
    /// Of this criterion.
    pub criterion: Option<CriterionCode>,
    /// With evidence that begins on this day or later.
    pub evidence_from: Option<NaiveDate>,
    /// With evidence that begins on this day or earlier.
    pub evidence_until: Option<NaiveDate>,
    /// Found in this way.
    pub matched_by: Option<MatchedBy>,
    /// Verified by a data analyst, or not.
    pub verified: Option<bool>,
    /// Withdrawn, or not.
    pub withdrawn: Option<bool>,
}

/// What criteria matches can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum CriteriaMatchOrderField {
    /// The criterion, in the order of the list.
    Criterion,
    /// When the evidence begins.
    EvidenceFrom,
    /// The day it was verified.
    VerifiedOn,
}

/// In which order the criteria matches come. What is unknown or withheld from you comes last.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct CriteriaMatchOrder {
    /// What to order by.
    pub field: CriteriaMatchOrderField,
    /// Which way.
    #[graphql(default_with = "SortDirection::Ascending")]
    pub direction: SortDirection,
}

/// A filter and an order of criteria matches.
pub(in crate::graphql) struct CriteriaMatchSelect {
    pub(in crate::graphql) filter: CriteriaMatchFilter,
    pub(in crate::graphql) order: Option<CriteriaMatchOrder>,
}

impl Select for CriteriaMatchSelect {
    type Row = CriteriaMatch;
    const TOTAL: FieldId = field::CRITERIA_MATCH_CONNECTION_TOTAL_COUNT;

    fn wants(&self) -> Wants {
        Wants::of(&[Table::CriteriaMatch])
    }

    fn passes(&self, row: &CriteriaMatch) -> bool {
        let wanted = &self.filter;
        is_some(wanted.criterion.as_ref(), || {
            row.row.release(field::CRITERIA_MATCH_CRITERION, |record| {
                codes::parse(&record.criterion)
            })
        }) && within(wanted.evidence_from, wanted.evidence_until, || {
            row.row
                .release(field::CRITERIA_MATCH_EVIDENCE_FROM, |record| Some(record.evidence_from))
        }) && is_some(wanted.matched_by.as_ref(), || {
            row.row
                .release(field::CRITERIA_MATCH_MATCHED_BY, |record| Some(record.matched_by))
        }) && is(wanted.verified.as_ref(), || {
            row.row
                .release(field::CRITERIA_MATCH_VERIFIED_ON, |record| record.verified_on.is_some())
        }) && is(wanted.withdrawn.as_ref(), || {
            row.row.release(field::CRITERIA_MATCH_WITHDRAWN_ON, |record| {
                record.withdrawn_on.is_some()
            })
        })
    }

    fn by(&self, row: &CriteriaMatch) -> Option<SortKey> {
        match self.order?.field {
            CriteriaMatchOrderField::Criterion => sort_key(
                &row.row
                    .release(field::CRITERIA_MATCH_CRITERION, |record| record.criterion.clone()),
                |v: &String| SortKey::place::<CriterionCode>(v),
            ),
            CriteriaMatchOrderField::EvidenceFrom => sort_key(
                &row.row
                    .release(field::CRITERIA_MATCH_EVIDENCE_FROM, |record| record.evidence_from),
                |v: &NaiveDate| Some((*v).into()),
            ),
            CriteriaMatchOrderField::VerifiedOn => sort_key(
                &row.row
                    .release(field::CRITERIA_MATCH_VERIFIED_ON, |record| record.verified_on),
                |v: &Option<NaiveDate>| v.map(Into::into),
            ),
        }
    }

    fn order(&self) -> Order {
        let field = self.order.map(|order| format!("{:?}", order.field));
        named(
            "criteriaMatches",
            field.as_deref(),
            self.order.map(|order| order.direction),
        )
    }

    fn criterion(&self) -> Option<String> {
        self.filter.criterion.map(codes::upper)
    }

    fn filters(&self) -> Vec<FieldId> {
        let wanted = &self.filter;
        let filtered = [
            (wanted.criterion.is_some(), field::CRITERIA_MATCH_CRITERION),
            (wanted.evidence_from.is_some(), field::CRITERIA_MATCH_EVIDENCE_FROM),
            (wanted.evidence_until.is_some(), field::CRITERIA_MATCH_EVIDENCE_FROM),
            (wanted.matched_by.is_some(), field::CRITERIA_MATCH_MATCHED_BY),
            (wanted.verified.is_some(), field::CRITERIA_MATCH_VERIFIED_ON),
            (wanted.withdrawn.is_some(), field::CRITERIA_MATCH_WITHDRAWN_ON),
        ];
        let filtered = filtered.into_iter();
        filtered.filter_map(|(used, field)| used.then_some(field)).collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(|order| match order.field {
            CriteriaMatchOrderField::Criterion => field::CRITERIA_MATCH_CRITERION,
            CriteriaMatchOrderField::EvidenceFrom => field::CRITERIA_MATCH_EVIDENCE_FROM,
            CriteriaMatchOrderField::VerifiedOn => field::CRITERIA_MATCH_VERIFIED_ON,
        })
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<CriteriaMatch> {
        entries(dossier)
    }
}
