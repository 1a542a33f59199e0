//! Accepts connections, bounds what each may cost, and stops in an orderly way.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1, service::Service};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};

use super::{
    limits::EdgeLimits,
    live::stopping::{Phase, Stopping},
    metrics::Metrics,
    slow::WriteTimeout,
};

/// More header lines than this in one request are refused.
const MOST_HEADERS: usize = 64;
/// How long to wait when a connection cannot be accepted, as when there are no file handles left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is over. Then it goes on serving for a while, saying that it is not ready and closing each connection after its answer, so that
/// whoever spreads requests over several servers sends them elsewhere. Only then it takes nothing new, and lets requests under way end, for as long as
/// the limits allow.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: &EdgeLimits,
    metrics: &Metrics,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(limits.connections.clamp(1, Semaphore::MAX_PERMITS)));
    let (stopping, stopped) = watch::channel(Phase::Serving);
    let mut until = std::pin::pin!(async {
        stop.await;
        if !limits.leave_time.is_zero() {
            tracing::info!("stopping: not ready any more, and still serving");
            stopping.send_replace(Phase::Leaving);
            sleep(limits.leave_time).await;
        }
    });
    loop {
        tokio::select! {
            biased;
            () = &mut until => break,
            (stream, place) = next_connection(&listener, &places) => {
                connection(stream, place, &router, limits, metrics, stopped.clone());
            }
        }
    }
    drop((listener, stopped));
    tracing::info!(connections = stopping.receiver_count(), "stopping: no new connections");
    stopping.send_replace(Phase::Closing);
    if timeout(limits.shutdown_time, stopping.closed()).await.is_err() {
        tracing::warn!("stopped before every request had ended");
    }
}

/// Ends when the process is told to stop: by SIGTERM, SIGINT or the terminal.
///
/// # Errors
/// When the signals cannot be listened to.
pub async fn stop_signal() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// A connection, as soon as there is a place for it.
async fn next_connection(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a place in the end.
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn connection(
    stream: TcpStream,
    place: Option<OwnedSemaphorePermit>,
    router: &Router,
    limits: &EdgeLimits,
    metrics: &Metrics,
    stopping: watch::Receiver<Phase>,
) {
    // Answers are written whole; without this, small ones wait for the peer's acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let io = WriteTimeout::new(TokioIo::new(stream), limits.write_time);
    let mut stopping = Stopping::from(stopping);
    let service = Telling {
        inner: TowerToHyperService::new(router.clone()),
        stopping: stopping.clone(),
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_headers(MOST_HEADERS)
        .max_header_size(limits.header_bytes)
        .serve_connection(io, service)
        .with_upgrades();
    let open = Open::new(metrics, place);
    tokio::spawn(async move {
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = stopping.told() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(open);
    });
}

/// Gives each request a way to learn that the server stops, for what outlives its answer.
struct Telling {
    inner: TowerToHyperService<Router>,
    stopping: Stopping,
}

impl Service<Request<Incoming>> for Telling {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.stopping.clone());
        self.inner.call(request)
    }
}

/// Counts a connection for as long as it is open.
struct Open {
    metrics: Metrics,
    _place: Option<OwnedSemaphorePermit>,
}

impl Open {
    fn new(metrics: &Metrics, place: Option<OwnedSemaphorePermit>) -> Self {
        metrics.connections.inc();
        Self {
            metrics: metrics.clone(),
            _place: place,
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.metrics.connections.dec();
    }
}
