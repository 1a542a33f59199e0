//! An address of somebody else's, to which notes are sent.

use std::time::Duration;

use reqwest::{Client, header::CONTENT_TYPE, redirect::Policy};

/// Longest time of one attempt.
const TIME: Duration = Duration::from_secs(10);

/// An address.
pub(super) struct Address {
    client: Client,
    address: String,
}

impl Address {
    /// With a client that goes there and nowhere else.
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

    /// Sends a note.
    pub(super) async fn send(&self, note: &str) -> Result<(), &'static str> {
        let sending = self.client.post(&self.address);
        let sending = sending
            .header(CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(note.to_owned());
        match sending.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(_) => Err("status"),
            Err(error) if error.is_timeout() => Err("timeout"),
            Err(error) if error.is_connect() => Err("no_connection"),
            Err(_) => Err("connection_broke"),
        }
    }
}
