//! `StatutoryStatus`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::Entry;
use crate::{
    graphql::{
        codes::{self, StatutoryStatusCode},
        context::Request,
        ids::Kind,
    },
    sharing::{
        grant::{Shared, Visible},
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Tables},
        rows::StatutoryStatusRow,
    },
};

/// A period in which a person has a statutory status.
#[derive(Clone)]
pub struct StatutoryStatus {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<StatutoryStatusRow>,
}

impl Entry for StatutoryStatus {
    type Row = StatutoryStatusRow;
    const EXISTENCE: FieldId = field::STATUTORY_STATUS_ID;

    fn table(tables: &Tables) -> &[Locked<StatutoryStatusRow>] {
        &tables.statuses
    }

    fn new(dossier: Arc<Dossier>, row: Visible<StatutoryStatusRow>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<StatutoryStatusRow> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.row.key()
    }
}

/// A period in which a person has a statutory status.
#[Object]
impl StatutoryStatus {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::StatutoryStatus, self.dossier.key(), self.key())
    }

    /// The status.
    fn status(&self) -> Shared<Option<StatutoryStatusCode>> {
        self.row
            .release(field::STATUTORY_STATUS_STATUS, |row| codes::parse(&row.status))
    }

    /// First day.
    fn valid_from(&self) -> Shared<NaiveDate> {
        self.row
            .release(field::STATUTORY_STATUS_VALID_FROM, |row| row.valid_from)
    }

    /// The day it ended; null while it holds.
    fn valid_until(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::STATUTORY_STATUS_VALID_UNTIL, |row| row.valid_until)
    }
}
