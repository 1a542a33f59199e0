//! `Contact` and `ContactNote`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::{Agency, Entry, Family, agency::agency, family::family, rows, said::entry};
use crate::{
    graphql::{
        codes::{self, ContactKind, ContactUrgency, DataCategory},
        context::Request,
        ids::Kind,
    },
    records::{ContactNoteRow, ContactRow},
    sharing::{
        grant::{Shared, Visible},
        register::{FieldId, field},
    },
    store::dossier::Dossier,
};

entry! {
    /// A contact of a partner with a marked family.
    Contact of ContactRow
}

/// A contact of a partner with a marked family: that they met, not what was said.
#[Object]
impl Contact {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Contact, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::CONTACT_FAMILY, || family(ctx, &self.dossier))
    }

    /// The agency that met the family.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row
            .release(field::CONTACT_AGENCY, |row| agency(&self.dossier, Some(row.agency_id)))
    }

    /// Who reported it, as their agency names them.
    fn reported_by(&self) -> Shared<String> {
        self.row.release(field::CONTACT_REPORTED_BY, |row| row.subject.clone())
    }

    /// What kind of contact it was.
    fn kind(&self) -> Shared<ContactKind> {
        self.row.release(field::CONTACT_KIND, |row| row.kind)
    }

    /// How soon the Lead Professional should act on it.
    fn urgency(&self) -> Shared<ContactUrgency> {
        self.row.release(field::CONTACT_URGENCY, |row| row.urgency)
    }

    /// When it was.
    fn occurred_at(&self) -> Shared<DateTime<Utc>> {
        self.row.release(field::CONTACT_OCCURRED_AT, |row| row.occurred_at)
    }

    /// When it was reported.
    fn recorded_at(&self) -> Shared<DateTime<Utc>> {
        self.row.release(field::CONTACT_RECORDED_AT, |row| row.recorded_at)
    }

    /// What the reporter noted, if anything that you may read.
    fn note(&self, ctx: &Context<'_>) -> Shared<Option<ContactNote>> {
        self.row.release_rows(field::CONTACT_NOTE, || {
            rows(ctx, &self.dossier, |note: &ContactNote| {
                note.row.key() == self.row.key()
            })
            .pop()
        })
    }
}

/// What was noted of a contact.
#[derive(Clone)]
pub struct ContactNote {
    row: Visible<ContactNoteRow>,
}

/// Its key is its contact's.
impl Entry for ContactNote {
    type Row = ContactNoteRow;
    const EXISTENCE: FieldId = field::CONTACT_NOTE_TEXT;

    fn new(_: Arc<Dossier>, row: Visible<ContactNoteRow>) -> Self {
        Self { row }
    }

    fn row(&self) -> &Visible<ContactNoteRow> {
        &self.row
    }
}

/// What was noted of a contact: for those who may know of the contact and of what the note is about.
#[Object]
impl ContactNote {
    /// The note.
    fn text(&self) -> Shared<String> {
        self.row.release(field::CONTACT_NOTE_TEXT, |row| row.text.clone())
    }

    /// What it is about, as its reporter said.
    fn category(&self) -> Shared<Option<DataCategory>> {
        self.row
            .release(field::CONTACT_NOTE_CATEGORY, |row| codes::parse(&row.category))
    }
}
