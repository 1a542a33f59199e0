//! Which documents a client may send: any, or only those that were registered for it.

use super::{request::document::Asked, state::AppState};
use crate::{
    auth::SignedIn,
    error::{ErrorCode, RequestError},
};

/// The text of the document that is asked for, or why this client may not have it executed.
pub(super) async fn text(state: &AppState, signed_in: &SignedIn, asked: Asked) -> Result<String, RequestError> {
    match asked {
        Asked::Text(_) if signed_in.only_registered => Err(RequestError::new(
            ErrorCode::DocumentNotRegistered,
            "Your client may send registered documents only: name one by documentId instead of query.",
        )),
        Asked::Text(text) => Ok(text),
        Asked::Registered(hash) => {
            let text = state.engine.registered(&signed_in.caller, &hash).await?;
            text.ok_or_else(|| {
                RequestError::new(
                    ErrorCode::DocumentNotRegistered,
                    "No document of this identifier is registered for your client.",
                )
            })
        }
    }
}
