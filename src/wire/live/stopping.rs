//! How what is under way learns that the server stops.

use tokio::sync::watch;

/// How far the server is on its way to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::wire) enum Phase {
    /// It serves, and nobody has told it to stop.
    Serving,
    /// It serves, and says that it is not ready: whoever sends it requests should send them elsewhere.
    Leaving,
    /// It takes nothing new, and ends what is under way.
    Closing,
}

/// Told when the server stops. Whoever holds one is waited for, as long as the limits allow.
#[derive(Clone, Debug)]
pub(in crate::wire) struct Stopping(Option<watch::Receiver<Phase>>);

impl Stopping {
    /// Of a server that is not going to stop: there is nobody who would say so.
    pub(super) fn never() -> Self {
        Self(None)
    }

    /// Whether the server should be sent nothing more: it was told to stop.
    pub(in crate::wire) fn leaves(&self) -> bool {
        self.0.as_ref().is_some_and(|told| *told.borrow() > Phase::Serving)
    }

    /// Ends when the server closes; at once if it does already.
    pub(in crate::wire) async fn told(&mut self) {
        match &mut self.0 {
            // An error means that the server is gone, which is more than stopping.
            Some(told) => drop(told.wait_for(|phase| *phase == Phase::Closing).await),
            None => std::future::pending().await,
        }
    }
}

impl From<watch::Receiver<Phase>> for Stopping {
    fn from(told: watch::Receiver<Phase>) -> Self {
        Self(Some(told))
    }
}
