//! The mutation root: where every change begins.
//!
//! A change finds its row as a reader would, asks the grant whether it may be written, and only then writes. What is not there, what may
//! not be seen and what may not be written are one answer. Nothing here decides, and nothing is committed here: see the engine.

mod alert_endpoints;
mod bar_subject;
mod changed;
mod check_subject_access;
mod checks;
mod consent_by_reference;
mod decision;
mod emergency;
mod endpoints;
mod frame;
mod idempotency;
mod involvement;
mod load_agreement;
mod marker;
mod meeting;
mod merging;
mod of_endpoints;
mod of_markers;
mod of_sharing;
mod plan;
mod record_consent;
mod record_contact;
mod user_error;
mod webhooks;
mod withdraw_consent;
mod writable;

use async_graphql::MergedObject;

pub use self::user_error::UserError;
use self::{
    meeting::OfMeetings, merging::OfPeople, of_endpoints::OfEndpoints, of_markers::OfMarkers, of_sharing::OfSharing,
    plan::OfPlans,
};

/// Where every change begins. The changes of one request are made in their order; all of them hold, or none.
#[derive(MergedObject, Default)]
pub struct Mutation(OfSharing, OfMarkers, OfEndpoints, OfMeetings, OfPeople, OfPlans);
