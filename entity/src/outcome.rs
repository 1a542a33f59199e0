//! `outcome`: an indicator agreed with a family, with baseline, forecast and result.

use sea_orm::entity::prelude::*;

/// One row of `outcome`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outcome")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The plan it was agreed in.
    pub plan_id: Uuid,
    /// The goal it shows.
    pub goal_id: Option<Uuid>,
    /// Code of the criterion it is tied to.
    pub criterion: Option<String>,
    /// Code of the indicator.
    pub indicator: String,
    /// Hard or soft indicator.
    pub kind: String,
    /// Historical baseline.
    pub baseline: String,
    /// What was to be expected if nothing were done.
    pub forecast: Option<String>,
    /// What came of it.
    pub result: Option<String>,
    /// Day of the result.
    pub result_on: Option<Date>,
    /// Evidence for the result.
    pub evidence: Option<String>,
    /// The agency the evidence came from.
    pub source_agency_id: Option<Uuid>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
