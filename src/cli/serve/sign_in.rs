//! Sign-in as the wire wants it, with every refused token in the trail: but never so many entries that whoever sends bad
//! tokens could fill it. What is beyond that is counted, and the count goes with the next entry.

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
    auth::{Asking, AuthRefusal, Authenticator, SignedIn},
    clock::Clock,
    wire::services::{Authenticate, Refusal},
};

/// Entries of one reason in one second, at most.
const OF_A_REASON: u32 = 2;
/// Entries of all reasons in one second, at most.
const OF_ALL: u32 = 10;

/// Tells who is asking, and keeps the account of those who could not be told.
pub(super) struct SignIn {
    authenticator: Authenticator,
    trail: Trail,
    clock: Clock,
    budget: Mutex<Budget>,
    refused: AtomicU64,
}

impl SignIn {
    /// Sign-in whose refusals go to that trail.
    pub(super) fn new(authenticator: Authenticator, trail: Trail, clock: Clock) -> Self {
        Self {
            authenticator,
            trail,
            clock,
            budget: Mutex::default(),
            refused: AtomicU64::new(0),
        }
    }

    /// How many sign-ins were refused since the start.
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Writes what was counted and not yet written.
    pub(super) async fn flush(&self) {
        let rest = self.budget.lock().unwrap_or_else(PoisonError::into_inner).take_rest();
        for (reason, count) in rest {
            self.write(reason, count).await;
        }
    }

    async fn note(&self, refusal: AuthRefusal) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        if !is_about_the_token(refusal) {
            return;
        }
        let second = self.clock.now().timestamp();
        let due = self
            .budget
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .due(second, refusal.log_code());
        if let Some(unwritten) = due {
            self.write(refusal.log_code(), unwritten).await;
        }
    }

    /// An entry with the reason, and how many like it had none of their own.
    async fn write(&self, reason: &'static str, unwritten: u64) {
        let mut entry = Entry::new(Kind::SignInFailed, self.clock.now());
        entry.reason = Some(Code::nearest(reason));
        if unwritten > 0 {
            entry
                .withheld
                .add(Code::nearest("sign_in_failed"), Code::nearest(reason), unwritten);
        }
        // Nothing was disclosed, so that the entry is missing changes nothing for anyone; the log says so.
        if let Err(error) = self.trail.append(entry).await {
            tracing::warn!(%error, reason, "a refused sign-in is not in the trail");
        }
    }
}

/// Whether somebody sent a token that is not accepted, rather than none, or one that we cannot check now.
fn is_about_the_token(refusal: AuthRefusal) -> bool {
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
    fn authenticate<'a>(&'a self, asking: Asking<'a>) -> BoxFuture<'a, Result<SignedIn, Refusal>> {
        async move {
            match self.authenticator.sign_in(&asking).await {
                Ok(signed_in) => Ok(signed_in),
                Err(refusal) => {
                    self.note(refusal).await;
                    Err(for_the_wire(refusal, asking.headers))
                }
            }
        }
        .boxed()
    }
}

fn for_the_wire(refusal: AuthRefusal, headers: &HeaderMap) -> Refusal {
    match refusal {
        AuthRefusal::KeysUnavailable => Refusal::Unavailable,
        other => Refusal::of(other, headers),
    }
}

/// How many entries may still be written in this second.
#[derive(Debug, Default)]
struct Budget {
    second: i64,
    written: u32,
    reasons: BTreeMap<&'static str, Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    second: i64,
    written: u32,
    unwritten: u64,
}

impl Budget {
    /// Whether an entry of that reason is due, and how many like it went unwritten before; counts it otherwise.
    fn due(&mut self, second: i64, reason: &'static str) -> Option<u64> {
        if self.second != second {
            (self.second, self.written) = (second, 0);
        }
        let spent = self.reasons.entry(reason).or_default();
        if spent.second != second {
            (spent.second, spent.written) = (second, 0);
        }
        if self.written >= OF_ALL || spent.written >= OF_A_REASON {
            spent.unwritten = spent.unwritten.saturating_add(1);
            return None;
        }
        self.written += 1;
        spent.written += 1;
        Some(std::mem::take(&mut spent.unwritten))
    }

    /// What went unwritten, by reason.
    fn take_rest(&mut self) -> Vec<(&'static str, u64)> {
        self.reasons
            .iter_mut()
            .map(|(reason, spent)| (*reason, std::mem::take(&mut spent.unwritten)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::services::Challenge;

    #[test]
    fn a_flood_of_one_reason_is_counted_and_told_later() {
        let mut budget = Budget::default();
        let due = (0..1000).filter(|_| budget.due(7, "expired").is_some()).count();
        assert_eq!(due, 2);
        assert_eq!(
            budget.due(7, "key_unknown"),
            Some(0),
            "other reasons have their own room"
        );
        assert_eq!(budget.due(8, "expired"), Some(998));
        assert_eq!(budget.due(8, "expired"), Some(0));
        assert!(budget.take_rest().is_empty());
    }

    #[test]
    fn all_reasons_together_are_bounded() {
        let reasons = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
        let mut budget = Budget::default();
        let due = reasons
            .iter()
            .flat_map(|reason| [budget.due(7, reason), budget.due(7, reason)])
            .flatten()
            .count();
        assert_eq!(due, 10);
        assert_eq!(budget.take_rest().iter().map(|(_, count)| count).sum::<u64>(), 14);
        assert_eq!(budget.due(8, "l"), Some(0), "what was told is not told twice");
    }

    #[test]
    fn nobody_learns_more_than_they_may() {
        use http::{HeaderValue, header::AUTHORIZATION};
        let by = |scheme: &'static str| HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(scheme))]);
        let told = |refusal| for_the_wire(refusal, &by("Bearer a.b.c"));
        for refusal in [
            AuthRefusal::SignatureInvalid,
            AuthRefusal::Expired,
            AuthRefusal::BindingMissing,
            AuthRefusal::BindingUnproven,
        ] {
            assert_eq!(told(refusal), Refusal::Unauthenticated(Challenge::Bearer));
        }
        for (refusal, challenge) in [
            (AuthRefusal::Expired, Challenge::DpopToken),
            (AuthRefusal::BindingMismatch, Challenge::DpopToken),
            (AuthRefusal::ProofInvalid("htu"), Challenge::DpopProof),
            (AuthRefusal::ProofShownBefore, Challenge::DpopProof),
        ] {
            let told = for_the_wire(refusal, &by("DPoP a.b.c"));
            assert_eq!(told, Refusal::Unauthenticated(challenge));
        }
        for refusal in [
            AuthRefusal::KeysUnavailable,
            AuthRefusal::DirectoryUnavailable,
            AuthRefusal::ProofsTooMany,
        ] {
            assert_eq!(told(refusal), Refusal::Unavailable);
        }
        for refusal in [AuthRefusal::PurposeRequired, AuthRefusal::PurposeNotAllowed] {
            assert!(matches!(told(refusal), Refusal::Purpose(_)));
        }
    }
}
