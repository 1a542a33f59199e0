//! A third party's HTTP address that notes are posted to.

use std::time::Duration;

use reqwest::{Client, Response, header::CONTENT_TYPE, redirect::Policy};

/// The timeout of one attempt.
const TIME: Duration = Duration::from_secs(10);
/// The content type of notes.
const NOTE: &str = "text/plain; charset=utf-8";

/// An address.
pub(super) struct Address {
    client: Client,
    address: String,
}

impl Address {
    /// With an HTTP client of its own for this address.
    pub(super) fn new(address: String) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!("thinkfamily/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .timeout(TIME)
            .build()?;
        Ok(Self { client, address })
    }

    /// Posts a note.
    pub(super) async fn send(&self, note: &str) -> Result<(), &'static str> {
        self.post(NOTE, note.to_owned().into()).await.map(drop)
    }

    /// Posts a request of the content type `sent`, and returns the response, which must have the content type
    /// and at most the length in `wanted`.
    pub(super) async fn ask(
        &self,
        sent: &'static str,
        body: Vec<u8>,
        wanted: (&str, usize),
    ) -> Result<Vec<u8>, &'static str> {
        let (kind, most) = wanted;
        let mut answer = self.post(sent, body).await?;
        let said = answer.headers().get(CONTENT_TYPE).and_then(|said| said.to_str().ok());
        let said = said.map(|said| said.split_once(';').map_or(said, |(kind, _)| kind).trim());
        if !said.is_some_and(|said| said.eq_ignore_ascii_case(kind)) {
            return Err("other_kind");
        }
        let mut whole = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|error| cause(&error))? {
            if whole.len() + part.len() > most {
                return Err("too_long");
            }
            whole.extend_from_slice(&part);
        }
        Ok(whole)
    }

    async fn post(&self, kind: &'static str, body: Vec<u8>) -> Result<Response, &'static str> {
        let sending = self.client.post(&self.address).header(CONTENT_TYPE, kind).body(body);
        match sending.send().await {
            Ok(answer) if answer.status().is_success() => Ok(answer),
            Ok(_) => Err("status"),
            Err(error) => Err(cause(&error)),
        }
    }
}

/// The cause in a word; the library's own words would contain the address.
fn cause(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "no_connection"
    } else {
        "connection_broke"
    }
}
