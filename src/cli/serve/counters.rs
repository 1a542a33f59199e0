//! The door at which the counters are told, apart from the one at which clients ask.

use std::{sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::oneshot};

use super::front;
use crate::{
    cli::failure::Failure,
    config::Config,
    wire::{
        counters::{CounterToken, router},
        limits::EdgeLimits,
        metrics::Metrics,
        server::{self, Listening},
        state::AppState,
        tls::Tls,
    },
};

/// Whoever gathers counters needs few connections.
const CONNECTIONS: usize = 16;

/// Where the counters are told, and to whom.
pub(super) struct CounterDoor {
    listening: Listening,
    token: Option<CounterToken>,
}

/// Listens, if the settings want it. Beyond this machine TLS is spoken where the server speaks it, since a token is sent.
pub(super) async fn open(config: &Config, tls: Option<Tls>) -> Result<Option<CounterDoor>, Failure> {
    let Some(counters) = &config.counters else {
        return Ok(None);
    };
    let token = counters.token_file.as_deref().map(CounterToken::read).transpose();
    let token = token.map_err(Failure::usage)?;
    let listener = TcpListener::bind(counters.listen).await.map_err(|error| {
        let at = counters.listen;
        Failure::problem(format!("the counters cannot be told at {at} (metrics_listen): {error}"))
    })?;
    Ok(Some(CounterDoor {
        listening: Listening {
            listener,
            tls: tls.filter(|_| !counters.listen.ip().is_loopback()),
            proxies: Vec::new(),
        },
        token,
    }))
}

impl CounterDoor {
    /// Its address.
    pub(super) fn url(&self) -> Result<String, Failure> {
        let address = self.listening.listener.local_addr();
        let address = address.map_err(|error| Failure::problem(format!("the address is not known: {error}")))?;
        let scheme = front::scheme(self.listening.tls.is_some());
        Ok(format!("{scheme}://{address}/metrics"))
    }

    /// Tells the counters until what it gives is dropped.
    pub(super) fn serve(self, state: &Arc<AppState>, edge: &EdgeLimits, metrics: &Metrics) -> oneshot::Sender<()> {
        let (stop, stopped) = oneshot::channel();
        let edge = EdgeLimits {
            strangers: CONNECTIONS,
            strangers_per_address: CONNECTIONS,
            leave_time: Duration::ZERO,
            ..edge.clone()
        };
        let (router, metrics) = (router(Arc::clone(state), self.token), metrics.clone());
        tokio::spawn(async move {
            let stopped = async {
                // It is never sent anything: its owner has gone.
                let _ = stopped.await;
            };
            server::serve(self.listening, router, &edge, &metrics, stopped).await;
        });
        stop
    }
}
