//! `LocalIdentifier`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::Entry;
use crate::{
    graphql::{
        codes::{self, IdentifierSystem},
        context::Request,
        ids::Kind,
    },
    sharing::{
        grant::{Shared, Visible},
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Tables},
        rows::LocalIdentifierRow,
    },
};

/// A person's number in another system.
#[derive(Clone)]
pub struct LocalIdentifier {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<LocalIdentifierRow>,
}

impl Entry for LocalIdentifier {
    type Row = LocalIdentifierRow;
    const EXISTENCE: FieldId = field::LOCAL_IDENTIFIER_ID;

    fn table(tables: &Tables) -> &[Locked<LocalIdentifierRow>] {
        &tables.identifiers
    }

    fn new(dossier: Arc<Dossier>, row: Visible<LocalIdentifierRow>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<LocalIdentifierRow> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.row.key()
    }
}

/// A person's number in another system.
#[Object]
impl LocalIdentifier {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::LocalIdentifier, self.dossier.key(), self.key())
    }

    /// Which system.
    fn system(&self) -> Shared<Option<IdentifierSystem>> {
        self.row
            .release(field::LOCAL_IDENTIFIER_SYSTEM, |row| codes::parse(&row.system))
    }

    /// The number as that system writes it.
    fn value(&self) -> Shared<String> {
        self.row.release(field::LOCAL_IDENTIFIER_VALUE, |row| row.value.clone())
    }
}
