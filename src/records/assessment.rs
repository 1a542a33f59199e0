//! Assessments, and the distance travelled that they measure.

use std::cmp::Reverse;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Holds, Table, table::table};
use crate::{catalogue, code::codes, sharing::facts::RowFacts};

codes! {
    /// Kinds of assessment.
    AssessmentKind {
        /// Family CAF.
        FamilyCaf = "family_caf",
        /// Single assessment of social care.
        SingleAssessment = "single_assessment",
        /// Asset assessment of youth offending.
        Asset = "asset",
    }

    /// Grades of assessments.
    AssessmentQuality {
        /// Outstanding.
        Outstanding = "outstanding",
        /// Good.
        Good = "good",
        /// Requires improvement.
        RequiresImprovement = "requires_improvement",
        /// Inadequate.
        Inadequate = "inadequate",
    }

    /// Who scored distance travelled.
    ScoredBy {
        /// The key worker.
        KeyWorker = "key_worker",
        /// The family.
        Family = "family",
    }
}

table! {
    /// A whole-family assessment.
    AssessmentRow = Assessment "assessment" of family {
        /// Who did it.
        agency_id: Uuid, agency("agency"), never;
        /// What kind.
        kind: AssessmentKind, never;
        /// Whether it covers everyone in the family.
        covers_all_members: bool;
        /// First day.
        started_on: NaiveDate;
        /// The day it was completed.
        completed_on: Option<NaiveDate>;
        /// Its grade.
        quality: Option<AssessmentQuality>;
    }
    order row => (Reverse(row.started_on), row.id);
    facts row, _ => RowFacts::family().from_agency(row.agency_id);
}

table! {
    /// A distance travelled score.
    DistanceScoreRow = DistanceScore "distance_score" of family {
        /// The assessment.
        assessment_id: Uuid, of(Table::Assessment, "assessment_key"), never;
        /// Whom it is about.
        person_id: Option<Uuid>, of(Table::Person, "person_key"), never;
        /// The domain.
        domain: String, holds(Holds::Domain), never;
        /// 0 is the baseline, 1 the first review.
        review: i32, within(0, 1000), never;
        /// From 1 (none) to 5 (critical or complex).
        score: i32, within(1, 5);
        /// Key worker or family.
        scored_by: ScoredBy;
        /// When.
        scored_on: NaiveDate;
    }
    order row => (row.review, row.domain.clone(), row.id);
    // It is about its domain, and came from whoever made its assessment.
    facts row, beside => {
        let facts = RowFacts::about(row.person_id).with_categories(catalogue::categories_of_domain(&row.domain));
        let source = beside.assessed_by.get(&row.assessment_id);
        source.map_or(facts, |source| facts.from_agency(*source))
    };
    links Person = person_id, Assessment = assessment_id;
    needs Assessment;
}
