//! The events of `contactReported`: contacts with the families that the caller's agency leads.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::source::{Begun, Occurrence, Source, Turn};
use crate::{
    graphql::{
        api_error::ApiError,
        contacts::{place, placed},
        context::Request,
        feed::Feeds,
        objects::ContactEdge,
        services::Services,
    },
    records::Table,
    sharing::{
        caller::Caller,
        ceiling::Ceiling,
        grant::Shared,
        register::{FieldId, field},
    },
    store::{
        contacts::ContactPlace,
        dossier::Wants,
        reach::FamilySet,
        session::{Session, StoreError},
    },
};

/// Contacts with the families that an agency leads.
#[derive(Debug)]
pub struct Contacts {
    agency: Uuid,
}

impl Contacts {
    /// Contacts after a cursor.
    pub async fn begin(request: &Request, after: Option<String>) -> Result<Begun, ApiError> {
        let after = match after {
            Some(cursor) => place(request, &cursor).await?,
            None => 0,
        };
        Ok(Begun {
            source: Arc::new(Self {
                agency: request.ceiling.caller().principal.agency,
            }),
            after,
            // That there was a contact is never taken back.
            owed: false,
        })
    }

    /// One contact, if the caller may know of it now.
    pub async fn give(
        request: &Request,
        turn: &Turn,
        at: ContactPlace,
    ) -> Option<Result<Shared<ContactEdge>, ApiError>> {
        let wants = request.wants.and(Wants::of(&[Table::Contact]));
        let family = FamilySet::Keys(vec![at.family_id]);
        let read = match request.session.dossiers(&request.ceiling, &family, wants).await {
            Ok(read) => read,
            Err(error) => return Some(Err(error.into())),
        };
        let Some((cursor, node)) = read.first().and_then(|dossier| placed(request, dossier, at.contact_id)) else {
            turn.pass_over();
            return None;
        };
        let field = field::SUBSCRIPTION_CONTACT_REPORTED;
        Some(Ok(Shared::rows(&request.ceiling, field, || ContactEdge {
            cursor,
            node,
        })))
    }
}

impl Source for Contacts {
    fn right(&self) -> FieldId {
        field::CONTACT_ID
    }

    fn prepare<'a>(&'a self, _: &'a Feeds, _: &'a Services, _: &'a Caller) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn after<'a>(
        &'a self,
        session: &'a Session,
        _: &'a Ceiling,
        place: i64,
        most: u64,
    ) -> BoxFuture<'a, Result<Vec<Occurrence>, StoreError>> {
        Box::pin(async move {
            let places = session.contacts_after(place, self.agency, most).await?;
            Ok(places.into_iter().map(Occurrence::Contact).collect())
        })
    }
}
