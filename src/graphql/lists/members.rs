//! Which members, and in which order.

use chrono::NaiveDate;

use super::list::list;
use crate::graphql::{codes::Relationship, objects::Member};

list! {
    members of Member, "members", []
    filter {
        /// With this family name, without regard to case.
        #[graphql(validator(max_length = 200))]
        family_name: String, is_text family_name |row| row.person.family().cloned();
        /// With this given name, without regard to case.
        #[graphql(validator(max_length = 200))]
        given_name: String, is_text given_name |row| row.person.given().cloned();
        /// Born on this day.
        date_of_birth: NaiveDate, is date_of_birth |row| row.person.date_of_birth;
        /// Born in this year.
        year_of_birth: i32, is year_of_birth |row| row.person.birth_year_and_month().0;
        /// Whether they are recorded as not yet born.
        unborn: bool, has expected_on |row| row.person.expected_on;
        /// Who are this in their family.
        relationship: Relationship, is relationship |row| row.membership.relationship;
        /// With this employment status.
        #[graphql(validator(max_length = 200))]
        employment_status: String, is_text employment_status |row| row.membership.employment_status.clone();
        /// In this school or other setting.
        #[graphql(validator(max_length = 200))]
        education_setting: String, is_text education_setting |row| row.membership.education_setting.clone();
    }
    order {
        /// Family name.
        FamilyName by family_name |row| row.person.family().cloned();
        /// Given names.
        GivenName by given_name |row| row.person.given().cloned();
        /// Date of birth. Where only month or year is known, the first of it; of children not yet born, the day on which they are expected.
        DateOfBirth by date_of_birth |row| row.person.ordered_by();
    }
}
