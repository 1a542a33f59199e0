//! TLS in the process: from files to a configuration, read anew when the files have changed. Only what is safe is spoken: TLS 1.2 and 1.3 as the
//! library has them.

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

/// The files of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// Certificates, the server's own first.
    pub certificate: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
    /// Who vouches for clients' certificates; without it clients are not asked for one.
    pub client_ca: Option<PathBuf>,
}

/// Why TLS cannot be spoken. Shows names of files and nothing of what is in them.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read, or is not PEM with what is wanted.
    #[error("{0}: want {1}")]
    File(PathBuf, &'static str),
    /// Others may read the key.
    #[error("{0}: the key may be read by everybody on this machine: want mode 0600 or 0640")]
    ReadableByOthers(PathBuf),
    /// Certificate and key do not belong together, or are of a kind that is not spoken.
    #[error("the certificate and the key of TLS cannot be used: {0}")]
    Unusable(String),
}

/// TLS as the files have it. Clones share it.
#[derive(Clone, Debug)]
pub struct Tls(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    files: TlsFiles,
    now: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// TLS with these files.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let now = RwLock::new(read(&files)?);
        Ok(Self(Arc::new(Inner { files, now })))
    }

    /// Reads the files anew, for connections to come.
    ///
    /// # Errors
    /// When they cannot be used; then everything stays as it is.
    pub fn reload(&self) -> Result<(), TlsError> {
        let read = read(&self.0.files)?;
        *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let now = self.0.now.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&now))
    }
}

fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let unusable = |error: &dyn std::fmt::Display| TlsError::Unusable(error.to_string());
    let provider = Arc::new(aws_lc_rs::default_provider());
    let chain = certificates(&files.certificate)?;
    check_mode(&files.key)?;
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
    let wrong = || TlsError::File(path.to_owned(), "certificates in PEM that can be read");
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(|_| wrong())?.collect();
    all.ok().filter(|all| !all.is_empty()).ok_or_else(wrong)
}

/// Refuses a key that everybody can read. A group may: many systems keep keys that way.
fn check_mode(path: &Path) -> Result<(), TlsError> {
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
