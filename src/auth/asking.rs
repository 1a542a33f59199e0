//! What of a request counts for who is asking.

use http::{HeaderMap, Method};

/// The SHA-256 of a certificate or of a key.
pub type Thumbprint = [u8; 32];

/// What of a request, or of a connection's opening, counts for who is asking.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The headers that name the token, its proof and the purpose; others are not looked at.
    pub headers: &'a HeaderMap,
    /// The request's method; a proof must name it.
    pub method: &'a Method,
    /// Where clients find the server: scheme, host and perhaps the beginning of a path, without a slash at the end. Never taken from the request.
    pub public_url: &'a str,
    /// The request's path; a proof must name it behind `public_url`.
    pub path: &'a str,
    /// The certificate that the client showed, on a connection that could be believed.
    pub certificate: Option<Thumbprint>,
    /// Whether the same proof is going to be shown once more, so that it is not to be remembered yet.
    pub rehearsal: bool,
}

impl<'a> Asking<'a> {
    /// Headers alone. Enough for tokens that are bound to nothing; no proof fits.
    pub fn by_headers(headers: &'a HeaderMap) -> Self {
        Self {
            headers,
            method: &Method::TRACE,
            public_url: "",
            path: "",
            certificate: None,
            rehearsal: false,
        }
    }
}

/// The thumbprint of these bytes.
pub fn thumbprint(bytes: &[u8]) -> Thumbprint {
    let mut thumbprint = Thumbprint::default();
    thumbprint.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    thumbprint
}
