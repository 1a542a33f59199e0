//! `addWebhookEndpoint`, `rotateWebhookSecret`, `removeWebhookEndpoint` and `retryWebhookDelivery`.
//!
//! A secret is in the answer that makes it and nowhere else: what is kept for a request that is sent again has no room for it.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use super::{
    changed::not_found,
    endpoints::{self, Fresh, Secretly, changed, own_permit, refuse_portals},
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, UserErrorCode, errors},
};
use crate::{
    graphql::{
        api_error::ApiError,
        contacts::{own_endpoints, shown, wants_of_deliveries},
        context::Request,
        endpoints::CONTACTS,
        ids::Kind,
        objects::{WebhookDelivery, WebhookEndpoint},
    },
    sharing::{
        grant::Shared,
        permit::Permit,
        register::{FieldId, field},
    },
    store::dossier::Dossier,
    webhook::Secret,
};

/// An endpoint to be told of contacts.
#[derive(InputObject)]
pub struct AddWebhookEndpointInput {
    /// Its address: https, and on the internet.
    url: String,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again, and
    /// does not give the secret again.
    idempotency_key: Option<String>,
}

/// An endpoint that gets a new secret.
#[derive(InputObject)]
pub struct RotateWebhookSecretInput {
    /// The endpoint.
    endpoint_id: ID,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again, and
    /// does not give the secret again.
    idempotency_key: Option<String>,
}

/// An endpoint that is to be told nothing more.
#[derive(InputObject)]
pub struct RemoveWebhookEndpointInput {
    /// The endpoint.
    endpoint_id: ID,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// A delivery that was given up and is to be tried again.
#[derive(InputObject)]
pub struct RetryWebhookDeliveryInput {
    /// The delivery.
    delivery_id: ID,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// What came of a change of an endpoint.
struct Made {
    done: Done,
    endpoint: Option<WebhookEndpoint>,
    secret: Option<Secret>,
}

impl Made {
    fn endpoint(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Option<WebhookEndpoint>> {
        Shared::rows(&Request::of(ctx).ceiling, shown, || self.endpoint.clone())
    }

    fn secret(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Option<String>> {
        let endpoint = self.endpoint.as_ref().map(|endpoint| &endpoint.0);
        endpoints::secret(ctx, shown, endpoint, self.secret.as_ref())
    }
}

/// What came of adding an endpoint.
pub struct AddWebhookEndpointPayload(Made);

/// What came of adding an endpoint.
#[Object]
impl AddWebhookEndpointPayload {
    /// The endpoint.
    fn endpoint(&self, ctx: &Context<'_>) -> Shared<Option<WebhookEndpoint>> {
        self.0.endpoint(ctx, field::ADD_WEBHOOK_ENDPOINT_PAYLOAD_ENDPOINT)
    }

    /// The secret with which it can tell that a webhook is ours (`whsec_…`). It is shown this once: null when the request was sent before.
    fn secret(&self, ctx: &Context<'_>) -> Shared<Option<String>> {
        self.0.secret(ctx, field::ADD_WEBHOOK_ENDPOINT_PAYLOAD_SECRET)
    }

    /// Why it was not added; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::ADD_WEBHOOK_ENDPOINT_PAYLOAD_ERRORS, &self.0.done.errors)
    }
}

/// What came of giving an endpoint a new secret.
pub struct RotateWebhookSecretPayload(Made);

/// What came of giving an endpoint a new secret.
#[Object]
impl RotateWebhookSecretPayload {
    /// The endpoint.
    fn endpoint(&self, ctx: &Context<'_>) -> Shared<Option<WebhookEndpoint>> {
        self.0.endpoint(ctx, field::ROTATE_WEBHOOK_SECRET_PAYLOAD_ENDPOINT)
    }

    /// The new secret. It is shown this once: null when the request was sent before. For a day webhooks are signed with the old one as well.
    fn secret(&self, ctx: &Context<'_>) -> Shared<Option<String>> {
        self.0.secret(ctx, field::ROTATE_WEBHOOK_SECRET_PAYLOAD_SECRET)
    }

    /// Why there is no new one; empty when there is.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::ROTATE_WEBHOOK_SECRET_PAYLOAD_ERRORS, &self.0.done.errors)
    }
}

/// What came of removing an endpoint.
pub struct RemoveWebhookEndpointPayload(Done);

/// What came of removing an endpoint.
#[Object]
impl RemoveWebhookEndpointPayload {
    /// Why it was not removed; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::REMOVE_WEBHOOK_ENDPOINT_PAYLOAD_ERRORS, &self.0.errors)
    }
}

/// What came of having a delivery tried again.
pub struct RetryWebhookDeliveryPayload {
    delivery: Option<WebhookDelivery>,
    errors: Vec<UserError>,
}

/// What came of having a delivery tried again.
#[Object]
impl RetryWebhookDeliveryPayload {
    /// The delivery, if you may see it.
    fn delivery(&self, ctx: &Context<'_>) -> Shared<Option<WebhookDelivery>> {
        let request = Request::of(ctx);
        let shown = field::RETRY_WEBHOOK_DELIVERY_PAYLOAD_DELIVERY;
        Shared::rows(&request.ceiling, shown, || {
            if let Some(delivery) = &self.delivery {
                request.disclose(&delivery.row.existence());
            }
            self.delivery.clone()
        })
    }

    /// Why it is not tried again; empty when it is.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::RETRY_WEBHOOK_DELIVERY_PAYLOAD_ERRORS, &self.errors)
    }
}

async fn made(request: &Request, done: Done, fresh: Fresh) -> Result<Made, ApiError> {
    let own = own_endpoints(request).await?;
    let endpoint = own.into_iter().find(|endpoint| done.rows.contains(&endpoint.0.key()));
    Ok(Made {
        done,
        endpoint,
        secret: fresh.take(),
    })
}

impl Change for Secretly<AddWebhookEndpointInput> {
    sent!(input: AddWebhookEndpointInput, by nothing);
    type Payload = AddWebhookEndpointPayload;
    const MUTATION: FieldId = field::MUTATION_ADD_WEBHOOK_ENDPOINT;

    fn admit(request: &Request) -> Result<(), ApiError> {
        refuse_portals(request)
    }

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let permit = own_permit(request, Self::MUTATION)?;
        Ok(endpoints::add(request, permit, &self.input.url, &self.fresh, &CONTACTS).await?)
    }

    async fn payload(self, request: &Request, done: Done) -> Result<AddWebhookEndpointPayload, ApiError> {
        Ok(AddWebhookEndpointPayload(made(request, done, self.fresh).await?))
    }
}

impl Change for Secretly<RotateWebhookSecretInput> {
    sent!(input: RotateWebhookSecretInput, by endpoint_id);
    type Payload = RotateWebhookSecretPayload;
    const MUTATION: FieldId = field::MUTATION_ROTATE_WEBHOOK_SECRET;

    fn admit(request: &Request) -> Result<(), ApiError> {
        refuse_portals(request)
    }

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let Some(endpoint) = endpoints::named(request, &self.input.endpoint_id, &CONTACTS).await? else {
            return Ok(Done::refused(UserError::not_found("endpointId")));
        };
        let sealed = self.fresh.draw(request, endpoint.key())?;
        let writing = request.session.write(own_permit(request, Self::MUTATION)?);
        let at = request.session.now();
        writing.rotate_webhook_secret(&endpoint, sealed, at).await?;
        Ok(changed(endpoint.key()))
    }

    async fn payload(self, request: &Request, done: Done) -> Result<RotateWebhookSecretPayload, ApiError> {
        Ok(RotateWebhookSecretPayload(made(request, done, self.fresh).await?))
    }
}

impl Change for RemoveWebhookEndpointInput {
    sent!(Self, by endpoint_id);
    type Payload = RemoveWebhookEndpointPayload;
    const MUTATION: FieldId = field::MUTATION_REMOVE_WEBHOOK_ENDPOINT;

    fn admit(request: &Request) -> Result<(), ApiError> {
        refuse_portals(request)
    }

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let permit = own_permit(request, Self::MUTATION)?;
        Ok(endpoints::remove(request, permit, &self.endpoint_id, &CONTACTS).await?)
    }

    async fn payload(self, _: &Request, done: Done) -> Result<RemoveWebhookEndpointPayload, ApiError> {
        Ok(RemoveWebhookEndpointPayload(done))
    }
}

impl Change for RetryWebhookDeliveryInput {
    sent!(Self, by delivery_id);
    type Payload = RetryWebhookDeliveryPayload;
    const MUTATION: FieldId = field::MUTATION_RETRY_WEBHOOK_DELIVERY;

    fn admit(request: &Request) -> Result<(), ApiError> {
        refuse_portals(request)
    }

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        Ok(again(request, own_permit(request, Self::MUTATION)?, self).await?)
    }

    async fn payload(self, request: &Request, done: Done) -> Result<RetryWebhookDeliveryPayload, ApiError> {
        let delivery = match (done.family, done.rows.first()) {
            (Some(family), Some(row)) => own_delivery(request, family, *row).await?,
            _ => None,
        };
        Ok(RetryWebhookDeliveryPayload {
            delivery,
            errors: done.errors,
        })
    }
}

async fn again(request: &Request, permit: Permit, input: &RetryWebhookDeliveryInput) -> Result<Done, ApiError> {
    let key = request.key(&input.delivery_id)?;
    let found = match key.kind {
        Kind::WebhookDelivery => own_delivery(request, key.family, key.row).await?,
        _ => None,
    };
    let Some(delivery) = found else {
        return Ok(not_found(request, "deliveryId", key));
    };
    if CONTACTS.is_disabled(&delivery.endpoint.0) {
        request.disclose(&delivery.row.existence());
        return Ok(Done::refused(UserError::new(
            "deliveryId",
            UserErrorCode::Conflict,
            "The endpoint was disabled. Add it again.",
        )));
    }
    let writing = request.session.write(permit);
    if !writing
        .retry_delivery(&delivery.endpoint.0, key.family, key.row)
        .await?
    {
        request.disclose(&delivery.row.existence());
        return Ok(Done::refused(UserError::new(
            "deliveryId",
            UserErrorCode::Conflict,
            "Only a delivery that was given up can be tried again.",
        )));
    }
    Ok(Done::changed(key.family, vec![key.row]))
}

/// A delivery to an endpoint of the caller's agency, role and purpose, if it exists for the asker. The family is read whatever becomes of the delivery.
async fn own_delivery(request: &Request, family: Uuid, key: Uuid) -> Result<Option<WebhookDelivery>, ApiError> {
    let place = request.session.delivery(family, key).await?;
    let own = own_endpoints(request).await?;
    let shown = |dossier: &Arc<Dossier>| shown(place.as_ref()?, dossier, &own);
    let holds = |dossier: &Arc<Dossier>| shown(dossier).is_some();
    let found = request.named_one(family, wants_of_deliveries(request), &holds).await?;
    Ok(found.as_ref().and_then(shown))
}
