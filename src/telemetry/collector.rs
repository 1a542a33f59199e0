//! Sends to the collector. The library sends from a thread of its own; the request is made by the runtime that everything else runs on.

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::{future::Future, pin::Pin};
use tokio::runtime::Handle;

/// Sends requests, and follows nobody elsewhere: the headers may hold a key.
#[derive(Debug)]
pub(super) struct Client {
    runtime: Handle,
    http: reqwest::Client,
}

impl Client {
    /// One that sends by the runtime in which it is made.
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Ok(Self {
            runtime: Handle::current(),
            http: http.build()?,
        })
    }
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

/// As the library's trait is written out, whose own form needs another library.
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
