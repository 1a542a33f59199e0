//! How clients reach the server, from the settings in the words of the room that carries them out.

use std::net::SocketAddr;

use http::{HeaderName, HeaderValue};

use crate::{
    cli::failure::Failure,
    config::{Config, Transport},
    wire::{
        front::Front,
        tls::{Tls, TlsFiles},
    },
};

/// TLS, if the settings want it.
pub(super) fn tls(config: &Config) -> Result<Option<Tls>, Failure> {
    let Some(files) = &config.transport.tls else {
        return Ok(None);
    };
    let tls = Tls::open(TlsFiles {
        certificate: files.certificate.clone(),
        key: files.key.clone(),
        client_ca: files.client_ca.clone(),
    });
    tls.map(Some).map_err(Failure::usage)
}

/// How clients reach a server that listens there.
pub(super) fn front(transport: &Transport, address: SocketAddr) -> Result<Front, Failure> {
    let header = |name: &String| HeaderName::try_from(name.as_str()).map_err(Failure::usage);
    let origin = |origin: &String| HeaderValue::try_from(origin.as_str()).map_err(Failure::usage);
    Ok(Front {
        public_url: match &transport.public_url {
            Some(url) => url.clone(),
            None => format!("{}://{address}", scheme(transport.tls.is_some())),
        },
        proxies: transport.trusted_proxies.clone(),
        certificate_header: transport.certificate_header.as_ref().map(header).transpose()?,
        origins: transport.cors_origins.iter().map(origin).collect::<Result<_, _>>()?,
    })
}

/// The scheme of addresses.
pub(super) fn scheme(by_tls: bool) -> &'static str {
    if by_tls { "https" } else { "http" }
}

/// Reads the files of TLS anew whenever the process is told to (SIGHUP). What cannot be used changes nothing.
pub(super) fn reload_when_told(tls: Tls) {
    #[cfg(unix)]
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let mut told = match signal(SignalKind::hangup()) {
            Ok(told) => told,
            Err(error) => {
                tracing::warn!(%error, "SIGHUP cannot be listened to: new certificates need a new start");
                return;
            }
        };
        while told.recv().await.is_some() {
            let reading = tls.clone();
            match tokio::task::spawn_blocking(move || reading.reload()).await {
                Ok(Ok(())) => tracing::info!("the certificate was read anew"),
                Ok(Err(error)) => tracing::error!(%error, "the certificate stays as it was"),
                Err(error) => tracing::error!(%error, "the certificate stays as it was"),
            }
        }
    });
    #[cfg(not(unix))]
    drop(tls);
}
