//! Registered documents (persisted queries): which documents a client may send, any or only those registered
//! for it.

use super::{request::document::DocumentRef, state::AppState};
use crate::{
    auth::SignedIn,
    error::{ErrorCode, RequestError},
};

/// The text of the requested document, or why this client may not execute it.
pub(super) async fn document_text(
    state: &AppState,
    signed_in: &SignedIn,
    document: DocumentRef,
) -> Result<String, RequestError> {
    match document {
        DocumentRef::Text(_) if signed_in.only_registered => Err(RequestError::new(
            ErrorCode::DocumentNotRegistered,
            "Your client may send registered documents only: name one by documentId instead of query.",
        )),
        DocumentRef::Text(document_text) => Ok(document_text),
        DocumentRef::Registered(hash) => {
            let document_text = state.engine.registered(&signed_in.caller, &hash).await?;
            document_text.ok_or_else(|| {
                RequestError::new(
                    ErrorCode::DocumentNotRegistered,
                    "No document of this identifier is registered for your client.",
                )
            })
        }
    }
}
