//! The authenticated session of a long-lived connection, which ends when its access token expires.

use std::time::Duration;

use tokio::time::sleep;

use crate::{auth::SignedIn, clock::Clock, graphql::operation::WithheldMode};

/// The clock may be changed, so it is read again after this long.
const MAX_SLEEP: Duration = Duration::from_secs(20);

/// The caller, the mode for withheld values, and the clock that decides when the token has expired.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) signed_in: SignedIn,
    pub(super) withheld: WithheldMode,
    pub(super) clock: Clock,
}

impl Session {
    /// Whether the token has expired.
    pub(super) fn is_expired(&self) -> bool {
        self.remaining().is_zero()
    }

    /// Completes when the token expires.
    pub(super) async fn expired(&self) {
        loop {
            let remaining = self.remaining();
            if remaining.is_zero() {
                return;
            }
            sleep(remaining.min(MAX_SLEEP)).await;
        }
    }

    /// Completes when the session's token expires; never while there is no session.
    pub(super) async fn expired_if_any(session: Option<&Self>) {
        match session {
            Some(session) => session.expired().await,
            None => std::future::pending().await,
        }
    }

    fn remaining(&self) -> Duration {
        (self.signed_in.expires_at - self.clock.now())
            .to_std()
            .unwrap_or_default()
    }
}
