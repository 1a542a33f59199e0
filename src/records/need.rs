//! What a family needs and how it fares: criteria and progress.

use std::cmp::Reverse;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Holds, Table, table::table};
use crate::{catalogue, code::codes, sharing::facts::RowFacts};

codes! {
    /// How a criteria match was found.
    MatchedBy {
        /// In data.
        Data = "data",
        /// By a professional.
        Professional = "professional",
    }

    /// When Family Progress Data was gathered.
    ProgressStage {
        /// At assessment.
        Assessment = "assessment",
        /// At closure.
        Closure = "closure",
    }
}

table! {
    /// That a family, usually through a member, meets a criterion.
    CriteriaMatchRow = CriteriaMatch "criteria_match" of family {
        /// The member.
        person_id: Option<Uuid>, of(Table::Person, "person_key"), never;
        /// The criterion.
        criterion: String, holds(Holds::Criterion), never;
        /// The agency it came from.
        source_agency_id: Uuid, agency("source_agency"), never;
        /// What the evidence is.
        evidence: String, text(2000);
        /// From when.
        evidence_from: NaiveDate;
        /// To when.
        evidence_until: Option<NaiveDate>;
        /// By data or by a professional.
        matched_by: MatchedBy;
        /// The day a data analyst verified it.
        verified_on: Option<NaiveDate>;
        /// The day it was withdrawn.
        withdrawn_on: Option<NaiveDate>;
    }
    order row => (Reverse(row.evidence_from), row.id);
    facts row, _ => RowFacts::about(row.person_id)
        .from_agency(row.source_agency_id)
        .with_categories(catalogue::categories_of_criterion(&row.criterion));
    links Person = person_id;
}

table! {
    /// A Family Progress Data figure.
    ProgressValueRow = ProgressValue "progress_value" of family {
        /// Whom it is about.
        person_id: Option<Uuid>, of(Table::Person, "person_key"), never;
        /// The measure.
        measure: String, holds(Holds::Measure), never;
        /// At assessment or at closure.
        stage: ProgressStage, never;
        /// In the measure's own unit.
        value: i32, within(0, 100_000_000);
        /// The last day of the twelve months it is about.
        period_to: NaiveDate;
    }
    order row => (row.measure.clone(), Reverse(row.period_to), row.id);
    facts row, _ => RowFacts::about(row.person_id).with_categories(catalogue::categories_of_measure(&row.measure));
    links Person = person_id;
}
