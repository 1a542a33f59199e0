//! Sends one webhook and says what came of it. Redirects are not followed, nothing of the answer but its status is read, and no error text is
//! passed on: it would name the address.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{
    Client, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};

use super::{
    address::Guard,
    resolver::{Lookup, NotPermitted, Resolver},
};

/// How long a connection may take.
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The receiver answered with something else than success.
    Status,
    /// It took too long.
    Timeout,
    /// No connection, or one that broke.
    Connection,
    /// The address is not one that webhooks may go to.
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
        /// Why.
        why: Failure,
        /// The status, where there was one.
        status: Option<u16>,
        /// When the receiver wants to be asked again.
        again_after: Option<TimeDelta>,
    },
}

impl Sent {
    fn failed(why: Failure) -> Self {
        Self::Failed {
            why,
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
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl Sender {
    /// A sender within these bounds. With a proxy it is the proxy that looks names up and keeps what is private private.
    pub fn new(guard: Guard, timeout: Duration, proxy: Option<&str>, lookup: Lookup) -> Result<Self, reqwest::Error> {
        let mut client = Client::builder()
            .user_agent(concat!("thinkfamily/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .https_only(!guard.private_addresses)
            .connect_timeout(CONNECT_TIME)
            .timeout(timeout)
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(4);
        client = match proxy {
            Some(proxy) => client.proxy(reqwest::Proxy::all(proxy)?),
            // What the environment says of proxies is not asked: a connection goes to what was looked at.
            None => client.no_proxy().dns_resolver(Arc::new(Resolver { guard, lookup })),
        };
        Ok(Self {
            client: client.build()?,
            guard,
        })
    }

    /// Sends one webhook.
    pub async fn send(&self, message: Message<'_>) -> Sent {
        // A number in the address is not looked up, so it is looked at here; and what may be used can have changed since it was taken.
        let Ok(url) = self.guard.url(message.url) else {
            return Sent::failed(Failure::Address);
        };
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
                status: Some(answer.status().as_u16()),
                again_after: again_after(&answer),
            },
            Err(error) if is_not_permitted(&error) => Sent::failed(Failure::Address),
            Err(error) if error.is_timeout() => Sent::failed(Failure::Timeout),
            Err(_) => Sent::failed(Failure::Connection),
        }
    }
}

/// `Retry-After` in seconds; as a date it is not looked at.
fn again_after(answer: &reqwest::Response) -> Option<TimeDelta> {
    let seconds: u32 = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(TimeDelta::seconds(i64::from(seconds)))
}

fn is_not_permitted(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(of) = cause {
        if of.is::<NotPermitted>() {
            return true;
        }
        cause = of.source();
    }
    false
}
