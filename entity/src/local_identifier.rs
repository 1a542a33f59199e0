//! `local_identifier`: a member's number in another system.

use sea_orm::entity::prelude::*;

/// One row of `local_identifier`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "local_identifier")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The member.
    pub person_id: Uuid,
    /// The system.
    pub system: String,
    /// The number. In one form (capitals, without blanks and marks) it is unique within authority and system, but for tenancies.
    pub value: String,
    /// Whether it was another's already when it became unique in that form.
    pub doubled: bool,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
