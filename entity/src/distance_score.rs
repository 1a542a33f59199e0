//! `distance_score`: a distance-travelled score in one domain at one review.

use sea_orm::entity::prelude::*;

/// One row of `distance_score`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "distance_score")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The assessment it belongs to.
    pub assessment_id: Uuid,
    /// The member, or none for the whole family.
    pub person_id: Option<Uuid>,
    /// Code of the domain.
    pub domain: String,
    /// 0 is the baseline, 1 is R1 and so on.
    pub review: i32,
    /// 1 no need to 5 critical or complex.
    pub score: i32,
    /// Who scored.
    pub scored_by: String,
    /// Day it was scored.
    pub scored_on: Date,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
