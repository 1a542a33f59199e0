//! Which criteria matches, and in which order.

use chrono::NaiveDate;

use super::list::list;
use crate::graphql::{
    codes::{self, CriterionCode, MatchedBy},
    cursor::SortKey,
    objects::CriteriaMatch,
};

list! {
    criteria_matches of CriteriaMatch, "criteria matches", [CriteriaMatch]
    filter {
        /// Of this criterion.
        criterion: CriterionCode, is criterion |row| codes::parse(&row.criterion);
        /// With evidence that begins on this day or later.
        evidence_from: NaiveDate, from evidence_from;
        /// With evidence that begins on this day or earlier.
        evidence_until: NaiveDate, until evidence_from;
        /// Found in this way.
        matched_by: MatchedBy, is matched_by;
        /// Verified by a data analyst, or not.
        verified: bool, has verified_on;
        /// Withdrawn by today, or not.
        withdrawn: bool, is withdrawn_on => CriteriaMatch::is_withdrawn;
    }
    order {
        /// The criterion, in the order of the list.
        Criterion by criterion |row| SortKey::place::<CriterionCode>(&row.criterion);
        /// When the evidence begins.
        EvidenceFrom by evidence_from;
        /// The day it was verified.
        VerifiedOn by verified_on;
    }
    fn criterion(&self) -> Option<String> {
        self.filter.criterion.map(codes::upper)
    }
}
