//! Changes of where programs are told of contacts and alerts.

use async_graphql::{Context, Object};

use super::{
    alert_endpoints::{
        AddAlertEndpointInput, AddAlertEndpointPayload, RemoveAlertEndpointInput, RemoveAlertEndpointPayload,
    },
    endpoints::Secretly,
    frame::make,
    webhooks::{
        AddWebhookEndpointInput, AddWebhookEndpointPayload, RemoveWebhookEndpointInput, RemoveWebhookEndpointPayload,
        RetryWebhookDeliveryInput, RetryWebhookDeliveryPayload, RotateWebhookSecretInput, RotateWebhookSecretPayload,
    },
};
use crate::graphql::shared::Outcome;

/// Changes of where programs are told of contacts and alerts.
#[derive(Default)]
pub struct OfEndpoints;

/// Changes of where programs are told of contacts and alerts.
#[Object]
impl OfEndpoints {
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
