//! Ingress: the public URL, the trusted proxies, the header that carries a client certificate, and the
//! origins allowed by CORS; and what may be believed of how a request arrived.

use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};
use ipnet::IpNet;

use super::request::headers::single_value;
use crate::auth::{Credentials, Thumbprint, thumbprint};

/// The header in which each proxy appends the address it forwards for.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// How clients reach the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ingress {
    /// The public base URL, without a slash at the end. `DPoP` proofs must name it.
    pub public_url: String,
    /// Trusted proxies: they may state a client's address and its certificate.
    pub proxies: Vec<IpNet>,
    /// The header in which they pass the client certificate (RFC 9440).
    pub certificate_header: Option<HeaderName>,
    /// Origins whose pages may send requests from a browser (CORS).
    pub origins: Vec<HeaderValue>,
}

/// The other end of a TCP connection: a client, or a proxy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub(super) address: IpAddr,
    /// The certificate it presented in the TLS handshake.
    pub(super) certificate: Option<Thumbprint>,
}

impl Ingress {
    /// What a request presents to authenticate its caller.
    pub(super) fn credentials<'a>(&'a self, parts: &'a Parts) -> Credentials<'a> {
        Credentials {
            headers: &parts.headers,
            method: &parts.method,
            public_url: &self.public_url,
            path: parts.uri.path(),
            certificate: self.certificate(parts.extensions.get(), &parts.headers),
            dry_run: false,
        }
    }

    /// The client's certificate. From a trusted proxy only the header counts; from anybody else the header is
    /// ignored.
    pub(super) fn certificate(&self, peer: Option<&Peer>, headers: &HeaderMap) -> Option<Thumbprint> {
        let peer = peer?;
        let Some(header) = self.certificate_header.as_ref().filter(|_| self.trusts(peer.address)) else {
            return peer.certificate;
        };
        let value = match single_value(headers, header) {
            Ok(None) => return None,
            Ok(Some(value)) => der(value),
            Err(()) => None,
        };
        if value.is_none() {
            tracing::warn!("a proxy sent a certificate that cannot be read: want one in base64 between colons, once");
        }
        value.map(|der| thumbprint(&der))
    }

    /// The client's address as stated by trusted proxies: the last address in `X-Forwarded-For` that is not
    /// itself a trusted proxy. `None` when the peer is not a trusted proxy, or states nothing readable.
    pub(super) fn client(&self, peer: Option<&Peer>, headers: &HeaderMap) -> Option<IpAddr> {
        peer.filter(|peer| self.trusts(peer.address))?;
        let values = headers.get_all(&FORWARDED_FOR).iter().rev();
        let names = values.flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
        for name in names {
            let address = name.trim().parse().ok()?;
            if !self.trusts(address) {
                return Some(address);
            }
        }
        None
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|proxy| proxy.contains(&address))
    }
}

/// The bytes of an RFC 8941 byte sequence: base64 between colons.
fn der(value: &str) -> Option<Vec<u8>> {
    let inside = value.strip_prefix(':')?.strip_suffix(':')?;
    STANDARD.decode(inside).ok().filter(|der| !der.is_empty())
}

#[cfg(test)]
mod tests;
