//! The mutation root: where every change begins.
//!
//! A change finds its row as a reader would, asks the grant whether it may be written, and only then writes. What is not there, what may
//! not be seen and what may not be written are one answer. Nothing here decides, and nothing is committed here: see the engine.

mod alert_endpoints;
mod checks;
mod emergency;
mod endpoints;
mod frame;
mod idempotency;
mod involvement;
mod load_agreement;
mod marker;
mod record_consent;
mod record_contact;
mod user_error;
mod webhooks;
mod withdraw_consent;
mod writable;

use std::sync::Arc;

use async_graphql::{Context, Object};
use uuid::Uuid;

pub use self::user_error::UserError;
use self::{
    alert_endpoints::{
        AddAlertEndpointInput, AddAlertEndpointPayload, RemoveAlertEndpointInput, RemoveAlertEndpointPayload,
    },
    emergency::{OpenEmergencyAccessInput, OpenEmergencyAccessPayload},
    endpoints::Secretly,
    frame::make,
    idempotency::Done,
    involvement::{EndInvolvementInput, EndInvolvementPayload, RecordInvolvementInput, RecordInvolvementPayload},
    load_agreement::{LoadAgreementInput, LoadAgreementPayload},
    marker::{
        RecordMarkerPlacedInput, RecordMarkerPlacedPayload, RecordMarkerRemovedInput, RecordMarkerRemovedPayload,
        RecordMarkerResponseInput, RecordMarkerResponsePayload,
    },
    record_consent::{RecordConsentInput, RecordConsentPayload},
    record_contact::{RecordContactInput, RecordContactPayload},
    user_error::errors,
    webhooks::{
        AddWebhookEndpointInput, AddWebhookEndpointPayload, RemoveWebhookEndpointInput, RemoveWebhookEndpointPayload,
        RetryWebhookDeliveryInput, RetryWebhookDeliveryPayload, RotateWebhookSecretInput, RotateWebhookSecretPayload,
    },
    withdraw_consent::{WithdrawConsentInput, WithdrawConsentPayload},
};
use super::{
    api_error::ApiError,
    context::Request,
    ids::{Key, Kind},
    node,
    objects::{Entry, rows},
    shared::Outcome,
    wants,
};
use crate::{
    sharing::{
        category::CategorySet,
        grant::Shared,
        register::{self, FieldId},
    },
    store::{
        dossier::{Dossier, Wants},
        reach::FamilySet,
        writing::{Deed, Written},
    },
};

/// Where every change begins.
pub struct Mutation;

/// Where every change begins. The changes of one request are made in their order; all of them hold, or none.
#[Object]
impl Mutation {
    /// Records what was decided about sharing data of a member: one decision for each category and kind of agency. The newest decision
    /// counts.
    async fn record_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose data, and what was decided.")] input: RecordConsentInput,
    ) -> Outcome<RecordConsentPayload> {
        make(ctx, input).await
    }

    /// Withdraws a consent that was given. It holds from the moment of the answer.
    async fn withdraw_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which consent.")] input: WithdrawConsentInput,
    ) -> Outcome<WithdrawConsentPayload> {
        make(ctx, input).await
    }

    /// Records that an agency works with a family, and whom to ask for.
    async fn record_involvement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which family, which agency, since when.")] input: RecordInvolvementInput,
    ) -> Outcome<RecordInvolvementPayload> {
        make(ctx, input).await
    }

    /// Records that an agency works with a family no longer.
    async fn end_involvement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which involvement, and when it ended.")] input: EndInvolvementInput,
    ) -> Outcome<EndInvolvementPayload> {
        make(ctx, input).await
    }

    /// Opens access to a family in an emergency: for some hours it stands in for involvement and consent where a clause of the agreement says
    /// so. The Lead Professional and the agreement manager are shown it, with your reason.
    async fn open_emergency_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which family, on what ground and why.")] input: OpenEmergencyAccessInput,
    ) -> Outcome<OpenEmergencyAccessPayload> {
        make(ctx, input).await
    }

    /// Loads a version of an information sharing agreement. It takes effect by its dates, and at once where these have come.
    async fn load_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agreement file.")] input: LoadAgreementInput,
    ) -> Outcome<LoadAgreementPayload> {
        make(ctx, input).await
    }

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

    /// Adds an address of your agency's own program that is told of contacts with the families that your agency leads, by a signed webhook
    /// (Standard Webhooks 1.0.0) that holds an id to fetch and nothing else. It belongs to your agency, role and purpose, and is told what you
    /// may know.
    async fn add_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address.")] input: AddWebhookEndpointInput,
    ) -> Outcome<AddWebhookEndpointPayload> {
        make(ctx, Secretly::new(input)).await
    }

    /// Gives an endpoint a new secret. For a day webhooks are signed with the old one as well.
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: RotateWebhookSecretInput,
    ) -> Outcome<RotateWebhookSecretPayload> {
        make(ctx, Secretly::new(input)).await
    }

    /// Removes an endpoint, with all that it was or is still to be told.
    async fn remove_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: RemoveWebhookEndpointInput,
    ) -> Outcome<RemoveWebhookEndpointPayload> {
        make(ctx, input).await
    }

    /// Adds an address of your own program that is told of alerts (somebody tries values in look-ups) of which you may know, by a signed webhook that holds an id to fetch and
    /// nothing else. It belongs to your agency, role and purpose.
    async fn add_alert_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address.")] input: AddAlertEndpointInput,
    ) -> Outcome<AddAlertEndpointPayload> {
        make(ctx, Secretly::new(input)).await
    }

    /// Removes an endpoint of alerts, with all that it was or is still to be told.
    async fn remove_alert_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: RemoveAlertEndpointInput,
    ) -> Outcome<RemoveAlertEndpointPayload> {
        make(ctx, input).await
    }

    /// Has a delivery that was given up tried again, from now on and as often as a new one.
    async fn retry_webhook_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delivery.")] input: RetryWebhookDeliveryInput,
    ) -> Outcome<RetryWebhookDeliveryPayload> {
        make(ctx, input).await
    }
}

/// The categories that a change writes, as the register says.
fn categories_of(mutation: FieldId) -> CategorySet {
    register::get(mutation).categories
}

/// One family with the tables that are wanted of it.
async fn dossier(request: &Request, family: Uuid, wants: Wants) -> Result<Option<Arc<Dossier>>, ApiError> {
    let families = FamilySet::Keys(vec![family]);
    let found = request.session.dossiers(&request.ceiling, &families, wants).await?;
    Ok(found.into_iter().next())
}

/// A row of a family, if it exists for the asker and may be changed. It discloses nothing yet.
async fn find<E: Entry>(
    request: &Request,
    key: Key,
    kind: Kind,
    may: impl Fn(&Arc<Dossier>, &E) -> bool + Send + Sync,
) -> Result<Option<(Arc<Dossier>, E)>, ApiError> {
    if key.kind != kind {
        return Ok(None);
    }
    let row = |dossier: &Arc<Dossier>| node::row::<E>(dossier, key.row).filter(|row| may(dossier, row));
    let holds = |dossier: &Arc<Dossier>| row(dossier).is_some();
    let found = request
        .named_one(key.family, Wants::default().with(wants::table_of(kind)), &holds)
        .await?;
    Ok(found.and_then(|dossier| {
        let row = row(&dossier)?;
        Some((dossier, row))
    }))
}

/// The refusal of a change of something that is not there, may not be seen or may not be written: one answer for all of these, and one
/// entry of the trail, so that neither tells them apart.
fn not_found(request: &Request, field: &str, key: Key) -> Done {
    request.session.tried(Written {
        family: Some(key.family).filter(|family| !family.is_nil()),
        person: None,
        categories: CategorySet::EMPTY,
        clauses: Vec::new(),
        emergency: None,
        deed: Deed::Refused,
    });
    Done::refused(UserError::not_found(field))
}

/// What came of a change of a family's rows, with the family as it is after it.
struct Changed {
    done: Done,
    dossier: Option<Arc<Dossier>>,
}

impl Changed {
    /// Reads again what was changed: what is shown of it is decided on what holds now.
    async fn read(request: &Request, done: Done, kind: Kind) -> Result<Self, ApiError> {
        let dossier = match done.family {
            Some(family) if !done.rows.is_empty() => {
                dossier(request, family, request.wants.with(wants::table_of(kind))).await?
            }
            _ => None,
        };
        Ok(Self { done, dossier })
    }

    /// What came of a change of which no row is shown.
    fn nothing_to_show(done: Done) -> Self {
        Self { done, dossier: None }
    }

    /// The changed rows, of those that exist for the asker.
    fn rows<E: Entry>(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Vec<E>> {
        Shared::rows(&Request::of(ctx).ceiling, shown, || {
            self.dossier.as_ref().map_or_else(Vec::new, |dossier| {
                rows(ctx, dossier, |row: &E| self.done.rows.contains(&row.key()))
            })
        })
    }

    /// The changed row, if it exists for the asker.
    fn row<E: Entry>(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Option<E>> {
        self.rows(ctx, shown).map(|mut rows| rows.pop())
    }

    /// Why nothing was changed.
    fn errors(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Vec<UserError>> {
        errors(ctx, shown, &self.done.errors)
    }
}
