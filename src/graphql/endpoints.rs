//! The asker's own endpoints of webhooks, whatever they are told of.

use super::{api_error::ApiError, context::Request};
use crate::{
    sharing::{
        grant::{NoFamily, Visible},
        register::{FieldId, field},
    },
    store::{alerts, rows::WebhookEndpointRow},
};

/// An endpoint that exists for the asker.
pub(super) type Endpoint = Visible<WebhookEndpointRow, NoFamily>;

/// Endpoints that are told of one kind of thing, with what of them is what in the register.
pub(super) struct Endpoints {
    /// What they are told of, as it is stored.
    pub(super) events: &'static str,
    /// That there is one.
    existence: FieldId,
    /// Its address.
    pub(super) url: FieldId,
    /// When it was disabled.
    pub(super) disabled_at: FieldId,
}

/// Those that are told of contacts.
pub(super) const CONTACTS: Endpoints = Endpoints {
    events: alerts::CONTACTS,
    existence: field::WEBHOOK_ENDPOINT_ID,
    url: field::WEBHOOK_ENDPOINT_URL,
    disabled_at: field::WEBHOOK_ENDPOINT_DISABLED_AT,
};

/// Those that are told of alerts.
pub(super) const ALERTS: Endpoints = Endpoints {
    events: alerts::ALERTS,
    existence: field::ALERT_ENDPOINT_ID,
    url: field::ALERT_ENDPOINT_URL,
    disabled_at: field::ALERT_ENDPOINT_DISABLED_AT,
};

impl Endpoints {
    /// Those of the caller's agency for their role and purpose that exist for them. Through a portal there are none: nobody would be there to ask for it when they are told.
    pub(super) async fn own(&self, request: &Request) -> Result<Vec<Endpoint>, ApiError> {
        let caller = request.ceiling.caller();
        if caller.portal.is_some() {
            return Ok(Vec::new());
        }
        let grant = request.of_no_family();
        let rows = request.loaders.endpoints(self.events).await?;
        Ok(rows
            .iter()
            .filter_map(|row| grant.visible(self.existence, row))
            .collect())
    }

    /// Whether an endpoint is told nothing any more.
    pub(super) fn is_disabled(&self, endpoint: &Endpoint) -> bool {
        let disabled = endpoint.release(self.disabled_at, |row| row.disabled_at.is_some());
        disabled.seen().is_none_or(|disabled| *disabled)
    }
}
