//! Authentication for the wire, with every refused token recorded in the trail: rate-limited, so that nobody
//! can fill the trail by sending bad tokens. Refusals beyond the limit are counted, and the count goes into
//! the next entry.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::{FutureExt as _, future::BoxFuture};
use http::HeaderMap;

use crate::{
    audit::{Code, Entry, Kind, Trail},
    auth::{AuthRefusal, Authenticator, Credentials, SignedIn},
    clock::Clock,
    wire::services::{Authenticate, Refusal},
};

/// Most entries of one reason per second.
const MAX_PER_REASON: u32 = 2;
/// Most entries of all reasons per second.
const MAX_IN_TOTAL: u32 = 10;

/// Authenticates callers, and records refusals in the trail.
pub(super) struct SignIn {
    authenticator: Authenticator,
    trail: Trail,
    clock: Clock,
    rate_limit: Mutex<RateLimit>,
    refused: AtomicU64,
}

impl SignIn {
    /// Authentication that records refusals in this trail.
    pub(super) fn new(authenticator: Authenticator, trail: Trail, clock: Clock) -> Self {
        Self {
            authenticator,
            trail,
            clock,
            rate_limit: Mutex::default(),
            refused: AtomicU64::new(0),
        }
    }

    /// The number of refused sign-ins since the start.
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Writes the counts not yet written.
    pub(super) async fn flush(&self) {
        let unwritten = self
            .rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take_unwritten();
        for (reason, count) in unwritten {
            self.write(reason, count).await;
        }
    }

    async fn record(&self, refusal: AuthRefusal) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        if !is_token_refused(refusal) {
            return;
        }
        let second = self.clock.now().timestamp();
        let admit = self
            .rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .admit(second, refusal.log_code());
        if let Some(unwritten) = admit {
            self.write(refusal.log_code(), unwritten).await;
        }
    }

    /// Writes an entry with the reason, and the number of refusals that had no entry of their own.
    async fn write(&self, reason: &'static str, unwritten: u64) {
        let mut entry = Entry::new(Kind::SignInFailed, self.clock.now());
        entry.reason = Some(Code::nearest(reason));
        if unwritten > 0 {
            entry
                .withheld
                .add(Code::nearest("sign_in_failed"), Code::nearest(reason), unwritten);
        }
        // Nothing was disclosed, so a missing entry does no harm; it is logged.
        if let Err(error) = self.trail.append(entry).await {
            tracing::warn!(%error, reason, "a refused sign-in is not in the trail");
        }
    }
}

/// Whether a token was sent and not accepted, rather than missing or not checkable now.
fn is_token_refused(refusal: AuthRefusal) -> bool {
    !matches!(
        refusal,
        AuthRefusal::NoAuthorization
            | AuthRefusal::PurposeRequired
            | AuthRefusal::DirectoryUnavailable
            | AuthRefusal::KeysUnavailable
            | AuthRefusal::ProofsTooMany
    )
}

impl Authenticate for SignIn {
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> BoxFuture<'a, Result<SignedIn, Refusal>> {
        async move {
            match self.authenticator.sign_in(&credentials).await {
                Ok(signed_in) => Ok(signed_in),
                Err(refusal) => {
                    self.record(refusal).await;
                    Err(wire_refusal(refusal, credentials.headers))
                }
            }
        }
        .boxed()
    }
}

fn wire_refusal(refusal: AuthRefusal, headers: &HeaderMap) -> Refusal {
    match refusal {
        AuthRefusal::KeysUnavailable => Refusal::Unavailable,
        other => Refusal::of(other, headers),
    }
}

/// The rate limit of trail entries.
#[derive(Debug, Default)]
struct RateLimit {
    second: i64,
    written: u32,
    reasons: BTreeMap<&'static str, ReasonCount>,
}

#[derive(Debug, Default)]
struct ReasonCount {
    second: i64,
    written: u32,
    unwritten: u64,
}

impl RateLimit {
    /// Admits an entry of this reason and returns how many went unwritten before it; otherwise counts it.
    fn admit(&mut self, second: i64, reason: &'static str) -> Option<u64> {
        if self.second != second {
            (self.second, self.written) = (second, 0);
        }
        let count = self.reasons.entry(reason).or_default();
        if count.second != second {
            (count.second, count.written) = (second, 0);
        }
        if self.written >= MAX_IN_TOTAL || count.written >= MAX_PER_REASON {
            count.unwritten = count.unwritten.saturating_add(1);
            return None;
        }
        self.written += 1;
        count.written += 1;
        Some(std::mem::take(&mut count.unwritten))
    }

    /// Takes the unwritten counts by reason.
    fn take_unwritten(&mut self) -> Vec<(&'static str, u64)> {
        self.reasons
            .iter_mut()
            .map(|(reason, count)| (*reason, std::mem::take(&mut count.unwritten)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests;
