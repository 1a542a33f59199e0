//! `contact`: a partner met a marked family.

use sea_orm::entity::prelude::*;

/// One row of `contact`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency that reported it.
    pub agency_id: Uuid,
    /// The `sub` of who reported it.
    pub subject: String,
    /// What kind of contact.
    pub kind: String,
    /// How urgent it is.
    pub urgency: String,
    /// When it was.
    pub occurred_at: DateTimeUtc,
    /// A short note.
    pub note: Option<String>,
    /// The data category of what the note says.
    pub note_category: Option<String>,
    /// When it was reported.
    pub recorded_at: DateTimeUtc,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
