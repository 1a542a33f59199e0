//! Changes of where programs are told of contacts and alerts.

use super::{
    alert_endpoints::{
        AddAlertEndpointInput, AddAlertEndpointPayload, RemoveAlertEndpointInput, RemoveAlertEndpointPayload,
    },
    endpoints::Secretly,
    frame::changes,
    webhooks::{
        AddWebhookEndpointInput, AddWebhookEndpointPayload, RemoveWebhookEndpointInput, RemoveWebhookEndpointPayload,
        RetryWebhookDeliveryInput, RetryWebhookDeliveryPayload, RotateWebhookSecretInput, RotateWebhookSecretPayload,
    },
};
changes! {
    /// Changes of where programs are told of contacts and alerts.
    OfEndpoints {
        /// Adds an address of your agency's own program that is told of contacts with the families that your agency leads, by a signed webhook
        /// (Standard Webhooks 1.0.0) that holds an id to fetch and nothing else. It belongs to your agency, role and purpose, and is told what you
        /// may know.
        add_webhook_endpoint(AddWebhookEndpointInput, "The address.") -> AddWebhookEndpointPayload = |_ctx, input| Secretly::new(input);
        /// Gives an endpoint a new secret. For a day webhooks are signed with the old one as well.
        rotate_webhook_secret(RotateWebhookSecretInput, "Which endpoint.") -> RotateWebhookSecretPayload = |_ctx, input| Secretly::new(input);
        /// Removes an endpoint, with all that it was or is still to be told.
        remove_webhook_endpoint(RemoveWebhookEndpointInput, "Which endpoint.") -> RemoveWebhookEndpointPayload;
        /// Adds an address of your own program that is told of alerts (somebody tries values in look-ups) of which you may know, by a signed webhook that holds an id to fetch and
        /// nothing else. It belongs to your agency, role and purpose.
        add_alert_endpoint(AddAlertEndpointInput, "The address.") -> AddAlertEndpointPayload = |_ctx, input| Secretly::new(input);
        /// Removes an endpoint of alerts, with all that it was or is still to be told.
        remove_alert_endpoint(RemoveAlertEndpointInput, "Which endpoint.") -> RemoveAlertEndpointPayload;
        /// Has a delivery that was given up tried again, from now on and as often as a new one.
        retry_webhook_delivery(RetryWebhookDeliveryInput, "Which delivery.") -> RetryWebhookDeliveryPayload;
    }
}
