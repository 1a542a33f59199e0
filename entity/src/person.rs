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
    /// Given names.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Date of birth.
    pub date_of_birth: Date,
    /// Sex as recorded.
    pub sex: String,
    /// Ethnicity.
    pub ethnicity: Option<String>,
    /// Disability.
    pub disability: Option<String>,
    /// Employment status.
    pub employment_status: Option<String>,
    /// School, college or other education setting.
    pub education_setting: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether contact details are never shown beyond those named for it.
    pub shielded: bool,
    /// The agency the row came from.
    pub source_agency_id: Option<Uuid>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
