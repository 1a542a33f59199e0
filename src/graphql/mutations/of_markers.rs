//! Changes of markers, and contacts with families that have one.

use async_graphql::{Context, Object};

use super::{
    frame::make,
    marker::{
        RecordMarkerPlacedInput, RecordMarkerPlacedPayload, RecordMarkerRemovedInput, RecordMarkerRemovedPayload,
        RecordMarkerResponseInput, RecordMarkerResponsePayload,
    },
    record_contact::{RecordContactInput, RecordContactPayload},
};
use crate::graphql::shared::Outcome;

/// Changes of markers, and contacts with families that have one.
#[derive(Default)]
pub struct OfMarkers;

/// Changes of markers, and contacts with families that have one.
#[Object]
impl OfMarkers {
    /// Records that your agency has placed a marker for a family in one of its own systems.
    async fn record_marker_placed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which marker, in which system, since when.")] input: RecordMarkerPlacedInput,
    ) -> Outcome<RecordMarkerPlacedPayload> {
        make(ctx, input).await
    }

    /// Records that your agency has removed a marker from one of its own systems. It works when the family cannot be seen any more as well.
    async fn record_marker_removed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which marker, from which system, when.")] input: RecordMarkerRemovedInput,
    ) -> Outcome<RecordMarkerRemovedPayload> {
        make(ctx, input).await
    }

    /// Records whether a marker changed what you did: one of the measures of the programme.
    async fn record_marker_response(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which marker, and whether it did.")] input: RecordMarkerResponseInput,
    ) -> Outcome<RecordMarkerResponsePayload> {
        make(ctx, input).await
    }

    /// Records that you met a marked family. The agency of its Lead Professional is told at once.
    async fn record_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom you met, when, how urgent it is.")] input: RecordContactInput,
    ) -> Outcome<RecordContactPayload> {
        make(ctx, input).await
    }
}
