//! What endpoints have in common, whatever they are told of: how one is added and removed, and the secret that it is given.

use std::sync::{Mutex, PoisonError};

use async_graphql::{Context, ID};
use uuid::Uuid;

use super::{
    idempotency::Done,
    user_error::{UserError, UserErrorCode},
};
use crate::{
    graphql::{
        api_error::ApiError,
        context::Request,
        endpoints::{Endpoint, Endpoints},
        ids::{Key, Kind},
    },
    sharing::{grant::Shared, permit::Permit, register::FieldId},
    store::rows::WebhookEndpointRow,
    webhook::Secret,
};

/// How many endpoints an agency may have for one role and purpose.
const MOST: usize = 10;

/// The secret that a change makes, until its answer has it. It is kept nowhere else.
#[derive(Default)]
pub(super) struct Fresh(Mutex<Option<Secret>>);

impl Fresh {
    /// Draws a secret and seals it for an endpoint.
    pub(super) fn draw(&self, request: &Request, endpoint: Uuid) -> Result<String, ApiError> {
        let drawn = Secret::generate().and_then(|secret| {
            let sealed = request
                .services
                .webhooks
                .sealer
                .seal(request.authority(), endpoint, &secret)?;
            Ok((secret, sealed))
        });
        let (secret, sealed) = drawn.map_err(|_| {
            tracing::error!("webhook.secret_not_made");
            ApiError::Internal
        })?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
        Ok(sealed)
    }

    /// The secret, for the answer.
    pub(super) fn take(self) -> Option<Secret> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A change that makes a secret.
pub(super) struct Secretly<I> {
    /// What was sent.
    pub(super) input: I,
    /// The secret, once it is drawn.
    pub(super) fresh: Fresh,
}

impl<I> Secretly<I> {
    /// Nothing is drawn yet.
    pub(super) fn new(input: I) -> Self {
        Self {
            input,
            fresh: Fresh::default(),
        }
    }
}

/// The secret that was made, which is told with its endpoint.
pub(super) fn secret(
    ctx: &Context<'_>,
    shown: FieldId,
    endpoint: Option<&Endpoint>,
    secret: Option<&Secret>,
) -> Shared<Option<String>> {
    match endpoint {
        Some(endpoint) => endpoint.release(shown, |_| secret.map(Secret::reveal)),
        None => Shared::rows(&Request::of(ctx).ceiling, shown, || None),
    }
}

/// Endpoints are told things when nobody is there to ask for them through a portal.
pub(super) fn refuse_portals(request: &Request) -> Result<(), ApiError> {
    if request.ceiling.caller().portal.is_none() {
        return Ok(());
    }
    Err(ApiError::BadUserInput(
        "An agency looks after its endpoints by itself, not through a portal.",
    ))
}

/// The permit for a change of what is the agency's own. Whoever has none was answered before.
pub(super) fn own_permit(request: &Request, change: FieldId) -> Result<Permit, ApiError> {
    Permit::of_own_agency(&request.ceiling, change).ok_or(ApiError::Internal)
}

/// Adds an endpoint that is told of such events.
pub(super) async fn add(
    request: &Request,
    permit: Permit,
    url: &str,
    fresh: &Fresh,
    told: &Endpoints,
) -> Result<Done, ApiError> {
    let url = match request.services.webhooks.guard.url(url.trim()) {
        Ok(url) => url,
        Err(refused) => return Ok(Done::refused(UserError::invalid("url", refused.to_string()))),
    };
    let own = told.own(request).await?;
    if own.len() >= MOST {
        return Ok(Done::refused(UserError::new(
            "url",
            UserErrorCode::Conflict,
            "You have 10 endpoints for this role and purpose. Remove one first.",
        )));
    }
    let at_url = |endpoint: &Endpoint| {
        let same = endpoint.release(told.url, |row| row.url == url.as_str());
        same.seen() == Some(&true) && !told.is_disabled(endpoint)
    };
    if own.iter().any(at_url) {
        return Ok(Done::refused(UserError::new(
            "url",
            UserErrorCode::AlreadyDone,
            "You have an endpoint at this address already.",
        )));
    }
    let key = request.services.store.ids().uuid();
    let row = WebhookEndpointRow::of(
        request.ceiling.caller(),
        key,
        url.into(),
        fresh.draw(request, key)?,
        request.session.now(),
        told.events,
    );
    request.session.write(permit).add_webhook_endpoint(row).await?;
    Ok(changed(key))
}

/// Removes an endpoint that is told of such events.
pub(super) async fn remove(request: &Request, permit: Permit, id: &ID, told: &Endpoints) -> Result<Done, ApiError> {
    let Some(endpoint) = named(request, id, told).await? else {
        return Ok(Done::refused(UserError::not_found("endpointId")));
    };
    request.session.write(permit).remove_webhook_endpoint(&endpoint).await?;
    Ok(changed(endpoint.key()))
}

/// An endpoint of the caller's agency, role and purpose.
pub(super) async fn named(request: &Request, id: &ID, told: &Endpoints) -> Result<Option<Endpoint>, ApiError> {
    let Key { kind, row, .. } = request.key(id)?;
    if kind != Kind::WebhookEndpoint {
        return Ok(None);
    }
    let own = told.own(request).await?;
    Ok(own.into_iter().find(|endpoint| endpoint.key() == row))
}

/// An endpoint was changed, which is about no family.
pub(super) fn changed(endpoint: Uuid) -> Done {
    Done {
        rows: vec![endpoint],
        ..Done::default()
    }
}
