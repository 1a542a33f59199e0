//! `addAlertEndpoint` and `removeAlertEndpoint`: where whoever looks after the agreement is told of alerts.

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    endpoints::{self, Fresh, refuse_portals},
    once::{Done, once},
    user_error::{UserError, errors},
};
use crate::{
    graphql::{alerts::beyond, api_error::ApiError, context::Request, endpoints::own, objects::AlertEndpoint},
    sharing::{
        grant::Shared,
        register::{FieldId, field},
    },
    store::alerts::ALERTS,
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
    let adding = endpoints::add(request, &input.url, &fresh, ALERTS);
    let done = once(request, "addAlertEndpoint", &input, None, key, adding).await?;
    let own = own(request, ALERTS).await?;
    let payload = AddAlertEndpointPayload {
        endpoint: own
            .into_iter()
            .find(|endpoint| done.rows.contains(&endpoint.id))
            .map(AlertEndpoint),
        done,
        secret: fresh.take(),
    };
    Ok(Shared::rows(&request.ceiling, MUTATION, || payload))
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
    let removing = endpoints::remove(request, &input.endpoint_id, ALERTS);
    let key = input.idempotency_key.as_deref();
    let done = once(request, "removeAlertEndpoint", &input, None, key, removing).await?;
    Ok(Shared::rows(&request.ceiling, MUTATION, || {
        RemoveAlertEndpointPayload(done)
    }))
}
