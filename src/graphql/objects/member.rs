//! `Member`: a person as they belong to a family.

use std::sync::Arc;

use async_graphql::Context;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    AccessCheck, Consent, CriteriaMatch, Family, LocalIdentifier, ProgressValue, StatutoryStatus, SubjectAccess,
    said::entry, visible,
};
use crate::{
    graphql::{
        codes::{Relationship, Sex},
        context::Request,
    },
    sharing::{grant::Link, register::field},
    store::dossier::{Dossier, MemberRecord},
};

entry! {
    /// A person as they belong, or belonged, to a family.
    Member of MemberRecord {
        /// The family.
        family: Option<Family> => family();
        /// What the person is in the family.
        relationship: Relationship = |record| record.membership.relationship;
        /// Whether they have parental responsibility.
        parental_responsibility: bool = |record| { record.membership.parental_responsibility };
        /// Since when they belong to the family.
        member_from: NaiveDate = |record| record.membership.valid_from;
        /// When they ceased to, or will; the day of their death at the latest. Null where neither is recorded.
        member_until: Option<NaiveDate> = |record| record.until();
        /// Given names; null for somebody who has none, as people with one name and children not yet born may.
        given_name: Option<String> = |record| record.person.given().cloned();
        /// Family name; null for somebody who has none.
        family_name: Option<String> = |record| record.person.family().cloned();
        /// Date of birth, where it is wholly known.
        date_of_birth: Option<NaiveDate> = |record| record.person.date_of_birth;
        /// Year of birth, also where no more is known.
        year_of_birth: Option<i32> = |record| { record.person.birth_year_and_month().0 };
        /// Month of birth, from 1 to 12, also where the day is not known.
        month_of_birth: Option<i32> = |record| { record.person.birth_year_and_month().1 };
        /// The day on which a child is expected who was not born yet when this was recorded.
        expected_on: Option<NaiveDate> = |record| record.person.expected_on;
        /// Age in whole years today; null where what is known of the date of birth leaves it open.
        age: Option<i32>;
        /// Whether they are 18 or older, by their date of birth or because they are recorded as an adult; null where that is open.
        adult: Option<bool>;
        /// Sex as recorded.
        sex: Sex = |record| record.person.sex;
        /// Ethnicity as recorded.
        ethnicity: Option<String> = |record| record.person.ethnicity.clone();
        /// Disability as recorded.
        disability: Option<String> = |record| record.person.disability.clone();
        /// Telephone.
        phone: Option<String> = |record| record.membership.phone.clone();
        /// E-mail.
        email: Option<String> = |record| record.membership.email.clone();
        /// Employment status.
        employment_status: Option<String> = |record| { record.membership.employment_status.clone() };
        /// School, college or other setting.
        education_setting: Option<String> = |record| { record.membership.education_setting.clone() };
        /// Statutory statuses, newest first.
        statutory_statuses: Vec<StatutoryStatus> => alike(Person);
        /// Numbers in other systems.
        identifiers: Vec<LocalIdentifier> => alike(Person);
        /// The criteria they meet, newest evidence first.
        criteria_matches: Vec<CriteriaMatch> => alike(Person);
        /// Their Family Progress Data.
        family_progress: Vec<ProgressValue> => alike(Person);
        /// Decisions about consent to share what is known of them, newest first.
        consents: Vec<Consent> => alike(Person);
        /// Checks for serious harm before they are told who saw what of them, newest first.
        access_checks: Vec<AccessCheck> => alike(Person);
        /// What they are told of who saw what of them.
        subject_access: SubjectAccess => subject_access();
    }
}

impl Member {
    /// The person's key.
    pub(in crate::graphql) fn person(&self) -> Uuid {
        self.row.link(Link::Person).unwrap_or_default()
    }

    /// Whether they belong to the family today, as far as the asker may know.
    pub(in crate::graphql) fn in_family(&self) -> bool {
        self.row
            .release(field::MEMBER_MEMBER_UNTIL, |record| record.in_family)
            .seen()
            == Some(&true)
    }

    /// Of two memberships of one person, the greater is the one to show: that of today, or else the last.
    pub(in crate::graphql) fn recency(&self) -> (bool, Option<NaiveDate>, Uuid) {
        let from = self
            .row
            .release(field::MEMBER_MEMBER_FROM, |record| record.membership.valid_from);
        (self.in_family(), from.seen().copied(), self.row.key())
    }
}

/// The member that a row is about, if it exists for the asker: as they belong to the family now, or else did last.
pub(in crate::graphql) fn member_of(ctx: &Context<'_>, dossier: &Arc<Dossier>, person: Option<Uuid>) -> Option<Member> {
    let person = person?;
    let of_person = visible::<Member>(dossier).filter(|member| member.person() == person);
    let member = of_person.max_by_key(Member::recency)?;
    Request::of(ctx).disclose(&member.row.existence());
    Some(member)
}
