//! The asker's own endpoints of webhooks, whatever they are told of.

use super::{api_error::ApiError, context::Request};
use crate::store::rows::WebhookEndpointRow;

/// Those of the caller's agency for their role and purpose that are told of such events, without a look at the ceiling. Through a portal there are none: nobody would be there to ask for it when
/// they are told.
pub(super) async fn own(request: &Request, events: &'static str) -> Result<Vec<WebhookEndpointRow>, ApiError> {
    let caller = request.ceiling.caller();
    if caller.portal.is_some() {
        return Ok(Vec::new());
    }
    request.loaders.endpoints(events).await
}
