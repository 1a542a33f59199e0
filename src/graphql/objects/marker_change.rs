//! `MarkerChange`: that a marker was set, says something else or is there no longer, and the pages of such events.

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::{Marker, PageInfo};
use crate::{
    graphql::{codes::MarkerChangeKind, context::Request, ids::Kind},
    sharing::{grant::Shared, register::field},
};

/// What became of a marker.
#[derive(Clone)]
pub struct MarkerChange {
    pub(in crate::graphql) family: Uuid,
    pub(in crate::graphql) kind: MarkerChangeKind,
    pub(in crate::graphql) marker: Option<Marker>,
    pub(in crate::graphql) cursor: String,
}

/// What became of a marker. Events come at least once each, in the order in which it came to be so; of several events of one family that lie close
/// together only the last may come.
#[Object]
impl MarkerChange {
    /// Whether the marker is there now, and whether it was before.
    fn kind(&self) -> MarkerChangeKind {
        self.kind
    }

    /// The marker's id: of one that is there no longer, all that is said.
    fn marker_id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Marker, self.family, self.family)
    }

    /// The marker as it is now; null when it is there no longer.
    fn marker(&self, ctx: &Context<'_>) -> Shared<Option<Marker>> {
        let ceiling = &Request::of(ctx).ceiling;
        Shared::handle(ceiling, field::MARKER_CHANGE_MARKER, self.marker.is_none(), || {
            self.marker.clone()
        })
    }

    /// Opaque; to continue after this event, whenever that is.
    fn cursor(&self) -> &str {
        &self.cursor
    }
}

/// An event with its place in the feed.
pub struct MarkerChangeEdge(MarkerChange);

/// An event with its place in the feed.
#[Object]
impl MarkerChangeEdge {
    /// The event.
    fn node(&self) -> &MarkerChange {
        &self.0
    }

    /// Opaque; to continue after it.
    fn cursor(&self) -> &str {
        &self.0.cursor
    }
}

/// A page of a feed.
pub struct MarkerChangeConnection {
    pub(in crate::graphql) changes: Vec<MarkerChange>,
    pub(in crate::graphql) more: bool,
    pub(in crate::graphql) end: String,
}

/// A page of what became of markers.
#[Object]
impl MarkerChangeConnection {
    /// The events with their places.
    fn edges(&self) -> Vec<MarkerChangeEdge> {
        self.changes.iter().cloned().map(MarkerChangeEdge).collect()
    }

    /// The events.
    fn nodes(&self) -> &[MarkerChange] {
        &self.changes
    }

    /// Whether there is more. The end cursor is there even where the page is empty, so that there is always a place to continue from.
    fn page_info(&self) -> PageInfo {
        PageInfo {
            next: self.more,
            previous: false,
            start: self.changes.first().map(|change| change.cursor.clone()),
            end: Some(self.end.clone()),
        }
    }
}
