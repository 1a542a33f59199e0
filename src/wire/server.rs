//! Accepts connections, bounds what each may cost, and stops in an orderly way.

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
    front::Peer,
    limits::EdgeLimits,
    live::stopping::{Phase, Stopping},
    metrics::Metrics,
    slow::WriteTimeout,
    strangers::{Standing, Strangers},
    strict::{self, Strict},
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
    /// Proxies that speak for many.
    pub proxies: Vec<IpNet>,
}

impl From<TcpListener> for Listening {
    fn from(listener: TcpListener) -> Self {
        Self {
            listener,
            tls: None,
            proxies: Vec::new(),
        }
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
    let Listening { listener, tls, proxies } = listening.into();
    let strangers = Strangers::new(limits, proxies, metrics);
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
            (stream, address) = next_connection(&listener) => {
                let setting = Setting {
                    router: router.clone(),
                    limits: limits.clone(),
                    open: Open::new(metrics),
                    stopping: stopped.clone(),
                    standing: strangers.enter(address.ip()),
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

/// The next connection. It is taken whoever has how many: what there is room for, [`Strangers`] says.
async fn next_connection(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
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
    standing: Standing,
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
    let standing = setting.standing.clone();
    let time = setting.limits.stranger_time;
    let Some(acceptor) = tls.map(Tls::acceptor) else {
        tokio::spawn(as_long_as_it_may(standing, time, connection(stream, peer, setting)));
        return;
    };
    let shaken = async move {
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
    };
    tokio::spawn(as_long_as_it_may(standing, time, shaken));
}

/// Serves a connection until it ends, somebody else needs its place, or it has said nothing for too long.
async fn as_long_as_it_may(standing: Standing, time: Duration, serving: impl Future<Output = ()>) {
    let silent = async {
        sleep(time).await;
        if standing.has_spoken() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = serving => {}
        () = standing.dismissed() => tracing::debug!("a stranger had to leave"),
        () = silent => tracing::debug!("a stranger said nothing"),
    }
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
        standing,
    } = setting;
    let io = WriteTimeout::new(TokioIo::new(Strict::new(stream)), limits.write_time);
    let mut stopping = Stopping::from(stopping);
    let service = Telling {
        inner: TowerToHyperService::new(router),
        peer,
        stopping: stopping.clone(),
        standing,
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_headers(limits.headers)
        .max_header_size(limits.header_bytes)
        // For answers that name headers as the client does: see the upgrade to a socket.
        .preserve_header_case(true)
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

/// Gives each request a way to learn that the server stops, for what outlives its answer, and who is at the other end and how that connection stands.
struct Telling {
    inner: TowerToHyperService<Router>,
    peer: Peer,
    stopping: Stopping,
    standing: Standing,
}

impl Service<Request<Incoming>> for Telling {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let busy = self.standing.begins();
        let ends = strict::ends_http(request.headers());
        request.extensions_mut().insert(self.stopping.clone());
        request.extensions_mut().insert(self.peer);
        request.extensions_mut().insert(self.standing.clone());
        let answering = self.inner.call(request);
        Box::pin(async move {
            let mut answered = answering.await;
            drop(busy);
            if let Ok(response) = &mut answered
                && ends
                && response.status() != StatusCode::SWITCHING_PROTOCOLS
            {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
            answered
        })
    }
}

/// Counts a connection for as long as it is open.
struct Open {
    metrics: Metrics,
}

impl Open {
    fn new(metrics: &Metrics) -> Self {
        metrics.connections.inc();
        Self {
            metrics: metrics.clone(),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.metrics.connections.dec();
    }
}
