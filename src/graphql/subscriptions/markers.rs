//! The events of `markerChanged`: those of the caller's feed.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::source::{Begun, MarkerEvent, Occurrence, Source, Turn};
use crate::{
    graphql::{
        api_error::ApiError,
        context::Request,
        feed::{self, Feeds, Place},
        objects::MarkerChange,
        services::Services,
    },
    sharing::{
        caller::Caller,
        ceiling::Ceiling,
        grant::Shared,
        register::{FieldId, field},
    },
    store::{
        feed::Consumer,
        reach::FamilySet,
        session::{Session, StoreError},
    },
};

/// One consumer's feed.
#[derive(Debug)]
pub struct Markers {
    consumer: Uuid,
    /// See [`Place::began`]; nought until the first look where there was no cursor.
    began: AtomicI64,
}

impl Markers {
    /// The caller's feed after a cursor.
    pub async fn begin(request: &Request, after: Option<String>) -> Result<Begun, ApiError> {
        let consumer = Consumer::of(request.ceiling.caller()).id;
        let looked = request.session.looked(consumer).await?;
        let place = after.map(|after| Place::open(request, consumer, looked, &after));
        let place = place.transpose()?.unwrap_or_default();
        Ok(Begun {
            source: Arc::new(Self {
                consumer,
                began: AtomicI64::new(place.began),
            }),
            after: place.after,
            owed: looked.is_some_and(|looked| looked.position > 0),
        })
    }

    /// One event, as it is now.
    pub async fn give(
        request: &Request,
        turn: &Turn,
        event: &MarkerEvent,
    ) -> Option<Result<Shared<MarkerChange>, ApiError>> {
        let row = &event.row;
        // Nothing is told of what is barred, and neither that it is not there any more.
        match request.session.barred_to(request.ceiling.caller()).await {
            Ok(barred) if barred.contains(&row.family_id) => {
                turn.pass_over();
                return None;
            }
            Ok(_) => {}
            Err(error) => return Some(Err(error.into())),
        }
        let families = if row.kind == "removed" {
            Vec::new()
        } else {
            vec![row.family_id]
        };
        let read = request
            .session
            .dossiers(&request.ceiling, &FamilySet::Keys(families), request.wants)
            .await;
        let read = match read {
            Ok(read) => read,
            Err(error) => return Some(Err(error.into())),
        };
        let consumer = Consumer::of(request.ceiling.caller()).id;
        let place = Place {
            after: turn.after(),
            began: event.began,
        };
        let Some(change) = feed::change_of(request, consumer, row, read.first(), place) else {
            turn.pass_over();
            return None;
        };
        let field = field::SUBSCRIPTION_MARKER_CHANGED;
        Some(Ok(Shared::handle(&request.ceiling, field, true, || change)))
    }
}

impl Source for Markers {
    fn right(&self) -> FieldId {
        field::MARKER_ID
    }

    fn prepare<'a>(
        &'a self,
        feeds: &'a Feeds,
        services: &'a Services,
        caller: &'a Caller,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(feeds.catch_up(services, caller))
    }

    fn after<'a>(
        &'a self,
        session: &'a Session,
        _: &'a Ceiling,
        place: i64,
        most: u64,
    ) -> BoxFuture<'a, Result<Vec<Occurrence>, StoreError>> {
        Box::pin(async move {
            let mut place = Place {
                after: place,
                began: self.began.load(Ordering::Relaxed),
            };
            if place == Place::default() {
                place = place.beginning(session.looked(self.consumer).await?);
                self.began.store(place.began, Ordering::Relaxed);
            }
            let (after, began) = (place.after, place.began);
            let rows = session.marker_changes(self.consumer, after, began, most).await?;
            Ok(rows
                .into_iter()
                .map(|row| Occurrence::Marker(MarkerEvent { row, began }))
                .collect())
        })
    }
}
