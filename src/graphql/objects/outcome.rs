//! `Outcome`.

use chrono::NaiveDate;

use super::{Agency, Family, Goal, Plan, said::entry};
use crate::{
    graphql::codes::{self, AgencyKind, CriterionCode, OutcomeKind},
    records::OutcomeRow,
};

entry! {
    /// An indicator that a family agreed to, with its baseline and its result.
    Outcome of OutcomeRow {
        /// The family.
        family: Option<Family> => family();
        /// The plan it was agreed in.
        plan: Option<Plan> => parent(Plan);
        /// The goal it belongs to.
        goal: Option<Goal> => parent(Goal);
        /// The criterion it is tied to.
        criterion: Option<CriterionCode> = |row| { row.criterion.as_deref().and_then(codes::parse) };
        /// What is measured.
        indicator: String;
        /// Hard or soft.
        kind: OutcomeKind;
        /// How it was on entry.
        baseline: String;
        /// How it would be if nothing were done.
        forecast: Option<String>;
        /// How it turned out.
        result: Option<String>;
        /// When.
        result_on: Option<NaiveDate>;
        /// What shows it.
        evidence: Option<String>;
        /// Whose evidence it is.
        source_agency: Option<Agency> => agency(source_agency_id);
        /// Of which kind that agency is, also where it is not told which it is.
        source_agency_kind: Option<AgencyKind> => agency_kind(source_agency_id);
    }
}
