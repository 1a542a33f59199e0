//! The credentials of a socket: headers of the upgrade request, the payload of `connection_init`, or some of
//! both. Cookies and everything else are ignored, so a page of another origin can use only a token that it
//! has.

use axum::extract::Request;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, Entry},
};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{
    close_code::{self, CloseCode},
    session::Session,
};
use crate::{
    auth::{Credentials, Thumbprint, proof::PROOF_HEADER},
    error::ErrorCode,
    sharing::caller::Caller,
    wire::{
        ingress::Ingress,
        request::headers::{self, PURPOSE, WITHHELD},
        respond::Problem,
        services::Refusal,
        state::AppState,
    },
};

/// The credentials in the upgrade request.
#[derive(Clone, Debug)]
pub(super) struct SocketCredentials {
    headers: HeaderMap,
    path: String,
    certificate: Option<Thumbprint>,
}

impl SocketCredentials {
    /// Takes the credentials of an upgrade request.
    pub(super) fn from_upgrade(ingress: &Ingress, request: &Request) -> Self {
        let headers = request.headers();
        Self {
            headers: credential_headers(headers),
            path: request.uri().path().to_owned(),
            certificate: ingress.certificate(request.extensions().get(), headers),
        }
    }

    fn credentials<'a>(&'a self, state: &'a AppState, headers: &'a HeaderMap, dry_run: bool) -> Credentials<'a> {
        Credentials {
            headers,
            method: &Method::GET,
            public_url: &state.ingress.public_url,
            path: &self.path,
            certificate: self.certificate,
            dry_run,
        }
    }

    /// Authenticates by the headers alone, if they hold a token, and refuses a bad token before the upgrade.
    /// A missing purpose may still come in `connection_init`.
    pub(super) async fn authenticate_upgrade(&self, state: &AppState) -> Result<Option<Caller>, Problem> {
        if !self.headers.contains_key(AUTHORIZATION) {
            return Ok(None);
        }
        // A dry run, since the same proof is used once more for `connection_init`.
        let credentials = self.credentials(state, &self.headers, true);
        match state.authenticator.authenticate(credentials).await {
            Err(Refusal::Purpose(error)) if error.code == ErrorCode::PurposeRequired => Ok(None),
            Err(refusal) => Err(refusal.into()),
            Ok(signed_in) => Ok(Some(signed_in.caller)),
        }
    }

    /// Authenticates by the headers and the payload of `connection_init`, which overrides them.
    pub(super) async fn authenticate(
        &self,
        state: &AppState,
        payload: Map<String, Value>,
    ) -> Result<Session, CloseCode> {
        let headers = merge_payload(&self.headers, payload)?;
        let withheld = headers::withheld(&headers).map_err(|_| close_code::INVALID)?;
        let authenticating = state
            .authenticator
            .authenticate(self.credentials(state, &headers, false));
        let signed_in = timeout(state.edge.request_time, authenticating)
            .await
            .map_err(|_| close_code::TRY_LATER)??;
        Ok(Session {
            signed_in,
            withheld,
            clock: state.clock.clone(),
        })
    }
}

/// The headers that are credentials, or say how withheld values are reported.
fn credential_headers(headers: &HeaderMap) -> HeaderMap {
    let is_credential = |name: &HeaderName| [AUTHORIZATION, PROOF_HEADER, PURPOSE, WITHHELD].contains(name);
    let pairs = headers.iter().filter(|(name, _)| is_credential(name));
    pairs.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The headers overridden by the payload's members. Names are case-insensitive, and unknown members are
/// ignored. A malformed credential is a refused credential (4403) and not a protocol error (4400): on 4403
/// clients reconnect with a new token, on 4400 they give up.
fn merge_payload(headers: &HeaderMap, payload: Map<String, Value>) -> Result<HeaderMap, CloseCode> {
    let mut from_payload = HeaderMap::new();
    for (name, value) in payload {
        let name = match name.to_ascii_lowercase().as_str() {
            "authorization" => AUTHORIZATION,
            "purpose" | "x-purpose-of-use" => PURPOSE,
            "dpop" => PROOF_HEADER,
            "x-withheld" => WITHHELD,
            _ => continue,
        };
        let error = if name == WITHHELD {
            close_code::INVALID
        } else {
            close_code::FORBIDDEN
        };
        let Value::String(text) = value else {
            return Err(error);
        };
        let value = HeaderValue::try_from(text).map_err(|_| error)?;
        match from_payload.entry(name) {
            Entry::Vacant(entry) => drop(entry.insert(value)),
            Entry::Occupied(_) => return Err(error),
        }
    }
    let mut headers = headers.clone();
    // `extend` would append to existing values.
    for name in from_payload.keys() {
        headers.remove(name);
    }
    headers.extend(from_payload);
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merge_payload(headers: &[(HeaderName, &str)], payload: Value) -> Option<Vec<(String, String)>> {
        let headers = headers.iter().map(|(name, value)| {
            let value = value.parse::<HeaderValue>().expect("a header value");
            (name.clone(), value)
        });
        let Value::Object(payload) = payload else {
            panic!("an object")
        };
        let from_payload = super::merge_payload(&credential_headers(&headers.collect()), payload).ok()?;
        let mut from_payload: Vec<(String, String)> = from_payload
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
            .collect();
        from_payload.sort();
        Some(from_payload)
    }

    #[test]
    fn the_payload_overrides_headers() {
        let headers = [
            (AUTHORIZATION, "Bearer a"),
            (PURPOSE, "one"),
            (http::header::COOKIE, "token=a"),
            (http::header::ORIGIN, "https://elsewhere.example"),
        ];
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            merge_payload(&headers, serde_json::json!({ "Purpose": "two", "other": 1 })),
            Some(vec![pair("authorization", "Bearer a"), pair("x-purpose-of-use", "two")])
        );
        assert_eq!(
            merge_payload(
                &headers[2..],
                serde_json::json!({ "authorization": "Bearer b", "x-withheld": "fail" })
            ),
            Some(vec![pair("authorization", "Bearer b"), pair("x-withheld", "fail")])
        );
    }

    #[test]
    fn malformed_credentials_are_refused() {
        let refused = |payload: &Value| {
            let Value::Object(payload) = payload.clone() else {
                panic!("an object")
            };
            super::merge_payload(&HeaderMap::new(), payload).expect_err("it cannot be meant")
        };
        for payload in [
            serde_json::json!({ "authorization": 1 }),
            serde_json::json!({ "authorization": null }),
            serde_json::json!({ "authorization": { "token": "a" } }),
            serde_json::json!({ "Authorization": ["Bearer a"] }),
            serde_json::json!({ "authorization": "Bearer a", "Authorization": "Bearer b" }),
            serde_json::json!({ "purpose": "a", "x-purpose-of-use": "a" }),
            serde_json::json!({ "purpose": 1 }),
            serde_json::json!({ "dpop": true }),
            serde_json::json!({ "authorization": "Bearer a\nb" }),
        ] {
            assert_eq!(refused(&payload), close_code::FORBIDDEN, "{payload}");
        }
        assert_eq!(refused(&serde_json::json!({ "x-withheld": 1 })), close_code::INVALID);
    }
}
