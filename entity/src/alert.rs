//! `alert`: somebody tried too many values in look-ups, or to open emergency access.

use sea_orm::entity::prelude::*;

/// One row of `alert`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "alert")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Random identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of who it was, what they tried and the day: one alert for all of it.
    pub digest: i64,
    /// When it was raised.
    pub raised_at: DateTimeUtc,
    /// When it happened last.
    pub last_at: DateTimeUtc,
    /// The first request, as in the trail.
    pub request_id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
    /// Its program.
    pub client: String,
    /// The `sub` of who asked.
    pub subject: String,
    /// Their role.
    pub role: String,
    /// What for.
    pub purpose: String,
    /// How many questions were stopped.
    pub times: i32,
    /// What was tried.
    pub kind: String,
    /// The family that was opened.
    pub family_id: Option<Uuid>,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
