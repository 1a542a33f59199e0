//! Who opens a socket: by headers of the upgrade, by `connection_init`, or some of both. Nothing else counts, cookies least of
//! all, so a page of another origin can use only a token that it has.

use axum::extract::Request;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, Entry},
};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{
    closing::{self, Closing},
    lease::Lease,
};
use crate::{
    auth::{Asking, Thumbprint, proof::PROOF_HEADER},
    error::ErrorCode,
    sharing::caller::Caller,
    wire::{
        front::Front,
        request::headers::{self, PURPOSE, WITHHELD},
        respond::Problem,
        services::Refusal,
        state::AppState,
    },
};

/// What the upgrade's headers say of who asks.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    headers: HeaderMap,
    path: String,
    certificate: Option<Thumbprint>,
}

impl Opening {
    /// The headers that count, and what is known of how the request came.
    pub(super) fn of(front: &Front, request: &Request) -> Self {
        let headers = request.headers();
        Self {
            headers: that_count(headers),
            path: request.uri().path().to_owned(),
            certificate: front.certificate(request.extensions().get(), headers),
        }
    }

    fn asking<'a>(&'a self, state: &'a AppState, headers: &'a HeaderMap, rehearsal: bool) -> Asking<'a> {
        Asking {
            headers,
            method: &Method::GET,
            public_url: &state.front.public_url,
            path: &self.path,
            certificate: self.certificate,
            rehearsal,
        }
    }

    /// Who asks by the headers alone, if they say so. Refuses a token in them that is not accepted, before there is a socket. That no purpose is named yet
    /// may be made up for by `connection_init`.
    pub(super) async fn check(&self, state: &AppState) -> Result<Option<Caller>, Problem> {
        if !self.headers.contains_key(AUTHORIZATION) {
            return Ok(None);
        }
        // The same headers count once more when the connection is opened.
        let asking = self.asking(state, &self.headers, true);
        match state.authenticator.authenticate(asking).await {
            Err(Refusal::Purpose(error)) if error.code == ErrorCode::PurposeRequired => Ok(None),
            Err(refusal) => Err(refusal.into()),
            Ok(signed_in) => Ok(Some(signed_in.caller)),
        }
    }

    /// Who asks, by the headers and by what `connection_init` says instead.
    pub(super) async fn sign_in(&self, state: &AppState, payload: Map<String, Value>) -> Result<Lease, Closing> {
        let headers = with(&self.headers, payload)?;
        let withheld = headers::withheld(&headers).map_err(|_| closing::INVALID)?;
        let signing_in = state.authenticator.authenticate(self.asking(state, &headers, false));
        let signed_in = timeout(state.edge.request_time, signing_in)
            .await
            .map_err(|_| closing::TRY_LATER)??;
        Ok(Lease {
            signed_in,
            withheld,
            clock: state.clock.clone(),
        })
    }
}

/// The headers that say who asks and how they want to be told.
fn that_count(headers: &HeaderMap) -> HeaderMap {
    let counts = |name: &HeaderName| [AUTHORIZATION, PROOF_HEADER, PURPOSE, WITHHELD].contains(name);
    let pairs = headers.iter().filter(|(name, _)| counts(name));
    pairs.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The headers with the payload's members in their places. Names are read as those of headers are, in any case; other
/// members are for others. A member that says who asks and cannot be what it should be is a credential that is refused, and no fault in the protocol:
/// clients come back with a new token after the one, and give up after the other.
fn with(headers: &HeaderMap, payload: Map<String, Value>) -> Result<HeaderMap, Closing> {
    let mut said = HeaderMap::new();
    for (name, value) in payload {
        let name = match name.to_ascii_lowercase().as_str() {
            "authorization" => AUTHORIZATION,
            "purpose" | "x-purpose-of-use" => PURPOSE,
            "dpop" => PROOF_HEADER,
            "x-withheld" => WITHHELD,
            _ => continue,
        };
        let wrong = if name == WITHHELD {
            closing::INVALID
        } else {
            closing::FORBIDDEN
        };
        let Value::String(text) = value else {
            return Err(wrong);
        };
        let value = HeaderValue::try_from(text).map_err(|_| wrong)?;
        match said.entry(name) {
            Entry::Vacant(entry) => drop(entry.insert(value)),
            Entry::Occupied(_) => return Err(wrong),
        }
    }
    let mut headers = headers.clone();
    // `extend` would add to what is there.
    for name in said.keys() {
        headers.remove(name);
    }
    headers.extend(said);
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(headers: &[(HeaderName, &str)], payload: Value) -> Option<Vec<(String, String)>> {
        let headers = headers.iter().map(|(name, value)| {
            let value = value.parse::<HeaderValue>().expect("a header value");
            (name.clone(), value)
        });
        let Value::Object(payload) = payload else {
            panic!("an object")
        };
        let said = super::with(&that_count(&headers.collect()), payload).ok()?;
        let mut said: Vec<(String, String)> = said
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
            .collect();
        said.sort();
        Some(said)
    }

    #[test]
    fn what_the_payload_says_takes_the_place_of_the_header() {
        let headers = [
            (AUTHORIZATION, "Bearer a"),
            (PURPOSE, "one"),
            (http::header::COOKIE, "token=a"),
            (http::header::ORIGIN, "https://elsewhere.example"),
        ];
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            with(&headers, serde_json::json!({ "Purpose": "two", "other": 1 })),
            Some(vec![pair("authorization", "Bearer a"), pair("x-purpose-of-use", "two")])
        );
        assert_eq!(
            with(
                &headers[2..],
                serde_json::json!({ "authorization": "Bearer b", "x-withheld": "fail" })
            ),
            Some(vec![pair("authorization", "Bearer b"), pair("x-withheld", "fail")])
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let refused = |payload: &Value| {
            let Value::Object(payload) = payload.clone() else {
                panic!("an object")
            };
            super::with(&HeaderMap::new(), payload).expect_err("it cannot be meant")
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
            assert_eq!(refused(&payload), closing::FORBIDDEN, "{payload}");
        }
        assert_eq!(refused(&serde_json::json!({ "x-withheld": 1 })), closing::INVALID);
    }
}
