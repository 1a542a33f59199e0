//! Converts the transport settings into the wire's TLS and ingress types.

use std::net::SocketAddr;

use http::{HeaderName, HeaderValue};

use crate::{
    cli::failure::Failure,
    config::{Config, Transport},
    wire::{
        ingress::Ingress,
        tls::{Tls, TlsFiles},
    },
};

/// Loads TLS if it is configured.
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

/// The ingress of a server that listens on this address.
pub(super) fn ingress(transport: &Transport, address: SocketAddr) -> Result<Ingress, Failure> {
    let header = |name: &String| HeaderName::try_from(name.as_str()).map_err(Failure::usage);
    let origin = |origin: &String| HeaderValue::try_from(origin.as_str()).map_err(Failure::usage);
    Ok(Ingress {
        public_url: match &transport.public_url {
            Some(url) => url.clone(),
            None => format!("{}://{address}", scheme(transport.tls.is_some())),
        },
        proxies: transport.trusted_proxies.clone(),
        certificate_header: transport.certificate_header.as_ref().map(header).transpose()?,
        origins: transport.cors_origins.iter().map(origin).collect::<Result<_, _>>()?,
    })
}

/// The URL scheme.
pub(super) fn scheme(over_https: bool) -> &'static str {
    if over_https { "https" } else { "http" }
}

/// Reloads the TLS files on SIGHUP. Files that cannot be used change nothing.
pub(super) fn reload_on_sighup(tls: Tls) {
    #[cfg(unix)]
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangups = match signal(SignalKind::hangup()) {
            Ok(hangups) => hangups,
            Err(error) => {
                tracing::warn!(%error, "SIGHUP cannot be listened to: new certificates need a new start");
                return;
            }
        };
        while hangups.recv().await.is_some() {
            let tls_to_reload = tls.clone();
            match tokio::task::spawn_blocking(move || tls_to_reload.reload()).await {
                Ok(Ok(())) => tracing::info!("the certificate was read anew"),
                Ok(Err(error)) => tracing::error!(%error, "the certificate stays as it was"),
                Err(error) => tracing::error!(%error, "the certificate stays as it was"),
            }
        }
    });
    #[cfg(not(unix))]
    drop(tls);
}
