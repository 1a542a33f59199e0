//! Sends one webhook and says what came of it. Redirects are not followed, nothing of the answer but its status is read, and no error text is
//! passed on: it would name the address.
//!
//! Whoever adds endpoints could try names in them, to learn of the network that the server stands in. So an attempt that finds no connection is told in
//! one word and takes one time, whether the name is unknown, leads where webhooks may not go, or to a machine that is not there. Why it was is for the log.

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
    /// The receiver answered with something else than success.
    Status,
    /// It took too long.
    Timeout,
    /// No connection, for whatever reason, or one that broke.
    Connection,
    /// The address itself says that it is not one that webhooks may go to.
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

/// What came of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Taken, with a status of success.
    Taken(u16),
    /// The receiver wants nothing any more.
    Gone,
    /// Not taken.
    Failed {
        /// Why, as the endpoint's owner is told.
        why: Failure,
        /// Why, for the log of whoever runs the server.
        cause: &'static str,
        /// The status, where there was one.
        status: Option<u16>,
        /// When the receiver wants to be asked again.
        again_after: Option<TimeDelta>,
    },
}

impl Sent {
    fn failed(why: Failure, cause: &'static str) -> Self {
        Self::Failed {
            why,
            cause,
            status: None,
            again_after: None,
        }
    }
}

/// One webhook as it is sent.
pub struct Message<'a> {
    /// Where to.
    pub url: &'a str,
    /// `webhook-id`: the same in every attempt.
    pub id: &'a str,
    /// The moment of this attempt.
    pub at: DateTime<Utc>,
    /// `webhook-signature`.
    pub signature: &'a str,
    /// The body that was signed.
    pub body: Vec<u8>,
}

/// Sends webhooks.
#[derive(Clone)]
pub struct Sender {
    client: Client,
    guard: Guard,
    /// How long a connection may take, and the least time that one takes which does not come to be.
    connect: Duration,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl Sender {
    /// A sender within these bounds. With a proxy it is the proxy that looks names up and keeps what is private private.
    pub fn new(settings: &Settings, lookup: Lookup) -> Result<Self, reqwest::Error> {
        let Settings { guard, timeout, .. } = *settings;
        // What is over before there is a connection must be told from what is over after that.
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
            // What the environment says of proxies is not asked: a connection goes to what was looked at.
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
        // A number in the address is not looked up, so it is looked at here; and what may be used can have changed since it was taken.
        let Ok(url) = self.guard.url(message.url) else {
            return Sent::failed(Failure::Address, "address_not_permitted");
        };
        let told_at = Instant::now() + self.connect;
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
            Ok(answer) if answer.status().is_success() => Sent::Taken(answer.status().as_u16()),
            Ok(answer) if answer.status() == StatusCode::GONE => Sent::Gone,
            Ok(answer) => Sent::Failed {
                why: Failure::Status,
                cause: "status",
                status: Some(answer.status().as_u16()),
                again_after: again_after(&answer),
            },
            Err(error) if error.is_timeout() && !error.is_connect() => Sent::failed(Failure::Timeout, "timeout"),
            Err(error) => {
                sleep_until(told_at).await;
                Sent::failed(Failure::Connection, cause(&error))
            }
        }
    }
}

/// `Retry-After` in seconds; as a date it is not looked at.
fn again_after(answer: &reqwest::Response) -> Option<TimeDelta> {
    let seconds: u32 = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(TimeDelta::seconds(i64::from(seconds)))
}

/// Why there was no connection, or no answer on it.
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
