//! `StatutoryStatus`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::entry;
use crate::{
    graphql::{codes::StatutoryStatusCode, context::Request, ids::Kind},
    records::StatutoryStatusRow,
    sharing::{grant::Shared, register::field},
};

entry! {
    /// A period in which a person has a statutory status.
    StatutoryStatus of StatutoryStatusRow, STATUTORY_STATUS_ID
}

/// A period in which a person has a statutory status.
#[Object]
impl StatutoryStatus {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::StatutoryStatus, self.dossier.key(), self.row.key())
    }

    /// The status.
    fn status(&self) -> Shared<StatutoryStatusCode> {
        self.row.release(field::STATUTORY_STATUS_STATUS, |row| row.status)
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
