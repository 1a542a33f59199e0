//! `LocalIdentifier`.

use async_graphql::{Context, ID, Object};

use super::entry;
use crate::{
    graphql::{codes::IdentifierSystem, context::Request, ids::Kind},
    records::LocalIdentifierRow,
    sharing::{grant::Shared, register::field},
};

entry! {
    /// A person's number in another system.
    LocalIdentifier of LocalIdentifierRow, LOCAL_IDENTIFIER_ID
}

/// A person's number in another system.
#[Object]
impl LocalIdentifier {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::LocalIdentifier, self.dossier.key(), self.row.key())
    }

    /// Which system.
    fn system(&self) -> Shared<IdentifierSystem> {
        self.row.release(field::LOCAL_IDENTIFIER_SYSTEM, |row| row.system)
    }

    /// The number as that system writes it.
    fn value(&self) -> Shared<String> {
        self.row.release(field::LOCAL_IDENTIFIER_VALUE, |row| row.value.clone())
    }
}
