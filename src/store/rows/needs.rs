//! What a family needs and what became of it: criteria, outcomes, progress.

use chrono::NaiveDate;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::store::record::record;

/// That a family, usually through a member, meets a criterion.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct CriteriaMatchRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The member.
    pub person_id: Option<Uuid>,
    /// The criterion.
    pub criterion: String,
    /// The agency it came from.
    pub source_agency_id: Uuid,
    /// What the evidence is.
    pub evidence: String,
    /// From when.
    pub evidence_from: NaiveDate,
    /// To when.
    pub evidence_until: Option<NaiveDate>,
    /// By data or by a professional.
    pub matched_by: String,
    /// The day a data analyst verified it.
    pub verified_on: Option<NaiveDate>,
    /// The day it was withdrawn.
    pub withdrawn_on: Option<NaiveDate>,
}

record!(CriteriaMatchRow: authority_id id family_id person_id criterion source_agency_id evidence evidence_from evidence_until matched_by verified_on withdrawn_on);

/// An indicator a family agreed to, with its baseline and result.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OutcomeRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// The goal.
    pub goal_id: Option<Uuid>,
    /// The criterion it is tied to.
    pub criterion: Option<String>,
    /// What is measured.
    pub indicator: String,
    /// Hard or soft.
    pub kind: String,
    /// How it was on entry.
    pub baseline: String,
    /// How it would be if nothing were done.
    pub forecast: Option<String>,
    /// How it turned out.
    pub result: Option<String>,
    /// When.
    pub result_on: Option<NaiveDate>,
    /// What shows it.
    pub evidence: Option<String>,
    /// Whose evidence it is.
    pub source_agency_id: Option<Uuid>,
}

record!(OutcomeRow: authority_id id family_id plan_id goal_id criterion indicator kind baseline forecast result result_on evidence source_agency_id);

/// A Family Progress Data figure.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ProgressValueRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// Whom it is about.
    pub person_id: Option<Uuid>,
    /// The measure.
    pub measure: String,
    /// At assessment or at closure.
    pub stage: String,
    /// In the measure's own unit.
    pub value: i32,
    /// The last day of the twelve months it is about.
    pub period_to: NaiveDate,
}

record!(ProgressValueRow: authority_id id family_id person_id measure stage value period_to);
