//! Opens and serves the metrics listener, apart from the clients' listener.

use std::{sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::oneshot};

use super::ingress;
use crate::{
    cli::failure::Failure,
    config::Config,
    wire::{
        limits::EdgeLimits,
        metrics::Metrics,
        metrics_listener::{MetricsToken, router},
        server::{self, ListenOptions},
        state::AppState,
        tls::Tls,
    },
};

/// A metrics scraper needs few connections.
const CONNECTIONS: usize = 16;

/// The metrics listener and the token it requires.
pub(super) struct MetricsListener {
    listen_options: ListenOptions,
    token: Option<MetricsToken>,
}

/// Binds the listener, if it is configured. Off loopback it speaks TLS if the server does, since a token is
/// sent.
pub(super) async fn open(config: &Config, tls: Option<Tls>) -> Result<Option<MetricsListener>, Failure> {
    let Some(settings) = &config.metrics_listener else {
        return Ok(None);
    };
    let token = settings.token_file.as_deref().map(MetricsToken::read).transpose();
    let token = token.map_err(Failure::usage)?;
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        let at = settings.listen;
        Failure::problem(format!("the counters cannot be told at {at} (metrics_listen): {error}"))
    })?;
    Ok(Some(MetricsListener {
        listen_options: ListenOptions {
            listener,
            tls: tls.filter(|_| !settings.listen.ip().is_loopback()),
            proxies: Vec::new(),
        },
        token,
    }))
}

impl MetricsListener {
    /// The URL of `/metrics`.
    pub(super) fn url(&self) -> Result<String, Failure> {
        let address = self.listen_options.listener.local_addr();
        let address = address.map_err(|error| Failure::problem(format!("the address is not known: {error}")))?;
        let scheme = ingress::scheme(self.listen_options.tls.is_some());
        Ok(format!("{scheme}://{address}/metrics"))
    }

    /// Serves the metrics until the returned sender is dropped.
    pub(super) fn serve(self, state: &Arc<AppState>, edge: &EdgeLimits, metrics: &Metrics) -> oneshot::Sender<()> {
        let (stop, stop_receiver) = oneshot::channel();
        let edge = EdgeLimits {
            unauthenticated_connections: CONNECTIONS,
            unauthenticated_per_address: CONNECTIONS,
            drain_time: Duration::ZERO,
            ..edge.clone()
        };
        let (router, metrics) = (router(Arc::clone(state), self.token), metrics.clone());
        tokio::spawn(async move {
            let stop_receiver = async {
                // Nothing is ever sent: the sender is dropped.
                let _ = stop_receiver.await;
            };
            server::serve(self.listen_options, router, &edge, &metrics, stop_receiver).await;
        });
        stop
    }
}
