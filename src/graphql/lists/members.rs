//! Which members, and in which order.

use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;

use super::{Select, entries, is, is_some, is_text, named};
use crate::{
    graphql::{
        codes::{Relationship, SortDirection},
        cursor::SortKey,
        objects::Member,
        page::{Order, sort_key},
    },
    sharing::register::{FieldId, field},
    store::dossier::{Dossier, Wants},
};

/// Which members: those for which all that is said holds. It sees what you see: what is withheld from you is like nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct MemberFilter {
    /// With this family name, without regard to case.
    #[graphql(validator(max_length = 200))]
    pub family_name: Option<String>,
    /// With this given name, without regard to case.
    #[graphql(validator(max_length = 200))]
    pub given_name: Option<String>,
    /// Born on this day.
    pub date_of_birth: Option<NaiveDate>,
    /// Born in this year.
    pub year_of_birth: Option<i32>,
    /// Whether they are recorded as not yet born.
    pub unborn: Option<bool>,
    /// Who are this in their family.
    pub relationship: Option<Relationship>,
    /// With this employment status.
    #[graphql(validator(max_length = 200))]
    pub employment_status: Option<String>,
    /// In this school or other setting.
    #[graphql(validator(max_length = 200))]
    pub education_setting: Option<String>,
}

/// What members can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum MemberOrderField {
    /// Family name.
    FamilyName,
    /// Given names.
    GivenName,
    /// Date of birth. Where only month or year is known, the first of it; of children not yet born, the day on which they are expected.
    DateOfBirth,
}

/// In which order the members come. What is unknown or withheld from you comes last.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct MemberOrder {
    /// What to order by.
    pub field: MemberOrderField,
    /// Which way.
    #[graphql(default_with = "SortDirection::Ascending")]
    pub direction: SortDirection,
}

/// A filter and an order of members.
pub(in crate::graphql) struct MemberSelect {
    pub(in crate::graphql) filter: MemberFilter,
    pub(in crate::graphql) order: Option<MemberOrder>,
}

impl Select for MemberSelect {
    type Row = Member;
    const TOTAL: FieldId = field::MEMBER_CONNECTION_TOTAL_COUNT;

    fn wants(&self) -> Wants {
        Wants::default()
    }

    fn passes(&self, row: &Member) -> bool {
        let wanted = &self.filter;
        is_text(wanted.family_name.as_ref(), || {
            row.row
                .release(field::MEMBER_FAMILY_NAME, |record| record.person.family().cloned())
        }) && is_text(wanted.given_name.as_ref(), || {
            row.row
                .release(field::MEMBER_GIVEN_NAME, |record| record.person.given().cloned())
        }) && is_some(wanted.date_of_birth.as_ref(), || {
            row.row
                .release(field::MEMBER_DATE_OF_BIRTH, |record| record.person.date_of_birth)
        }) && is_some(wanted.year_of_birth.as_ref(), || {
            row.row.release(field::MEMBER_YEAR_OF_BIRTH, |record| {
                record.person.birth_year_and_month().0
            })
        }) && is(wanted.unborn.as_ref(), || {
            row.row
                .release(field::MEMBER_EXPECTED_ON, |record| record.person.expected_on.is_some())
        }) && is_some(wanted.relationship.as_ref(), || {
            row.row.release(field::MEMBER_RELATIONSHIP, |record| {
                Some(record.membership.relationship)
            })
        }) && is_text(wanted.employment_status.as_ref(), || {
            row.row.release(field::MEMBER_EMPLOYMENT_STATUS, |record| {
                record.membership.employment_status.clone()
            })
        }) && is_text(wanted.education_setting.as_ref(), || {
            row.row.release(field::MEMBER_EDUCATION_SETTING, |record| {
                record.membership.education_setting.clone()
            })
        })
    }

    fn by(&self, row: &Member) -> Option<SortKey> {
        match self.order?.field {
            MemberOrderField::FamilyName => sort_key(
                &row.row
                    .release(field::MEMBER_FAMILY_NAME, |record| record.person.family().cloned()),
                |v| v.as_ref().map(Into::into),
            ),
            MemberOrderField::GivenName => sort_key(
                &row.row
                    .release(field::MEMBER_GIVEN_NAME, |record| record.person.given().cloned()),
                |v| v.as_ref().map(Into::into),
            ),
            MemberOrderField::DateOfBirth => sort_key(
                &row.row
                    .release(field::MEMBER_DATE_OF_BIRTH, |record| record.person.ordered_by()),
                |v| v.map(Into::into),
            ),
        }
    }

    fn order(&self) -> Order {
        let field = self.order.map(|order| format!("{:?}", order.field));
        named("members", field.as_deref(), self.order.map(|order| order.direction))
    }

    fn filters(&self) -> Vec<FieldId> {
        let wanted = &self.filter;
        let filtered = [
            (wanted.family_name.is_some(), field::MEMBER_FAMILY_NAME),
            (wanted.given_name.is_some(), field::MEMBER_GIVEN_NAME),
            (wanted.date_of_birth.is_some(), field::MEMBER_DATE_OF_BIRTH),
            (wanted.year_of_birth.is_some(), field::MEMBER_YEAR_OF_BIRTH),
            (wanted.unborn.is_some(), field::MEMBER_EXPECTED_ON),
            (wanted.relationship.is_some(), field::MEMBER_RELATIONSHIP),
            (wanted.employment_status.is_some(), field::MEMBER_EMPLOYMENT_STATUS),
            (wanted.education_setting.is_some(), field::MEMBER_EDUCATION_SETTING),
        ];
        let filtered = filtered.into_iter();
        filtered.filter_map(|(used, field)| used.then_some(field)).collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(|order| match order.field {
            MemberOrderField::FamilyName => field::MEMBER_FAMILY_NAME,
            MemberOrderField::GivenName => field::MEMBER_GIVEN_NAME,
            MemberOrderField::DateOfBirth => field::MEMBER_DATE_OF_BIRTH,
        })
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<Member> {
        entries(dossier)
    }
}
