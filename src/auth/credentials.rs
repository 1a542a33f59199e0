//! The credentials of a request: everything that authentication looks at.

use http::{HeaderMap, Method};

/// The SHA-256 of a certificate or of a key.
pub type Thumbprint = [u8; 32];

/// The credentials of a request, or of the opening of a long-lived connection.
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'a> {
    /// The headers with token, proof and purpose; others are ignored.
    pub headers: &'a HeaderMap,
    /// The request's method; a proof must name it.
    pub method: &'a Method,
    /// The server's public base URL: scheme, host and perhaps a path prefix, without a slash at the end.
    /// Never taken from the request.
    pub public_url: &'a str,
    /// The request's path; a proof must name it after `public_url`.
    pub path: &'a str,
    /// The client certificate, as presented in TLS or passed by a trusted proxy.
    pub certificate: Option<Thumbprint>,
    /// Whether the same proof will be used once more, so that the replay cache must not record it yet.
    pub dry_run: bool,
}

impl<'a> Credentials<'a> {
    /// Credentials of headers alone: enough for unbound tokens; no proof is accepted.
    pub fn from_headers(headers: &'a HeaderMap) -> Self {
        Self {
            headers,
            method: &Method::TRACE,
            public_url: "",
            path: "",
            certificate: None,
            dry_run: false,
        }
    }
}

/// The SHA-256 of these bytes.
pub fn thumbprint(bytes: &[u8]) -> Thumbprint {
    let mut thumbprint = Thumbprint::default();
    thumbprint.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    thumbprint
}
