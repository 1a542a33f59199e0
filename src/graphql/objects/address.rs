//! `Address`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::Entry;
use crate::{
    graphql::{context::Request, ids::Kind},
    sharing::{
        grant::{Shared, Visible},
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Tables},
        rows::AddressRow,
    },
};

/// Where a family lives or lived.
#[derive(Clone)]
pub struct Address {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<AddressRow>,
}

impl Entry for Address {
    type Row = AddressRow;
    const EXISTENCE: FieldId = field::ADDRESS_ID;

    fn table(tables: &Tables) -> &[Locked<AddressRow>] {
        &tables.addresses
    }

    fn new(dossier: Arc<Dossier>, row: Visible<AddressRow>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<AddressRow> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.row.key()
    }
}

/// Where a family lives or lived.
#[Object]
impl Address {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Address, self.dossier.key(), self.key())
    }

    /// First line.
    fn line1(&self) -> Shared<String> {
        self.row.release(field::ADDRESS_LINE1, |row| row.line1.clone())
    }

    /// Second line.
    fn line2(&self) -> Shared<Option<String>> {
        self.row.release(field::ADDRESS_LINE2, |row| row.line2.clone())
    }

    /// Town.
    fn town(&self) -> Shared<Option<String>> {
        self.row.release(field::ADDRESS_TOWN, |row| row.town.clone())
    }

    /// Postcode.
    fn postcode(&self) -> Shared<String> {
        self.row.release(field::ADDRESS_POSTCODE, |row| row.postcode.clone())
    }

    /// First day.
    fn valid_from(&self) -> Shared<NaiveDate> {
        self.row.release(field::ADDRESS_VALID_FROM, |row| row.valid_from)
    }

    /// The day it ended; null while it holds.
    fn valid_until(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::ADDRESS_VALID_UNTIL, |row| row.valid_until)
    }
}
