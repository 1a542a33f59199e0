//! How what outlives its request learns that the server stops.

use tokio::sync::watch;

/// Told when the server stops. Whoever holds one is waited for, as long as the limits allow.
#[derive(Clone, Debug)]
pub(in crate::wire) struct Stopping(Option<watch::Receiver<bool>>);

impl Stopping {
    /// Of a server that is not going to stop: there is nobody who would say so.
    pub(super) fn never() -> Self {
        Self(None)
    }

    /// Ends when the server stops; at once if it is stopping already.
    pub(super) async fn told(&mut self) {
        match &mut self.0 {
            // An error means that the server is gone, which is more than stopping.
            Some(told) => drop(told.wait_for(|stopping| *stopping).await),
            None => std::future::pending().await,
        }
    }
}

impl From<watch::Receiver<bool>> for Stopping {
    fn from(told: watch::Receiver<bool>) -> Self {
        Self(Some(told))
    }
}
