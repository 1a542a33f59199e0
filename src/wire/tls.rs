//! TLS termination: builds the configuration from files, and reloads it when the files have changed. TLS 1.2
//! and 1.3 only, with the library's safe defaults.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

/// The files that TLS needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
    /// The CA certificates for client certificates (mutual TLS); without them clients are not asked for one.
    pub client_ca: Option<PathBuf>,
}

/// Why TLS cannot be used. Shows file names and nothing of the files' content.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read, or is not PEM of the expected kind.
    #[error("{0}: want {1}")]
    File(PathBuf, &'static str),
    /// The private key is readable by everybody.
    #[error("{0}: the key may be read by everybody on this machine: want mode 0600 or 0640")]
    ReadableByOthers(PathBuf),
    /// Certificate and key do not match, or are of an unsupported kind.
    #[error("the certificate and the key of TLS cannot be used: {0}")]
    Unusable(String),
}

/// The TLS configuration in force. Clones share it.
#[derive(Clone, Debug)]
pub struct Tls(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    files: TlsFiles,
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Loads TLS from these files.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let current = RwLock::new(read(&files)?);
        Ok(Self(Arc::new(Inner { files, current })))
    }

    /// Reloads the files, for new connections.
    ///
    /// # Errors
    /// When they cannot be used; the configuration in force is kept.
    pub fn reload(&self) -> Result<(), TlsError> {
        let read = read(&self.0.files)?;
        *self.0.current.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let current = self.0.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }
}

fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let unusable = |error: &dyn std::fmt::Display| TlsError::Unusable(error.to_string());
    let provider = Arc::new(aws_lc_rs::default_provider());
    let chain = certificates(&files.certificate)?;
    check_permissions(&files.key)?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|_| TlsError::File(files.key.clone(), "a private key in PEM that can be read"))?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for root in certificates(path)? {
                roots
                    .add(root)
                    .map_err(|_| TlsError::File(path.clone(), "certificates that may vouch for others"))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .allow_unauthenticated()
                .build()
                .map_err(|error| unusable(&error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_single_cert(chain, key).map_err(|error| unusable(&error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unreadable = || TlsError::File(path.to_owned(), "certificates in PEM that can be read");
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(|_| unreadable())?.collect();
    all.ok().filter(|all| !all.is_empty()).ok_or_else(unreadable)
}

/// Refuses a key readable by everybody. A group may read it: many systems keep keys that way.
fn check_permissions(path: &Path) -> Result<(), TlsError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = std::fs::metadata(path)
            .map_err(|_| TlsError::File(path.to_owned(), "a private key in PEM that can be read"))?;
        if metadata.permissions().mode() & 0o007 != 0 {
            return Err(TlsError::ReadableByOthers(path.to_owned()));
        }
    }
    Ok(())
}
