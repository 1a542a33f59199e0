//! The object types: one file each. They can only be made of visible rows, and every value of theirs is released or withheld.

mod action;
mod address;
mod agency;
mod agreement;
mod alert;
mod assessment;
mod catalogue;
mod consent;
mod contact;
mod criteria_match;
mod disclosure;
mod distance_score;
mod emergency_access;
mod family;
mod forward_page;
mod goal;
mod involvement;
mod local_identifier;
mod marker;
mod marker_change;
mod marker_placement;
mod meeting;
mod member;
mod outcome;
mod page_info;
mod plan;
mod progress_value;
mod statutory_status;
mod todo;
mod viewer;
mod webhook;

use std::sync::Arc;

use async_graphql::Context;
use uuid::Uuid;

pub use self::{
    action::Action,
    address::Address,
    agency::{Agency, Authority},
    agreement::Agreement,
    alert::{Alert, AlertConnection, AlertEndpoint},
    assessment::Assessment,
    catalogue::Catalogue,
    consent::Consent,
    contact::Contact,
    criteria_match::CriteriaMatch,
    disclosure::{DisclosureConnection, disclosures},
    distance_score::DistanceScore,
    emergency_access::EmergencyAccess,
    family::{Family, LeadProfessional},
    goal::Goal,
    involvement::Involvement,
    local_identifier::LocalIdentifier,
    marker::Marker,
    marker_change::{MarkerChange, MarkerChangeConnection},
    marker_placement::MarkerPlacement,
    meeting::{TafAttendance, TafMeeting},
    member::Member,
    outcome::Outcome,
    page_info::PageInfo,
    plan::Plan,
    progress_value::ProgressValue,
    statutory_status::StatutoryStatus,
    todo::Todo,
    viewer::{CategoryAccess, Viewer},
    webhook::{ContactConnection, ContactEdge, WebhookDelivery, WebhookDeliveryConnection, WebhookEndpoint},
};
pub(super) use self::{
    agency::{agency, agency_kind},
    family::family,
    forward_page::forward_page,
    member::member_of,
};
use super::context::Request;
use crate::{
    sharing::{
        grant::{Linked, Shared, Visible},
        register::FieldId,
    },
    store::dossier::{Dossier, InTables},
};

/// An object type whose rows belong to a family.
pub trait Entry: Sized + Clone {
    /// Its row.
    type Row: Linked + InTables + 'static;
    /// The field whose categories say whether a row exists for the asker.
    const EXISTENCE: FieldId;

    /// The object of a visible row.
    fn new(dossier: Arc<Dossier>, row: Visible<Self::Row>) -> Self;

    /// The row.
    fn row(&self) -> &Visible<Self::Row>;

    /// The row's key.
    fn key(&self) -> Uuid {
        self.row().key()
    }
}

/// Says an object type: a row that is locked up with a family, and the field whose categories say whether it exists for the asker.
macro_rules! entry {
    ($(#[doc = $about:literal])+ $object:ident of $row:ty, $existence:ident) => {
        $(#[doc = $about])+
        #[derive(Clone)]
        pub struct $object {
            pub(in crate::graphql) dossier: std::sync::Arc<crate::store::dossier::Dossier>,
            pub(in crate::graphql) row: crate::sharing::grant::Visible<$row>,
        }

        impl crate::graphql::objects::Entry for $object {
            type Row = $row;
            const EXISTENCE: crate::sharing::register::FieldId = crate::sharing::register::field::$existence;

            fn new(
                dossier: std::sync::Arc<crate::store::dossier::Dossier>,
                row: crate::sharing::grant::Visible<$row>,
            ) -> Self {
                Self { dossier, row }
            }

            fn row(&self) -> &crate::sharing::grant::Visible<$row> {
                &self.row
            }
        }
    };
}

use entry;

/// Every row of one family that exists for the asker. It discloses nothing yet.
pub(super) fn visible<E: Entry>(dossier: &Arc<Dossier>) -> impl Iterator<Item = E> {
    E::Row::of(&dossier.tables).iter().filter_map(move |row| {
        let row = dossier.grant.visible(E::EXISTENCE, row)?;
        Some(E::new(Arc::clone(dossier), row))
    })
}

/// The rows of one family that exist for the asker and that the answer shows.
pub(in crate::graphql) fn rows<E: Entry>(
    ctx: &Context<'_>,
    dossier: &Arc<Dossier>,
    shown: impl Fn(&E) -> bool,
) -> Vec<E> {
    let rows: Vec<E> = visible(dossier).filter(shown).collect();
    for row in &rows {
        Request::of(ctx).disclose(&row.row().existence());
    }
    rows
}

/// A value that is about nobody.
fn told<T>(ctx: &Context<'_>, field: FieldId, value: impl FnOnce() -> T) -> Shared<T> {
    Shared::about_nobody(&Request::of(ctx).ceiling, field, value)
}
