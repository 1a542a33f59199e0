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
mod tests {
    use super::*;

    fn ingress() -> Ingress {
        Ingress {
            proxies: ["10.0.0.7/32", "192.168.0.0/16"]
                .map(|net| net.parse().expect("a network"))
                .to_vec(),
            certificate_header: Some(HeaderName::from_static("client-cert")),
            ..Ingress::default()
        }
    }

    fn seen(address: &str, own: Option<Thumbprint>, values: &[&str]) -> Option<Thumbprint> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("client-cert", value.parse().expect("a value"));
        }
        let peer = Peer {
            address: address.parse().expect("an address"),
            certificate: own,
        };
        ingress().certificate(Some(&peer), &headers)
    }

    #[test]
    fn only_a_trusted_proxy_says_which_certificate_the_client_showed() {
        let expected = Some(thumbprint(b"abc"));
        for proxy in ["10.0.0.7", "192.168.77.1", "::ffff:10.0.0.7"] {
            assert_eq!(seen(proxy, None, &[":YWJj:"]), expected, "{proxy}");
        }
        for other in ["10.0.0.8", "127.0.0.1", "::1", "::ffff:10.0.0.8"] {
            assert_eq!(seen(other, None, &[":YWJj:"]), None, "{other}");
            assert_eq!(seen(other, Some([7; 32]), &[":YWJj:"]), Some([7; 32]), "{other}");
        }
        assert_eq!(ingress().certificate(None, &HeaderMap::new()), None);
    }

    #[test]
    fn a_trusted_proxy_says_whom_it_speaks_for() {
        let expected = |peer: &str, values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("x-forwarded-for", value.parse().expect("a value"));
            }
            let peer = Peer {
                address: peer.parse().expect("an address"),
                certificate: None,
            };
            ingress()
                .client(Some(&peer), &headers)
                .map(|address| address.to_string())
        };
        for (values, client) in [
            (&["192.0.2.1"][..], Some("192.0.2.1")),
            (&["2001:db8::1"], Some("2001:db8::1")),
            // What the client wrote itself stands before what the proxies appended.
            (&["203.0.113.9, 192.0.2.1"], Some("192.0.2.1")),
            (&["203.0.113.9", "192.0.2.1,192.168.1.1"], Some("192.0.2.1")),
            (&["192.168.1.1"], None),
            (&["unknown"], None),
            (&["192.0.2.1, unknown"], None),
            (&[""], None),
            (&[], None),
        ] {
            assert_eq!(expected("10.0.0.7", values).as_deref(), client, "{values:?}");
            assert_eq!(expected("10.0.0.8", values), None, "{values:?}");
        }
    }

    #[test]
    fn a_proxys_own_certificate_is_not_the_clients() {
        assert_eq!(seen("10.0.0.7", Some([7; 32]), &[]), None);
    }

    #[test]
    fn what_is_not_one_certificate_is_none() {
        for values in [
            &["YWJj"][..],
            &[":YWJj"],
            &["::"],
            &[":YWJ:"],
            &[":YW Jj:"],
            &[":YWJj:, :YWJj:"],
            &[":YWJj:;a=1"],
            &[":YWJj:", ":YWJj:"],
        ] {
            assert_eq!(seen("10.0.0.7", Some([7; 32]), values), None, "{values:?}");
        }
    }
}
