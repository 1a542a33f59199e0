//! `addAlertEndpoint` and `removeAlertEndpoint`: where whoever looks after the agreement is told of alerts.

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    endpoints::{self, Secretly, own_permit, refuse_portals},
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, errors},
};
use crate::{
    graphql::{api_error::ApiError, context::Request, endpoints::ALERTS, objects::AlertEndpoint},
    sharing::{
        grant::Shared,
        register::{FieldId, field},
    },
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
        let endpoint = self.endpoint.as_ref().map(|endpoint| &endpoint.0);
        endpoints::secret(ctx, shown, endpoint, self.secret.as_ref())
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

impl Change for Secretly<AddAlertEndpointInput> {
    sent!(input: AddAlertEndpointInput, by nothing);
    type Payload = AddAlertEndpointPayload;
    const MUTATION: FieldId = field::MUTATION_ADD_ALERT_ENDPOINT;

    fn admit(request: &Request) -> Result<(), ApiError> {
        refuse_portals(request)
    }

    fn refused(request: &Request) -> Option<Shared<AddAlertEndpointPayload>> {
        Shared::refused_own(&request.ceiling, Self::MUTATION)
    }

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let permit = own_permit(request, Self::MUTATION)?;
        Ok(endpoints::add(request, permit, &self.input.url, &self.fresh, &ALERTS).await?)
    }

    async fn payload(self, request: &Request, done: Done) -> Result<AddAlertEndpointPayload, ApiError> {
        let own = ALERTS.own(request).await?;
        let added = own.into_iter().find(|endpoint| done.rows.contains(&endpoint.key()));
        Ok(AddAlertEndpointPayload {
            endpoint: added.map(AlertEndpoint),
            done,
            secret: self.fresh.take(),
        })
    }
}

impl Change for RemoveAlertEndpointInput {
    sent!(Self, by endpoint_id);
    type Payload = RemoveAlertEndpointPayload;
    const MUTATION: FieldId = field::MUTATION_REMOVE_ALERT_ENDPOINT;

    fn admit(request: &Request) -> Result<(), ApiError> {
        refuse_portals(request)
    }

    fn refused(request: &Request) -> Option<Shared<RemoveAlertEndpointPayload>> {
        Shared::refused_own(&request.ceiling, Self::MUTATION)
    }

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let permit = own_permit(request, Self::MUTATION)?;
        Ok(endpoints::remove(request, permit, &self.endpoint_id, &ALERTS).await?)
    }

    async fn payload(self, _: &Request, done: Done) -> Result<RemoveAlertEndpointPayload, ApiError> {
        Ok(RemoveAlertEndpointPayload(done))
    }
}
