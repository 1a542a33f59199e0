//! The key pair that signs the heads of chains, and its public half for verification.
//!
//! Touches only the two key files whose paths it is given.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use aws_lc_rs::{
    encoding::{AsBigEndian, Curve25519SeedBin},
    error::Unspecified,
    hkdf::{HKDF_SHA256, Salt},
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The longest key file, in bytes.
const MAX_FILE: u64 = 4096;
const PUBLIC_PREFIX: &str = "ed25519:";

/// What is wrong with a key or its file. The path is for the operator; the message has no key material.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the trail's key file {path} cannot be used: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Users other than the owner can read the private key.
    #[error("the trail's key file {0} can be read by others; its mode must be 0600")]
    Exposed(PathBuf),
    /// The bytes are not an Ed25519 key.
    #[error("not an Ed25519 key")]
    Malformed,
    /// The operating system gave no random numbers.
    #[error("no key could be generated")]
    Generation,
}

/// The private key that signs heads. Clones share it.
#[derive(Clone)]
pub struct HeadKey {
    pair: Arc<Ed25519KeyPair>,
}

impl fmt::Debug for HeadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeadKey({})", self.public())
    }
}

impl HeadKey {
    /// The key in a PKCS#8 document (DER, version 1 or 2).
    pub fn from_pkcs8(document: &[u8]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).map_err(|_| KeyError::Malformed)?;
        Ok(Self { pair: Arc::new(pair) })
    }

    /// The key in a file (PKCS#8, DER) that only its owner can read.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let failed = |source| KeyError::File {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if file.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
                return Err(KeyError::Exposed(path.to_owned()));
            }
        }
        let mut document = Vec::new();
        file.take(MAX_FILE).read_to_end(&mut document).map_err(failed)?;
        Self::from_pkcs8(&document)
    }

    /// The key in the file, or a new one created there (mode 0600). If several processes start at once, all
    /// get the same key.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        match Self::load(path) {
            Err(KeyError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Generation)?;
        create_atomically(path, document.as_ref()).map_err(|source| KeyError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::load(path)
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey(bytes)
    }

    /// Derives a 32-byte key for another use (HKDF). Only the holder of this key can derive it.
    pub(super) fn derive(&self, used_for: &'static [u8]) -> Result<[u8; 32], Unspecified> {
        let seed = self.pair.seed()?;
        let seed: Curve25519SeedBin<'_> = seed.as_be_bytes()?;
        let extracted = Salt::new(HKDF_SHA256, b"thinkfamily trail key").extract(seed.as_ref());
        let mut key = [0; 32];
        extracted.expand(&[used_for], HKDF_SHA256)?.fill(&mut key)?;
        Ok(key)
    }

    /// The signature of `message`, in base64.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.signature(message))
    }

    /// The signature of `message`: 64 bytes.
    pub(super) fn signature(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

/// Creates a file atomically and durably, or leaves the one already there: the content is written to a
/// temporary file, and hard-linking that fails if the name is taken.
fn create_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(
        ".{}.{}.new",
        std::process::id(),
        COUNTER.fetch_add(1, Ordering::Relaxed)
    ));
    let beside = path.with_file_name(name);
    let written = (|| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(&beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        match fs::hard_link(&beside, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    })();
    let removed = fs::remove_file(&beside);
    written?;
    removed?;
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// The public key that heads are verified with. As text: `ed25519:` and 32 bytes in base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key in a file that holds its text form.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let mut text = String::new();
        File::open(path)
            .and_then(|file| file.take(MAX_FILE).read_to_string(&mut text))
            .map_err(|source| KeyError::File {
                path: path.to_owned(),
                source,
            })?;
        text.parse()
    }

    /// Writes the text form to a file, overwriting it.
    pub fn export(&self, path: &Path) -> Result<(), KeyError> {
        fs::write(path, format!("{self}\n")).map_err(|source| KeyError::File {
            path: path.to_owned(),
            source,
        })
    }

    /// Whether `signature` (base64) is this key's signature of `message`.
    pub(crate) fn signed(&self, message: &[u8], signature: &str) -> bool {
        STANDARD
            .decode(signature)
            .is_ok_and(|signature| self.made(message, &signature))
    }

    /// Whether these bytes are this key's signature of `message`.
    pub(super) fn made(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0)
            .verify(message, signature)
            .is_ok()
    }

    /// The 32 bytes.
    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let digits = text.trim().strip_prefix(PUBLIC_PREFIX).ok_or(KeyError::Malformed)?;
        let bytes = STANDARD.decode(digits).map_err(|_| KeyError::Malformed)?;
        Ok(Self(bytes.try_into().map_err(|_| KeyError::Malformed)?))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC_PREFIX}{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
