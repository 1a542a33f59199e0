//! `Involvement`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Agency, Entry, Family, agency, family};
use crate::{
    graphql::{context::Request, ids::Kind},
    sharing::{
        grant::{Shared, Visible},
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Tables},
        rows::InvolvementRow,
    },
};

/// That an agency works with a family.
#[derive(Clone)]
pub struct Involvement {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<InvolvementRow>,
}

impl Entry for Involvement {
    type Row = InvolvementRow;
    const EXISTENCE: FieldId = field::INVOLVEMENT_ID;

    fn table(tables: &Tables) -> &[Locked<InvolvementRow>] {
        &tables.involvements
    }

    fn new(dossier: Arc<Dossier>, row: Visible<InvolvementRow>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<InvolvementRow> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.row.key()
    }
}

/// That an agency works with a family.
#[Object]
impl Involvement {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Involvement, self.dossier.key(), self.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::INVOLVEMENT_FAMILY, || family(ctx, &self.dossier))
    }

    /// The agency.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::INVOLVEMENT_AGENCY, |row| {
            agency(&self.dossier, Some(row.agency_id))
        })
    }

    /// The team.
    fn service_team(&self) -> Shared<Option<String>> {
        self.row
            .release(field::INVOLVEMENT_SERVICE_TEAM, |row| row.service_team.clone())
    }

    /// Whom to ask for.
    fn contact_name(&self) -> Shared<String> {
        self.row
            .release(field::INVOLVEMENT_CONTACT_NAME, |row| row.contact_name.clone())
    }

    /// Their work telephone.
    fn contact_phone(&self) -> Shared<Option<String>> {
        self.row
            .release(field::INVOLVEMENT_CONTACT_PHONE, |row| row.contact_phone.clone())
    }

    /// Their work e-mail.
    fn contact_email(&self) -> Shared<Option<String>> {
        self.row
            .release(field::INVOLVEMENT_CONTACT_EMAIL, |row| row.contact_email.clone())
    }

    /// First day.
    fn started_on(&self) -> Shared<NaiveDate> {
        self.row.release(field::INVOLVEMENT_STARTED_ON, |row| row.started_on)
    }

    /// The day it ended; null while it is open.
    fn ended_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::INVOLVEMENT_ENDED_ON, |row| row.ended_on)
    }
}
