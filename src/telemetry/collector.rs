//! The HTTP client that sends traces to the collector. The library exports from a thread of its own; the
//! requests run on the server's runtime.

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::{future::Future, pin::Pin};
use tokio::runtime::Handle;

/// An HTTP client that follows no redirects: the headers may hold a key.
#[derive(Debug)]
pub(super) struct Client {
    runtime: Handle,
    http: reqwest::Client,
}

impl Client {
    /// A client that sends on the current runtime.
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Ok(Self {
            runtime: Handle::current(),
            http: http.build()?,
        })
    }
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

/// The library's trait, written without the `async_trait` crate.
impl HttpClient for Client {
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> Sending<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        let http = self.http.clone();
        let sending = self.runtime.spawn(async move {
            let (parts, body) = request.into_parts();
            let answer = http
                .request(parts.method, parts.uri.to_string())
                .headers(parts.headers)
                .body(body)
                .send()
                .await?;
            let status = answer.status();
            let mut response = Response::new(answer.bytes().await?);
            *response.status_mut() = status;
            Ok::<_, reqwest::Error>(response)
        });
        Box::pin(async move {
            let response = sending.await?.inspect_err(|error| {
                tracing::warn!(
                    timed_out = error.is_timeout(),
                    "traces were not sent: the collector does not answer"
                );
            })?;
            if !response.status().is_success() {
                tracing::warn!(
                    status = response.status().as_u16(),
                    "traces were not taken by the collector"
                );
            }
            Ok(response)
        })
    }
}
