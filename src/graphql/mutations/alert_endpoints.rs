//! `addAlertEndpoint` and `removeAlertEndpoint`: where whoever looks after the agreement is told of alerts.

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    once::{Done, once},
    user_error::{UserError, UserErrorCode, errors},
    webhooks::{Fresh, MOST, changed, refuse_portals, write},
};
use crate::{
    graphql::{
        alerts::{beyond, own_endpoints},
        api_error::ApiError,
        context::Request,
        ids::Kind,
        objects::AlertEndpoint,
    },
    sharing::{
        grant::Shared,
        register::{FieldId, field},
    },
    store::{alerts::ALERTS, rows::WebhookEndpointRow},
    webhook::Secret,
};

/// An endpoint to be told of alerts.
#[derive(InputObject)]
pub struct AddAlertEndpointInput {
    /// Its address: https, and on the internet.
    url: String,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again,
    /// and does not give the secret again.
    idempotency_key: Option<String>,
}

/// An endpoint that is to be told nothing more.
#[derive(InputObject)]
pub struct RemoveAlertEndpointInput {
    /// The endpoint.
    endpoint_id: ID,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing
    /// again.
    idempotency_key: Option<String>,
}

/// What came of adding an endpoint.
pub struct AddAlertEndpointPayload {
    done: Done,
    endpoint: Option<AlertEndpoint>,
    secret: Option<Secret>,
}

/// What came of adding an endpoint.
#[Object]
impl AddAlertEndpointPayload {
    /// The endpoint.
    fn endpoint(&self, ctx: &Context<'_>) -> Shared<Option<AlertEndpoint>> {
        let shown = field::ADD_ALERT_ENDPOINT_PAYLOAD_ENDPOINT;
        Shared::rows(&Request::of(ctx).ceiling, shown, || self.endpoint.clone())
    }

    /// The secret with which it can tell that a webhook is ours (`whsec_…`). It is shown this once: null when the request was sent before.
    fn secret(&self, ctx: &Context<'_>) -> Shared<Option<String>> {
        let shown = field::ADD_ALERT_ENDPOINT_PAYLOAD_SECRET;
        Shared::rows(&Request::of(ctx).ceiling, shown, || {
            self.secret.as_ref().map(Secret::reveal)
        })
    }

    /// Why it was not added; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::ADD_ALERT_ENDPOINT_PAYLOAD_ERRORS, &self.done.errors)
    }
}

/// What came of removing an endpoint.
pub struct RemoveAlertEndpointPayload(Done);

/// What came of removing an endpoint.
#[Object]
impl RemoveAlertEndpointPayload {
    /// Why it was not removed; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::REMOVE_ALERT_ENDPOINT_PAYLOAD_ERRORS, &self.0.errors)
    }
}

/// Adds an endpoint.
pub(super) async fn add(
    ctx: &Context<'_>,
    input: AddAlertEndpointInput,
) -> Result<Shared<AddAlertEndpointPayload>, ApiError> {
    const MUTATION: FieldId = field::MUTATION_ADD_ALERT_ENDPOINT;
    let request = Request::of(ctx);
    if let Some(withheld) = beyond(request, MUTATION) {
        return Ok(withheld);
    }
    refuse_portals(request)?;
    let fresh = Fresh::default();
    let key = input.idempotency_key.as_deref();
    let adding = begin(request, &input, &fresh);
    let done = once(request, "addAlertEndpoint", &input, None, key, adding).await?;
    let own = own_endpoints(request).await?;
    let payload = AddAlertEndpointPayload {
        endpoint: own.into_iter().find(|endpoint| done.rows.contains(&endpoint.0.id)),
        done,
        secret: fresh.take(),
    };
    Ok(Shared::rows(&request.ceiling, MUTATION, || payload))
}

async fn begin(request: &Request, input: &AddAlertEndpointInput, fresh: &Fresh) -> Result<Done, ApiError> {
    let url = match request.services.webhooks.guard.url(input.url.trim()) {
        Ok(url) => url,
        Err(refused) => return Ok(Done::refused(UserError::invalid("url", refused.to_string()))),
    };
    let own = own_endpoints(request).await?;
    if own.len() >= MOST {
        let message = "You have 10 endpoints for this role and purpose. Remove one first.";
        return Ok(Done::refused(UserError::new("url", UserErrorCode::Conflict, message)));
    }
    let live = |endpoint: &&AlertEndpoint| endpoint.0.disabled_at.is_none();
    if own.iter().filter(live).any(|endpoint| endpoint.0.url == url.as_str()) {
        let message = "You have an endpoint at this address already.";
        return Ok(Done::refused(UserError::new(
            "url",
            UserErrorCode::AlreadyDone,
            message,
        )));
    }
    let key = request.services.store.ids().uuid();
    let row = WebhookEndpointRow::of(
        request.ceiling.caller(),
        key,
        url.into(),
        fresh.draw(request, key)?,
        request.session.now(),
        ALERTS,
    );
    request.session.add_webhook_endpoint(row).await?;
    request.written(write());
    Ok(changed(key))
}

/// Removes an endpoint.
pub(super) async fn remove(
    ctx: &Context<'_>,
    input: RemoveAlertEndpointInput,
) -> Result<Shared<RemoveAlertEndpointPayload>, ApiError> {
    const MUTATION: FieldId = field::MUTATION_REMOVE_ALERT_ENDPOINT;
    let request = Request::of(ctx);
    if let Some(withheld) = beyond(request, MUTATION) {
        return Ok(withheld);
    }
    refuse_portals(request)?;
    let change = async {
        let key = request.key(&input.endpoint_id)?;
        let own = own_endpoints(request).await?;
        let mut own = own.iter().map(|endpoint| endpoint.0.id);
        let Some(endpoint) = own.find(|own| key.kind == Kind::WebhookEndpoint && *own == key.row) else {
            return Ok(Done::refused(UserError::not_found("endpointId")));
        };
        request.session.remove_webhook_endpoint(endpoint).await?;
        request.written(write());
        Ok(changed(endpoint))
    };
    let key = input.idempotency_key.as_deref();
    let done = once(request, "removeAlertEndpoint", &input, None, key, change).await?;
    Ok(Shared::rows(&request.ceiling, MUTATION, || {
        RemoveAlertEndpointPayload(done)
    }))
}
