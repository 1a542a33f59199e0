//! Error responses: status, headers and body of every kind of refusal, by the rules of the accepted media
//! type.
//!
//! Messages are fixed; of the request nothing is repeated but line and column numbers of the document.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use http::{
    HeaderValue, StatusCode,
    header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{request::accept::MediaType, services::Challenge};
use crate::error::{ErrorCode, RequestError};

/// Most errors listed in one answer.
const MAX_ERRORS: usize = 5;
/// Most characters of one error's message.
const MAX_MESSAGE_CHARACTERS: usize = 300;
/// Most locations of one error.
const MAX_LOCATIONS: usize = 5;
/// `Retry-After` in seconds, where nothing better is known.
const DEFAULT_RETRY_AFTER: u64 = 5;

/// A refused request, with the HTTP response that says so.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: StatusCode,
    error: RequestError,
    allow: Option<&'static str>,
    challenge: Challenge,
}

impl Problem {
    fn new(status: StatusCode, code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            error: RequestError::new(code, message),
            allow: None,
            challenge: Challenge::Bearer,
        }
    }

    /// 400: not a well-formed GraphQL over HTTP request.
    pub(super) fn bad_request(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message)
    }

    /// 401, with the same message for every cause.
    pub(super) fn unauthenticated(challenge: Challenge) -> Self {
        let message = "A valid access token is needed, in one header Authorization: Bearer, or DPoP with its proof.";
        Self {
            challenge,
            ..Self::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, message)
        }
    }

    /// 404.
    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            ErrorCode::BadUserInput,
            "There is nothing at this address.",
        )
    }

    /// 403: the page is not served under this host name.
    pub(super) fn not_loopback_host() -> Self {
        let message = "This address answers only when it is opened by a loopback name such as localhost.";
        Self::new(StatusCode::FORBIDDEN, ErrorCode::BadUserInput, message)
    }

    /// 405, with the allowed methods; `None` when the router adds them.
    pub(super) fn method_not_allowed(allow: Option<&'static str>) -> Self {
        let message = "This method is not for this address.";
        Self {
            allow,
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadUserInput, message)
        }
    }

    /// 405 for a mutation sent by GET.
    pub(super) fn queries_only() -> Self {
        let message = "GET carries queries only; send this operation by POST.";
        Self {
            allow: Some("POST"),
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadUserInput, message)
        }
    }

    /// 406.
    pub(super) fn not_acceptable() -> Self {
        let message = "Accept must allow application/graphql-response+json or application/json.";
        Self::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadUserInput, message)
    }

    /// 406 where only event streams are sent.
    pub(super) fn event_stream_not_acceptable() -> Self {
        let message = "Accept must allow text/event-stream.";
        Self::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadUserInput, message)
    }

    /// 408: the body came too slowly.
    pub(super) fn body_timeout() -> Self {
        let message = "The body did not arrive in time.";
        Self::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::BadUserInput, message)
    }

    /// 413.
    pub(super) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::TooComplex,
            "The body is too large.",
        )
    }

    /// 415.
    pub(super) fn unsupported(message: &'static str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadUserInput, message)
    }

    /// 426: a version of the WebSocket protocol that is not supported.
    pub(super) fn upgrade_required() -> Self {
        let message = "Only version 13 of the WebSocket protocol is spoken here.";
        Self::new(StatusCode::UPGRADE_REQUIRED, ErrorCode::BadUserInput, message)
    }

    /// 429: the client's quota of connections is used up.
    pub(super) fn too_many_connections() -> Self {
        let message = "This client has too many sockets and event streams open; close some first.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyRequests, message)
    }

    /// 429: the client's quota of operations running and waiting is used up.
    pub(super) fn too_many_requests() -> Self {
        let message = "This client has too many operations under way; wait for some to end.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyRequests, message)
    }

    /// 500: the cause is logged under the request id.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, "")
    }

    /// 503: overloaded, or a dependency cannot be reached.
    pub(super) fn unavailable() -> Self {
        let message = "The server cannot answer now; try again later.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message)
    }

    /// A purpose that the token does not allow: the caller is known, but nothing is read.
    pub(super) fn purpose(error: RequestError) -> Self {
        let status = match error.code {
            ErrorCode::NotInAgreement => StatusCode::FORBIDDEN,
            code => status_of(code, MediaType::GraphqlResponse),
        };
        Self {
            status,
            error,
            allow: None,
            challenge: Challenge::Bearer,
        }
    }

    /// A refused GraphQL request. With the older media type the status is 200 whenever the document is at
    /// fault.
    pub(super) fn graphql(error: RequestError, media: MediaType) -> Self {
        Self {
            status: status_of(error.code, media),
            error,
            allow: None,
            challenge: Challenge::Bearer,
        }
    }

    /// A refused page.
    pub(super) fn page(error: RequestError) -> Self {
        Self::purpose(error)
    }

    /// The error alone, for transports without a status.
    pub(super) fn into_error(self) -> RequestError {
        self.error
    }

    /// The error's code, for the log and the metrics.
    pub(super) fn code(&self) -> ErrorCode {
        self.error.code
    }

    /// The error's message.
    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        &self.error.message
    }

    /// The HTTP response; `media` is the media type negotiated, if any.
    pub(super) fn respond(self, media: Option<MediaType>, request_id: Uuid) -> Response {
        let retry_after = self
            .error
            .retry
            .and_then(|retry| HeaderValue::from_str(&retry.after.to_string()).ok());
        let errors_body = errors_body(&[self.error], request_id);
        let mut response = (self.status, errors_body).into_response();
        let headers = response.headers_mut();
        let media = media.unwrap_or(MediaType::Json);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(self.challenge.text()));
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                let retry_after = retry_after.unwrap_or(HeaderValue::from(DEFAULT_RETRY_AFTER));
                headers.insert(RETRY_AFTER, retry_after);
            }
            StatusCode::UPGRADE_REQUIRED => {
                headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            }
            _ => {}
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}

/// The status of a refused GraphQL request.
pub(super) fn status_of(code: ErrorCode, media: MediaType) -> StatusCode {
    match code {
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::PurposeRequired
        | ErrorCode::NotInAgreement
        | ErrorCode::BadUserInput
        | ErrorCode::TooComplex
        | ErrorCode::DocumentNotRegistered
        | ErrorCode::Conflict => match media {
            MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
            MediaType::Json => StatusCode::OK,
        },
    }
}

/// A GraphQL response that has errors and no `data`.
pub(super) fn errors_body(errors: &[RequestError], request_id: Uuid) -> Vec<u8> {
    json!({ "errors": errors_json(errors, request_id) })
        .to_string()
        .into_bytes()
}

/// The `errors` of a GraphQL response: at most five, of at most 300 characters.
pub(super) fn errors_json(errors: &[RequestError], request_id: Uuid) -> Value {
    errors
        .iter()
        .take(MAX_ERRORS)
        .map(|error| {
            let mut extensions = json!({ "code": error.code.as_str() });
            let message = if error.code == ErrorCode::Internal {
                extensions["requestId"] = json!(request_id);
                "The server failed; its log tells why under this request id.".to_owned()
            } else {
                error.message.chars().take(MAX_MESSAGE_CHARACTERS).collect()
            };
            if let Some(retry) = error.retry {
                extensions["retryAt"] = json!(retry.at.to_rfc3339_opts(SecondsFormat::Secs, true));
                extensions["retryAfter"] = json!(retry.after);
            } else if matches!(error.code, ErrorCode::Unavailable | ErrorCode::TooManyRequests) {
                // The same as the header `Retry-After`, which other transports lack.
                extensions["retryAfter"] = json!(DEFAULT_RETRY_AFTER);
            }
            let mut object = json!({ "message": message, "extensions": extensions });
            if !error.locations.is_empty() {
                let connection_quota = error.locations.iter().take(MAX_LOCATIONS);
                object["locations"] = connection_quota
                    .map(|(line, column)| json!({ "line": line, "column": column }))
                    .collect();
            }
            object
        })
        .collect()
}

#[cfg(test)]
mod tests;
