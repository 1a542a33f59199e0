//! `Address`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::entry;
use crate::{
    graphql::{context::Request, ids::Kind},
    records::AddressRow,
    sharing::{grant::Shared, register::field},
};

entry! {
    /// Where a family lives or lived.
    Address of AddressRow, ADDRESS_ID
}

/// Where a family lives or lived.
#[Object]
impl Address {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Address, self.dossier.key(), self.row.key())
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
