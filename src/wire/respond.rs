//! What goes back: status, headers and body of every kind of refusal, and the media types' rules for them.
//!
//! Texts are fixed; nothing of the request is repeated but the document's lines and columns.

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

/// The most errors that one answer lists.
const MOST_ERRORS: usize = 5;
/// The most characters of one error's message.
const MOST_CHARACTERS: usize = 300;
/// The most places that one error points at.
const MOST_LOCATIONS: usize = 5;
/// Seconds after which a client may try again.
const TRY_AGAIN_AFTER: u64 = 5;

/// A request that is refused, and how HTTP says so.
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

    /// 401, with one text for every cause.
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

    /// 403: the page may not be asked for under this host name.
    pub(super) fn not_this_host() -> Self {
        let message = "This address answers only when it is opened by a loopback name such as localhost.";
        Self::new(StatusCode::FORBIDDEN, ErrorCode::BadUserInput, message)
    }

    /// 405, with the methods that would do; `None` when the router adds them.
    pub(super) fn method_not_allowed(allow: Option<&'static str>) -> Self {
        let message = "This method is not for this address.";
        Self {
            allow,
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadUserInput, message)
        }
    }

    /// 405 for a mutation that came by GET.
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

    /// 406 where only events are sent.
    pub(super) fn no_events_accepted() -> Self {
        let message = "Accept must allow text/event-stream.";
        Self::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadUserInput, message)
    }

    /// 408: the body came too slowly.
    pub(super) fn too_slow() -> Self {
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

    /// 426: another version of the WebSocket protocol than the one there is.
    pub(super) fn upgrade_required() -> Self {
        let message = "Only version 13 of the WebSocket protocol is spoken here.";
        Self::new(StatusCode::UPGRADE_REQUIRED, ErrorCode::BadUserInput, message)
    }

    /// 429: this client of the agency has as many connections open as it may.
    pub(super) fn too_many_connections() -> Self {
        let message = "This client has too many sockets and event streams open; close some first.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyRequests, message)
    }

    /// 429: this client of the agency has as many operations running and waiting as it may.
    pub(super) fn too_many_requests() -> Self {
        let message = "This client has too many operations under way; wait for some to end.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyRequests, message)
    }

    /// 500: the cause is in the log under the request's id.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, "")
    }

    /// 503: too much to do, or something that is needed cannot be reached.
    pub(super) fn unavailable() -> Self {
        let message = "The server cannot answer now; try again later.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message)
    }

    /// What the token's purposes do not allow: it is known who asks, but nothing is read.
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

    /// A refusal of a GraphQL request as the media type tells it: the older one says 200 to whatever the document is.
    pub(super) fn graphql(error: RequestError, media: MediaType) -> Self {
        Self {
            status: status_of(error.code, media),
            error,
            allow: None,
            challenge: Challenge::Bearer,
        }
    }

    /// A refusal of a page.
    pub(super) fn page(error: RequestError) -> Self {
        Self::purpose(error)
    }

    /// The error itself, where no status tells it.
    pub(super) fn into_error(self) -> RequestError {
        self.error
    }

    /// The error's code, for the log and the counters.
    pub(super) fn code(&self) -> ErrorCode {
        self.error.code
    }

    /// The error's text.
    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        &self.error.message
    }

    /// The answer; `media` is what the client accepts, if that is known.
    pub(super) fn respond(self, media: Option<MediaType>, request_id: Uuid) -> Response {
        let after = self
            .error
            .retry
            .and_then(|retry| HeaderValue::from_str(&retry.after.to_string()).ok());
        let body = body(&[self.error], request_id);
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        let media = media.unwrap_or(MediaType::Json);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(self.challenge.text()));
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                let after = after.unwrap_or(HeaderValue::from(TRY_AGAIN_AFTER));
                headers.insert(RETRY_AFTER, after);
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
pub(super) fn body(errors: &[RequestError], request_id: Uuid) -> Vec<u8> {
    json!({ "errors": errors_of(errors, request_id) })
        .to_string()
        .into_bytes()
}

/// The list of a response's errors: at most five, of at most 300 characters.
pub(super) fn errors_of(errors: &[RequestError], request_id: Uuid) -> Value {
    errors
        .iter()
        .take(MOST_ERRORS)
        .map(|error| {
            let mut extensions = json!({ "code": error.code.as_str() });
            let message = if error.code == ErrorCode::Internal {
                extensions["requestId"] = json!(request_id);
                "The server failed; its log tells why under this request id.".to_owned()
            } else {
                error.message.chars().take(MOST_CHARACTERS).collect()
            };
            if let Some(retry) = error.retry {
                extensions["retryAt"] = json!(retry.at.to_rfc3339_opts(SecondsFormat::Secs, true));
                extensions["retryAfter"] = json!(retry.after);
            } else if matches!(error.code, ErrorCode::Unavailable | ErrorCode::TooManyRequests) {
                // The header of HTTP says the same; other transports have none.
                extensions["retryAfter"] = json!(TRY_AGAIN_AFTER);
            }
            let mut object = json!({ "message": message, "extensions": extensions });
            if !error.locations.is_empty() {
                let places = error.locations.iter().take(MOST_LOCATIONS);
                object["locations"] = places
                    .map(|(line, column)| json!({ "line": line, "column": column }))
                    .collect();
            }
            object
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_error_shows_nothing_but_the_request_id() {
        let error = RequestError::new(ErrorCode::Internal, "SELECT secret FROM /var/lib");
        let text = String::from_utf8(body(&[error], Uuid::from_u128(7))).expect("JSON");
        assert!(text.contains("00000000-0000-0000-0000-000000000007"));
        assert!(!text.contains("secret"));
    }

    #[test]
    fn errors_are_few_and_short() {
        let error = RequestError {
            code: ErrorCode::BadUserInput,
            message: "é".repeat(1_000).into(),
            locations: vec![(1, 1); 1_000],
            retry: None,
        };
        let bytes = body(&vec![error; 100], Uuid::nil());
        let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(value["errors"].as_array().map(Vec::len), Some(5));
        assert_eq!(
            value["errors"][0]["message"].as_str().map(|text| text.chars().count()),
            Some(300)
        );
        assert_eq!(value["errors"][0]["locations"].as_array().map(Vec::len), Some(5));
        assert!(value.get("data").is_none());
        assert!(bytes.len() < 4096);
    }

    #[test]
    fn the_older_media_type_says_200_only_of_what_is_in_the_document() {
        for (code, newer, older) in [
            (ErrorCode::BadUserInput, 400, 200),
            (ErrorCode::TooComplex, 400, 200),
            (ErrorCode::NotInAgreement, 400, 200),
            (ErrorCode::TooManyRequests, 429, 429),
            (ErrorCode::Unavailable, 503, 503),
            (ErrorCode::Internal, 500, 500),
        ] {
            assert_eq!(status_of(code, MediaType::GraphqlResponse).as_u16(), newer);
            assert_eq!(status_of(code, MediaType::Json).as_u16(), older);
        }
    }
}
