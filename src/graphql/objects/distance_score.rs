//! `DistanceScore`.

use chrono::NaiveDate;

use super::{Member, said::entry};
use crate::{graphql::codes::ScoredBy, records::DistanceScoreRow};

entry! {
    /// A distance travelled score: 1 none, 2 minor, 3 moderate, 4 significant, 5 critical or complex; lower is better.
    DistanceScore of DistanceScoreRow {
        /// The member it is about; null when it is about the whole family.
        member: Option<Member> => member(Person);
        /// Code of the domain, as in the catalogue.
        domain: String;
        /// 0 is the baseline, 1 the first review, and so on.
        review: i32;
        /// From 1 to 5.
        score: i32;
        /// Who scored.
        scored_by: ScoredBy;
        /// When.
        scored_on: NaiveDate;
    }
}
