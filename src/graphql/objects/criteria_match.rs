//! `CriteriaMatch`.

use chrono::NaiveDate;

use super::{Agency, Family, Member, said::entry};
use crate::{
    graphql::codes::{self, AgencyKind, CriterionCode, MatchedBy},
    records::CriteriaMatchRow,
    sharing::{grant::Shared, register::field},
};

entry! {
    /// That a family, usually through a member, meets a criterion.
    CriteriaMatch of CriteriaMatchRow {
        /// The family.
        family: Option<Family> => family();
        /// The member it is about; null when it is about the whole family.
        member: Option<Member> => member(Person);
        /// The criterion.
        criterion: Option<CriterionCode> = |row| codes::parse(&row.criterion);
        /// The agency it came from.
        source_agency: Option<Agency> => agency(source_agency_id);
        /// Of which kind that agency is, also where it is not told which it is.
        source_agency_kind: Option<AgencyKind> => agency_kind(source_agency_id);
        /// What the evidence is.
        evidence: String;
        /// From when the evidence is.
        evidence_from: NaiveDate;
        /// To when the evidence is.
        evidence_until: Option<NaiveDate>;
        /// Found in data or by a professional.
        matched_by: MatchedBy;
        /// The day a data analyst verified it.
        verified_on: Option<NaiveDate>;
        /// The day it was withdrawn.
        withdrawn_on: Option<NaiveDate>;
    }
}

impl CriteriaMatch {
    /// Whether it is withdrawn today. One that is to be withdrawn counts until the day before.
    pub(in crate::graphql) fn is_withdrawn(&self) -> Shared<bool> {
        let today = self.dossier.grant.today();
        self.row.release(field::CRITERIA_MATCH_WITHDRAWN_ON, |row| {
            row.withdrawn_on.is_some_and(|day| day <= today)
        })
    }
}
