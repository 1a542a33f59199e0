//! `person`: a member of a family, now or once.

use sea_orm::entity::prelude::*;

/// One row of `person`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Given names; empty for somebody who has none, or of whom none is known.
    pub given_name: String,
    /// Family name; empty likewise.
    pub family_name: String,
    /// Sex as recorded.
    pub sex: String,
    /// Ethnicity.
    pub ethnicity: Option<String>,
    /// Disability.
    pub disability: Option<String>,
    /// Whether contact details are never shown beyond those named for it.
    pub shielded: bool,
    /// Date of birth, where it is wholly known.
    pub date_of_birth: Option<Date>,
    /// Year of birth, where no more than it and the month is known.
    pub birth_year: Option<i32>,
    /// Month of birth.
    pub birth_month: Option<i32>,
    /// The day on which a child who was not born yet is expected.
    pub expected_on: Option<Date>,
    /// Whether they are known to be an adult, whatever is known of their date of birth.
    pub adult: bool,
    /// The day of their death.
    pub died_on: Option<Date>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
