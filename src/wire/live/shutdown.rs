//! The shutdown signal, for whatever outlives one request.

use tokio::sync::watch;

/// The phase of a graceful shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::wire) enum Phase {
    /// The server is serving normally.
    Serving,
    /// It still serves, but reports not ready, so that a load balancer sends requests elsewhere.
    Draining,
    /// It accepts nothing new and ends what is in flight.
    Closing,
}

/// Receives the shutdown signal. The server waits for whoever holds one, as long as the limits allow.
#[derive(Clone, Debug)]
pub(in crate::wire) struct ShutdownSignal(Option<watch::Receiver<Phase>>);

impl ShutdownSignal {
    /// For a server that never shuts down.
    pub(super) fn never() -> Self {
        Self(None)
    }

    /// Whether shutdown has begun, so that nothing more should be sent here.
    pub(in crate::wire) fn is_draining(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|requested| *requested.borrow() > Phase::Serving)
    }

    /// Completes when the server closes; at once if it does already.
    pub(in crate::wire) async fn requested(&mut self) {
        match &mut self.0 {
            // An error means that the server is gone.
            Some(requested) => drop(requested.wait_for(|phase| *phase == Phase::Closing).await),
            None => std::future::pending().await,
        }
    }
}

impl From<watch::Receiver<Phase>> for ShutdownSignal {
    fn from(requested: watch::Receiver<Phase>) -> Self {
        Self(Some(requested))
    }
}
