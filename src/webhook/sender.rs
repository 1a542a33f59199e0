//! Sends one webhook over HTTP and reports the outcome. Redirects are not followed, only the status of the
//! response is read, and no error text is passed on: it would contain the address.
//!
//! Whoever adds endpoints could use them to probe the server's network. So every attempt that gets no
//! connection is reported with the same word and after the same time, whether the name is unknown, resolves
//! to a forbidden address, or to a host that does not answer. The real cause goes to the log.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{
    Client, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};

use tokio::time::{Instant, sleep_until};

use super::{
    address::Guard,
    resolver::{Lookup, NotPermitted, Resolver, Unknown},
    settings::Settings,
};

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The receiver responded with a status other than success.
    Status,
    /// It took too long.
    Timeout,
    /// No connection, for whatever reason, or the connection broke.
    Connection,
    /// The address itself is not allowed.
    Address,
}

impl Failure {
    /// The code in the table.
    pub fn code(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::Address => "address",
        }
    }
}

/// The outcome of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Accepted, with a status of success.
    Accepted(u16),
    /// The receiver wants no more webhooks (410 Gone).
    Gone,
    /// Not accepted.
    Failed {
        /// Why, as the endpoint's owner is told.
        why: Failure,
        /// The cause, for the operator's log.
        cause: &'static str,
        /// The status, if there was one.
        status: Option<u16>,
        /// The delay that the receiver asked for (`Retry-After`).
        retry_after: Option<TimeDelta>,
    },
}

impl Sent {
    fn failed(why: Failure, cause: &'static str) -> Self {
        Self::Failed {
            why,
            cause,
            status: None,
            retry_after: None,
        }
    }
}

/// One webhook to send.
pub struct Message<'a> {
    /// The address.
    pub url: &'a str,
    /// `webhook-id`: the same in every attempt.
    pub id: &'a str,
    /// The timestamp of this attempt.
    pub at: DateTime<Utc>,
    /// `webhook-signature`.
    pub signature: &'a str,
    /// The signed body.
    pub body: Vec<u8>,
}

/// Sends webhooks.
#[derive(Clone)]
pub struct Sender {
    client: Client,
    guard: Guard,
    /// The connection timeout, which is also the time after which every failure to connect is reported.
    connect: Duration,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl Sender {
    /// A sender with these limits. With a proxy, it is the proxy that resolves names and protects private
    /// networks.
    pub fn new(settings: &Settings, lookup: Lookup) -> Result<Self, reqwest::Error> {
        let Settings { guard, timeout, .. } = *settings;
        // A timeout while connecting must be distinguishable from one after it.
        let connect = settings.connect.min(timeout / 2);
        let mut client = Client::builder()
            .user_agent(concat!("thinkfamily/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .https_only(!guard.private_addresses)
            .connect_timeout(connect)
            .timeout(timeout)
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(4);
        client = match settings.proxy.as_deref() {
            Some(proxy) => client.proxy(reqwest::Proxy::all(proxy)?),
            // Proxy variables of the environment are ignored: connections go to the checked address.
            None => client.no_proxy().dns_resolver(Arc::new(Resolver { guard, lookup })),
        };
        Ok(Self {
            client: client.build()?,
            guard,
            connect,
        })
    }

    /// Sends one webhook.
    pub async fn send(&self, message: Message<'_>) -> Sent {
        // A literal IP address is never resolved, so it is checked here; and the rules may have changed since
        // the address was accepted.
        let Ok(url) = self.guard.url(message.url) else {
            return Sent::failed(Failure::Address, "address_not_permitted");
        };
        let report_at = Instant::now() + self.connect;
        let sent = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.at.timestamp())
            .header("webhook-signature", message.signature)
            .body(message.body)
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => Sent::Accepted(answer.status().as_u16()),
            Ok(answer) if answer.status() == StatusCode::GONE => Sent::Gone,
            Ok(answer) => Sent::Failed {
                why: Failure::Status,
                cause: "status",
                status: Some(answer.status().as_u16()),
                retry_after: retry_after(&answer),
            },
            Err(error) if error.is_timeout() && !error.is_connect() => Sent::failed(Failure::Timeout, "timeout"),
            Err(error) => {
                sleep_until(report_at).await;
                Sent::failed(Failure::Connection, cause(&error))
            }
        }
    }
}

/// `Retry-After` in seconds; the date form is ignored.
fn retry_after(answer: &reqwest::Response) -> Option<TimeDelta> {
    let seconds: u32 = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(TimeDelta::seconds(i64::from(seconds)))
}

/// Why there was no connection, or no response.
fn cause(error: &reqwest::Error) -> &'static str {
    let mut at: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(of) = at {
        if of.is::<NotPermitted>() {
            return "name_not_permitted";
        }
        if of.is::<Unknown>() {
            return "name_unknown";
        }
        at = of.source();
    }
    match (error.is_connect(), error.is_timeout()) {
        (true, true) => "no_connection_in_time",
        (true, false) => "no_connection",
        (false, _) => "connection_broke",
    }
}
