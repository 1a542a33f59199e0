//! `Assessment`.

use chrono::NaiveDate;

use super::{Agency, DistanceScore, Family, said::entry};
use crate::{
    graphql::codes::{AgencyKind, AssessmentKind, AssessmentQuality},
    records::AssessmentRow,
};

entry! {
    /// An assessment of a family.
    Assessment of AssessmentRow {
        /// The family.
        family: Option<Family> => family();
        /// The agency that did it.
        agency: Option<Agency> => agency(agency_id);
        /// Of which kind the agency is, also where it is not told which it is.
        agency_kind: Option<AgencyKind> => agency_kind(agency_id);
        /// What kind of assessment.
        kind: AssessmentKind;
        /// Whether it covers every member; where not, a family CAF must follow.
        covers_all_members: bool;
        /// First day.
        started_on: NaiveDate;
        /// The day it was completed.
        completed_on: Option<NaiveDate>;
        /// Its grade.
        quality: Option<AssessmentQuality>;
        /// Distance travelled scores, by review.
        distance_scores: Vec<DistanceScore> => children(Assessment);
    }
}
