//! `Member`: a person as they belong to a family.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Consent, CriteriaMatch, Family, LocalIdentifier, ProgressValue, StatutoryStatus, entry, family, rows, visible,
};
use crate::{
    graphql::{
        codes::{Relationship, Sex},
        context::Request,
        ids::Kind,
    },
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
    store::dossier::{Dossier, MemberRecord},
};

entry! {
    /// A person in a family.
    Member of MemberRecord, MEMBER_ID
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

/// A person as they belong, or belonged, to a family.
#[Object]
impl Member {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Member, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::MEMBER_FAMILY, || family(ctx, &self.dossier))
    }

    /// What the person is in the family.
    fn relationship(&self) -> Shared<Relationship> {
        self.row
            .release(field::MEMBER_RELATIONSHIP, |record| record.membership.relationship)
    }

    /// Whether they have parental responsibility.
    fn parental_responsibility(&self) -> Shared<bool> {
        self.row.release(field::MEMBER_PARENTAL_RESPONSIBILITY, |record| {
            record.membership.parental_responsibility
        })
    }

    /// Since when they belong to the family.
    fn member_from(&self) -> Shared<NaiveDate> {
        self.row
            .release(field::MEMBER_MEMBER_FROM, |record| record.membership.valid_from)
    }

    /// When they ceased to; null while they belong to it.
    fn member_until(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::MEMBER_MEMBER_UNTIL, |record| record.membership.valid_until)
    }

    /// Given names; null for somebody who has none, as people with one name and children not yet born may.
    fn given_name(&self) -> Shared<Option<String>> {
        self.row
            .release(field::MEMBER_GIVEN_NAME, |record| record.person.given().cloned())
    }

    /// Family name; null for somebody who has none.
    fn family_name(&self) -> Shared<Option<String>> {
        self.row
            .release(field::MEMBER_FAMILY_NAME, |record| record.person.family().cloned())
    }

    /// Date of birth, where it is wholly known.
    fn date_of_birth(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::MEMBER_DATE_OF_BIRTH, |record| record.person.date_of_birth)
    }

    /// Year of birth, also where no more is known.
    fn year_of_birth(&self) -> Shared<Option<i32>> {
        self.row.release(field::MEMBER_YEAR_OF_BIRTH, |record| {
            record.person.birth_year_and_month().0
        })
    }

    /// Month of birth, from 1 to 12, also where the day is not known.
    fn month_of_birth(&self) -> Shared<Option<i32>> {
        self.row.release(field::MEMBER_MONTH_OF_BIRTH, |record| {
            record.person.birth_year_and_month().1
        })
    }

    /// The day on which a child is expected who was not born yet when this was recorded.
    fn expected_on(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::MEMBER_EXPECTED_ON, |record| record.person.expected_on)
    }

    /// Age in whole years today; null where what is known of the date of birth leaves it open.
    fn age(&self) -> Shared<Option<i32>> {
        self.row.release(field::MEMBER_AGE, |record| record.age)
    }

    /// Whether they are 18 or older, by their date of birth or because they are recorded as an adult; null where that is open.
    fn adult(&self) -> Shared<Option<bool>> {
        self.row.release(field::MEMBER_ADULT, |record| record.adult)
    }

    /// Sex as recorded.
    fn sex(&self) -> Shared<Sex> {
        self.row.release(field::MEMBER_SEX, |record| record.person.sex)
    }

    /// Ethnicity as recorded.
    fn ethnicity(&self) -> Shared<Option<String>> {
        self.row
            .release(field::MEMBER_ETHNICITY, |record| record.person.ethnicity.clone())
    }

    /// Disability as recorded.
    fn disability(&self) -> Shared<Option<String>> {
        self.row
            .release(field::MEMBER_DISABILITY, |record| record.person.disability.clone())
    }

    /// Telephone.
    fn phone(&self) -> Shared<Option<String>> {
        self.row
            .release(field::MEMBER_PHONE, |record| record.membership.phone.clone())
    }

    /// E-mail.
    fn email(&self) -> Shared<Option<String>> {
        self.row
            .release(field::MEMBER_EMAIL, |record| record.membership.email.clone())
    }

    /// Employment status.
    fn employment_status(&self) -> Shared<Option<String>> {
        self.row.release(field::MEMBER_EMPLOYMENT_STATUS, |record| {
            record.membership.employment_status.clone()
        })
    }

    /// School, college or other setting.
    fn education_setting(&self) -> Shared<Option<String>> {
        self.row.release(field::MEMBER_EDUCATION_SETTING, |record| {
            record.membership.education_setting.clone()
        })
    }

    /// Statutory statuses, newest first.
    fn statutory_statuses(&self, ctx: &Context<'_>) -> Shared<Vec<StatutoryStatus>> {
        let person = self.person();
        self.row.release_rows(field::MEMBER_STATUTORY_STATUSES, || {
            rows(ctx, &self.dossier, |of: &StatutoryStatus| {
                of.row.link(Link::Person) == Some(person)
            })
        })
    }

    /// Numbers in other systems.
    fn identifiers(&self, ctx: &Context<'_>) -> Shared<Vec<LocalIdentifier>> {
        let person = self.person();
        self.row.release_rows(field::MEMBER_IDENTIFIERS, || {
            rows(ctx, &self.dossier, |of: &LocalIdentifier| {
                of.row.link(Link::Person) == Some(person)
            })
        })
    }

    /// The criteria they meet, newest evidence first.
    fn criteria_matches(&self, ctx: &Context<'_>) -> Shared<Vec<CriteriaMatch>> {
        let person = self.person();
        self.row.release_rows(field::MEMBER_CRITERIA_MATCHES, || {
            rows(ctx, &self.dossier, |of: &CriteriaMatch| {
                of.row.link(Link::Person) == Some(person)
            })
        })
    }

    /// Their Family Progress Data.
    fn family_progress(&self, ctx: &Context<'_>) -> Shared<Vec<ProgressValue>> {
        let person = self.person();
        self.row.release_rows(field::MEMBER_FAMILY_PROGRESS, || {
            rows(ctx, &self.dossier, |of: &ProgressValue| {
                of.row.link(Link::Person) == Some(person)
            })
        })
    }

    /// Decisions about consent to share what is known of them, newest first.
    fn consents(&self, ctx: &Context<'_>) -> Shared<Vec<Consent>> {
        let person = self.person();
        self.row.release_rows(field::MEMBER_CONSENTS, || {
            rows(ctx, &self.dossier, |of: &Consent| {
                of.row.link(Link::Person) == Some(person)
            })
        })
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
