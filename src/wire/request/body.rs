//! Reads a request body within the limits of size and time.

use axum::body::Body;
use http::{HeaderMap, header::CONTENT_LENGTH};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::super::{limits::EdgeLimits, respond::Problem};

/// The whole body.
pub(in crate::wire) async fn read(headers: &HeaderMap, body: Body, limits: &EdgeLimits) -> Result<Vec<u8>, Problem> {
    let content_length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    if content_length.is_some_and(|length: u64| length > limits.body_bytes as u64) {
        return Err(Problem::too_large());
    }
    let reading = Limited::new(body, limits.body_bytes).collect();
    match tokio::time::timeout(limits.body_time, reading).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes().into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::too_large()),
        Ok(Err(_)) => Err(Problem::bad_request("The body could not be read to its end.")),
        Err(_) => Err(Problem::body_timeout()),
    }
}
