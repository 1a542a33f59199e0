//! The secret of an installation, from which the keys for single uses are derived (HKDF).
//!
//! Uses its file in the data directory, nothing else. Replicas that share a database must share the file, or
//! ids and cursors of one are invalid for the other.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::{error::Unspecified, hkdf};

/// The file name of the secret in the data directory.
const FILE_NAME: &str = "secret.key";
const SECRET_BYTES: usize = 32;

/// Why the secret cannot be used. Shows the file's name and nothing of its content.
#[derive(Debug, thiserror::Error)]
pub(super) enum SecretError {
    /// The file cannot be read or created.
    #[error("the secret {} cannot be used: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is readable by others.
    #[error("the secret {} can be read by others: its mode must be 0600", .0.display())]
    Exposed(PathBuf),
    /// It is not 32 bytes long.
    #[error("the secret {} is not 32 bytes long", .0.display())]
    Length(PathBuf),
    /// The system gave no random bytes, or a key could not be derived.
    #[error("no key could be made")]
    Generation,
}

impl From<Unspecified> for SecretError {
    fn from(_: Unspecified) -> Self {
        Self::Generation
    }
}

/// The secret of an installation.
pub(super) struct Secret([u8; SECRET_BYTES]);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

impl Secret {
    /// Loads the secret from the data directory, or creates it. Of several processes starting at once, all
    /// get the same.
    pub(super) fn load_or_create(data_dir: &Path) -> Result<Self, SecretError> {
        let path = data_dir.join(FILE_NAME);
        match Self::load(&path) {
            Err(SecretError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
        let mut bytes = [0; SECRET_BYTES];
        // The random bytes are those of the cryptography library, as they must be for a key.
        aws_lc_rs::rand::fill(&mut bytes)?;
        write_new_atomically(&path, &bytes).map_err(|source| SecretError::File {
            path: path.clone(),
            source,
        })?;
        Self::load(&path)
    }

    /// Loads the secret from the data directory, where it must exist.
    pub(super) fn existing(data_dir: &Path) -> Result<Self, SecretError> {
        Self::load(&data_dir.join(FILE_NAME))
    }

    /// A fingerprint that identifies the secret and discloses nothing of it.
    pub(super) fn fingerprint(&self) -> Result<String, SecretError> {
        let key = self.key("fingerprint")?;
        let first = key.first_chunk().copied().unwrap_or_default();
        Ok(format!("{:016x}", u64::from_be_bytes(first)))
    }

    fn load(path: &Path) -> Result<Self, SecretError> {
        let failed = |source| SecretError::File {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if file.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
                return Err(SecretError::Exposed(path.to_owned()));
            }
        }
        let mut bytes = Vec::new();
        file.take(SECRET_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| SecretError::Length(path.to_owned()))
    }

    /// Derives the key for one use (HKDF with SHA-256): the same for the same name, and of no help in
    /// deriving any other.
    pub(super) fn key(&self, name: &str) -> Result<[u8; 32], SecretError> {
        let mut key = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, b"thinkfamily secret 1")
            .extract(&self.0)
            .expand(&[name.as_bytes()], hkdf::HKDF_SHA256)?
            .fill(&mut key)?;
        Ok(key)
    }
}

/// Writes a new file atomically and durably, or leaves an existing one.
fn write_new_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&temporary).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        match fs::hard_link(&temporary, path) {
            // Another process was first: its secret counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    });
    let removed = fs::remove_file(&temporary);
    written?;
    removed?;
    #[cfg(unix)]
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests;
