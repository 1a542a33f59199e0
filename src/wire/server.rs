//! Accepts connections, bounds what each may cost, and stops in an orderly way.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1, service::Service};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};

use super::{
    front::Peer,
    limits::EdgeLimits,
    live::stopping::{Phase, Stopping},
    metrics::Metrics,
    slow::WriteTimeout,
    tls::Tls,
};
use crate::auth::thumbprint;

/// How long to wait when a connection cannot be accepted, as when there are no file handles left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Where connections come from, and whether TLS is spoken on them.
#[derive(Debug)]
pub struct Listening {
    /// Where they come from.
    pub listener: TcpListener,
    /// TLS, if it is spoken.
    pub tls: Option<Tls>,
}

impl From<TcpListener> for Listening {
    fn from(listener: TcpListener) -> Self {
        Self { listener, tls: None }
    }
}

/// Serves until `stop` is over. Then it goes on serving for a while, saying that it is not ready and closing each connection after its answer, so that
/// whoever spreads requests over several servers sends them elsewhere. Only then it takes nothing new, and lets requests under way end, for as long as
/// the limits allow.
pub async fn serve(
    listening: impl Into<Listening>,
    router: Router,
    limits: &EdgeLimits,
    metrics: &Metrics,
    stop: impl Future<Output = ()>,
) {
    let Listening { listener, tls } = listening.into();
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
            (stream, address, place) = next_connection(&listener, &places) => {
                let setting = Setting {
                    router: router.clone(),
                    limits: limits.clone(),
                    open: Open::new(metrics, place),
                    stopping: stopped.clone(),
                };
                accepted(stream, address.ip(), tls.as_ref(), setting);
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
async fn next_connection(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a place in the end.
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, address)) => return (stream, address, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// What a connection is served with.
struct Setting {
    router: Router,
    limits: EdgeLimits,
    open: Open,
    stopping: watch::Receiver<Phase>,
}

/// Serves a connection by a task of its own, after the handshake where TLS is spoken.
fn accepted(stream: TcpStream, address: IpAddr, tls: Option<&Tls>, setting: Setting) {
    // Answers are written whole; without this, small ones wait for the peer's acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let mut peer = Peer {
        address,
        certificate: None,
    };
    let Some(acceptor) = tls.map(Tls::acceptor) else {
        tokio::spawn(connection(stream, peer, setting));
        return;
    };
    tokio::spawn(async move {
        let mut stopping = Stopping::from(setting.stopping.clone());
        let shaken = tokio::select! {
            shaken = timeout(setting.limits.header_time, acceptor.accept(stream)) => shaken,
            () = stopping.told() => return,
        };
        match shaken {
            Ok(Ok(stream)) => {
                let chain = stream.get_ref().1.peer_certificates();
                peer.certificate = chain.and_then(|chain| chain.first()).map(|own| thumbprint(own));
                connection(stream, peer, setting).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    });
}

async fn connection<S>(stream: S, peer: Peer, setting: Setting)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Setting {
        router,
        limits,
        open,
        stopping,
    } = setting;
    let io = WriteTimeout::new(TokioIo::new(stream), limits.write_time);
    let mut stopping = Stopping::from(stopping);
    let service = Telling {
        inner: TowerToHyperService::new(router),
        peer,
        stopping: stopping.clone(),
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_headers(limits.headers)
        .max_header_size(limits.header_bytes)
        .serve_connection(io, service)
        .with_upgrades();
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
}

/// Gives each request a way to learn that the server stops, for what outlives its answer, and who is at the other end.
struct Telling {
    inner: TowerToHyperService<Router>,
    peer: Peer,
    stopping: Stopping,
}

impl Service<Request<Incoming>> for Telling {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.stopping.clone());
        request.extensions_mut().insert(self.peer);
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
