//! The HTTP server: accepts connections, applies the limits of each, and shuts down gracefully.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use axum::Router;
use futures_util::future::BoxFuture;
use http::{HeaderValue, StatusCode, header::CONNECTION};
use hyper::{Request, body::Incoming, server::conn::http1, service::Service};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use ipnet::IpNet;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

use super::{
    ingress::Peer,
    limits::EdgeLimits,
    live::shutdown::{Phase, ShutdownSignal},
    metrics::Metrics,
    smuggling_guard::{self, SmugglingGuard},
    tls::Tls,
    unauthenticated::{ConnectionHandle, UnauthenticatedConnections},
    write_timeout::WriteTimeout,
};
use crate::auth::thumbprint;

/// Pause after a failed accept, as when no file handles are left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A listener and its options.
#[derive(Debug)]
pub struct ListenOptions {
    /// The TCP listener.
    pub listener: TcpListener,
    /// TLS, unless the server speaks plain HTTP.
    pub tls: Option<Tls>,
    /// Trusted proxies.
    pub proxies: Vec<IpNet>,
}

impl From<TcpListener> for ListenOptions {
    fn from(listener: TcpListener) -> Self {
        Self {
            listener,
            tls: None,
            proxies: Vec::new(),
        }
    }
}

/// Serves until `stop` completes, then shuts down gracefully. First it drains: it goes on serving, reports
/// not ready and closes each connection after its answer, so that a load balancer sends requests elsewhere.
/// Then it stops accepting and lets requests in flight end, as long as the limits allow.
pub async fn serve(
    options: impl Into<ListenOptions>,
    router: Router,
    limits: &EdgeLimits,
    metrics: &Metrics,
    stop: impl Future<Output = ()>,
) {
    let ListenOptions { listener, tls, proxies } = options.into();
    let unauthenticated = UnauthenticatedConnections::new(limits, proxies, metrics);
    let (shutdown, shutdown_receiver) = watch::channel(Phase::Serving);
    let mut stop_requested = std::pin::pin!(async {
        stop.await;
        if !limits.drain_time.is_zero() {
            tracing::info!("stopping: not ready any more, and still serving");
            shutdown.send_replace(Phase::Draining);
            sleep(limits.drain_time).await;
        }
    });
    loop {
        tokio::select! {
            biased;
            () = &mut stop_requested => break,
            (stream, address) = next_connection(&listener) => {
                let context = ConnectionContext {
                    router: router.clone(),
                    limits: limits.clone(),
                    open: OpenConnection::new(metrics),
                    shutdown: shutdown_receiver.clone(),
                    handle: unauthenticated.register(address.ip()),
                };
                serve_connection(stream, address.ip(), tls.as_ref(), context);
            }
        }
    }
    drop((listener, shutdown_receiver));
    tracing::info!(connections = shutdown.receiver_count(), "stopping: no new connections");
    shutdown.send_replace(Phase::Closing);
    if timeout(limits.shutdown_time, shutdown.closed()).await.is_err() {
        tracing::warn!("stopped before every request had ended");
    }
}

/// Completes when the process is told to stop: by SIGTERM, SIGINT or Ctrl-C.
///
/// # Errors
/// When the signal handlers cannot be installed.
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

/// The next connection. All are accepted: [`UnauthenticatedConnections`] evicts others when there are too
/// many.
async fn next_connection(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(connection) => return connection,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// What serving one connection needs.
struct ConnectionContext {
    router: Router,
    limits: EdgeLimits,
    open: OpenConnection,
    shutdown: watch::Receiver<Phase>,
    handle: ConnectionHandle,
}

/// Serves a connection in a task of its own, after the TLS handshake if there is one.
fn serve_connection(stream: TcpStream, address: IpAddr, tls: Option<&Tls>, context: ConnectionContext) {
    // Answers are written whole; with Nagle's algorithm small ones would wait for the peer's acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let mut peer = Peer {
        address,
        certificate: None,
    };
    let handle = context.handle.clone();
    let time = context.limits.first_request_time;
    let Some(acceptor) = tls.map(Tls::acceptor) else {
        tokio::spawn(until_evicted(handle, time, serve_http(stream, peer, context)));
        return;
    };
    let handshake = async move {
        let mut shutdown = ShutdownSignal::from(context.shutdown.clone());
        let handshake = tokio::select! {
            handshake = timeout(context.limits.header_time, acceptor.accept(stream)) => handshake,
            () = shutdown.requested() => return,
        };
        match handshake {
            Ok(Ok(stream)) => {
                let chain = stream.get_ref().1.peer_certificates();
                peer.certificate = chain.and_then(|chain| chain.first()).map(|own| thumbprint(own));
                serve_http(stream, peer, context).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    };
    tokio::spawn(until_evicted(handle, time, handshake));
}

/// Serves a connection until it ends, is evicted, or has sent no request in time.
async fn until_evicted(handle: ConnectionHandle, time: Duration, serving: impl Future<Output = ()>) {
    let no_request = async {
        sleep(time).await;
        if handle.has_sent_request() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = serving => {}
        () = handle.evicted() => tracing::debug!("a stranger had to leave"),
        () = no_request => tracing::debug!("a stranger said nothing"),
    }
}

async fn serve_http<S>(stream: S, peer: Peer, context: ConnectionContext)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let ConnectionContext {
        router,
        limits,
        open,
        shutdown,
        handle,
    } = context;
    let io = WriteTimeout::new(TokioIo::new(SmugglingGuard::new(stream)), limits.write_time);
    let mut shutdown = ShutdownSignal::from(shutdown);
    let service = ConnectionService {
        inner: TowerToHyperService::new(router),
        peer,
        shutdown: shutdown.clone(),
        handle,
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_headers(limits.headers)
        .max_header_size(limits.header_bytes)
        // For answers that write header names as the client did: see the upgrade to a socket.
        .preserve_header_case(true)
        .serve_connection(io, service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = shutdown.requested() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
    drop(open);
}

/// Attaches the connection's peer, handle and shutdown signal to each of its requests.
struct ConnectionService {
    inner: TowerToHyperService<Router>,
    peer: Peer,
    shutdown: ShutdownSignal,
    handle: ConnectionHandle,
}

impl Service<Request<Incoming>> for ConnectionService {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let in_flight = self.handle.begin_request();
        let ends_http = smuggling_guard::ends_http(request.headers());
        request.extensions_mut().insert(self.shutdown.clone());
        request.extensions_mut().insert(self.peer);
        request.extensions_mut().insert(self.handle.clone());
        let response = self.inner.call(request);
        Box::pin(async move {
            let mut response = response.await;
            drop(in_flight);
            if let Ok(response) = &mut response
                && ends_http
                && response.status() != StatusCode::SWITCHING_PROTOCOLS
            {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
            response
        })
    }
}

/// Counts a connection while it is open.
struct OpenConnection {
    metrics: Metrics,
}

impl OpenConnection {
    fn new(metrics: &Metrics) -> Self {
        metrics.connections.inc();
        Self {
            metrics: metrics.clone(),
        }
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.metrics.connections.dec();
    }
}
