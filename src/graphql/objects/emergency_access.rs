//! `EmergencyAccess`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::{Agency, Entry, Family, agency, family};
use crate::{
    graphql::{
        codes::{self, EmergencyGround},
        context::Request,
        ids::Kind,
    },
    sharing::{
        grant::{Shared, Visible},
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Tables},
        rows::EmergencyAccessRow,
    },
};

/// Emergency access to a family.
#[derive(Clone)]
pub struct EmergencyAccess {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<EmergencyAccessRow>,
}

impl Entry for EmergencyAccess {
    type Row = EmergencyAccessRow;
    const EXISTENCE: FieldId = field::EMERGENCY_ACCESS_ID;

    fn table(tables: &Tables) -> &[Locked<EmergencyAccessRow>] {
        &tables.emergencies
    }

    fn new(dossier: Arc<Dossier>, row: Visible<EmergencyAccessRow>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<EmergencyAccessRow> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.row.key()
    }
}

/// Emergency access to a family.
#[Object]
impl EmergencyAccess {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::EmergencyAccess, self.dossier.key(), self.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::EMERGENCY_ACCESS_FAMILY, || family(ctx, &self.dossier))
    }

    /// The agency of the person who opened it.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::EMERGENCY_ACCESS_AGENCY, |row| {
            agency(&self.dossier, Some(row.agency_id))
        })
    }

    /// Who opened it, as their agency names them.
    fn subject(&self) -> Shared<String> {
        self.row
            .release(field::EMERGENCY_ACCESS_SUBJECT, |row| row.subject.clone())
    }

    /// On what ground.
    fn ground(&self) -> Shared<Option<EmergencyGround>> {
        self.row
            .release(field::EMERGENCY_ACCESS_GROUND, |row| codes::parse(&row.ground))
    }

    /// Why, in their words.
    fn justification(&self) -> Shared<String> {
        self.row
            .release(field::EMERGENCY_ACCESS_JUSTIFICATION, |row| row.justification.clone())
    }

    /// When it was opened.
    fn opened_at(&self) -> Shared<DateTime<Utc>> {
        self.row.release(field::EMERGENCY_ACCESS_OPENED_AT, |row| row.opened_at)
    }

    /// Until when it holds.
    fn expires_at(&self) -> Shared<DateTime<Utc>> {
        self.row
            .release(field::EMERGENCY_ACCESS_EXPIRES_AT, |row| row.expires_at)
    }
}
