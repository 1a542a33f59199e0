//! Changes of markers, and contacts with families that have one.

use super::{
    frame::changes,
    marker::{
        RecordMarkerPlacedInput, RecordMarkerPlacedPayload, RecordMarkerRemovedInput, RecordMarkerRemovedPayload,
        RecordMarkerResponseInput, RecordMarkerResponsePayload,
    },
    record_contact::{RecordContactInput, RecordContactPayload},
};
changes! {
    /// Changes of markers, and contacts with families that have one.
    OfMarkers {
        /// Records that your agency has placed a marker for a family in one of its own systems.
        record_marker_placed(RecordMarkerPlacedInput, "Which marker, in which system, since when.") -> RecordMarkerPlacedPayload;
        /// Records that your agency has removed a marker from one of its own systems. It works when the family cannot be seen any more as well.
        record_marker_removed(RecordMarkerRemovedInput, "Which marker, from which system, when.") -> RecordMarkerRemovedPayload;
        /// Records whether a marker changed what you did: one of the measures of the programme.
        record_marker_response(RecordMarkerResponseInput, "Which marker, and whether it did.") -> RecordMarkerResponsePayload;
        /// Records that you met a marked family. The agency of its Lead Professional is told at once.
        record_contact(RecordContactInput, "Whom you met, when, how urgent it is.") -> RecordContactPayload;
    }
}
