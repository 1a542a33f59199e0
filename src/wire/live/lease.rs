//! Who asks on a connection that stays, and how long that holds.

use std::time::Duration;

use tokio::time::sleep;

use crate::{auth::SignedIn, clock::Clock, graphql::operation::WithheldMode};

/// A clock may be set; so it is looked at again after this long.
const LONGEST_SLEEP: Duration = Duration::from_secs(20);

/// Who asks, how they want to be told of withheld values, and until when they may.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub(super) signed_in: SignedIn,
    pub(super) withheld: WithheldMode,
    pub(super) clock: Clock,
}

impl Lease {
    /// Whether the token has ended.
    pub(super) fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    /// Ends when the token does.
    pub(super) async fn over(&self) {
        loop {
            let left = self.left();
            if left.is_zero() {
                return;
            }
            sleep(left.min(LONGEST_SLEEP)).await;
        }
    }

    /// Ends when the token of a lease does, and never while there is none.
    pub(super) async fn over_if_any(lease: Option<&Self>) {
        match lease {
            Some(lease) => lease.over().await,
            None => std::future::pending().await,
        }
    }

    fn left(&self) -> Duration {
        (self.signed_in.expires_at - self.clock.now())
            .to_std()
            .unwrap_or_default()
    }
}
