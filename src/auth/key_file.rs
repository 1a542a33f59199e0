//! A private key file: readable by its owner only, created once even if two processes start together.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::Path,
};

use aws_lc_rs::signature::Ed25519KeyPair;

use super::dev_issuer_error::DevIssuerError;

/// Maximum size of a key file, in bytes; an Ed25519 key has about 80.
const MAX_FILE_BYTES: u64 = 4096;

/// The key (PKCS #8) of that name in the directory; directory and key are created if missing.
pub(super) fn open_or_create(directory: &Path, name: &str) -> Result<Vec<u8>, DevIssuerError> {
    let path = directory.join(name);
    match read(&path) {
        Err(DevIssuerError::Io(error)) if error.kind() == ErrorKind::NotFound => {}
        result => return result,
    }
    create_directory(directory)?;
    // The random numbers are those of the cryptography library, as they must be for a key.
    let key = Ed25519KeyPair::generate()
        .and_then(|key| key.to_pkcs8())
        .map_err(|_| DevIssuerError::NotAKey)?;
    let temporary = directory.join(format!(".{name}.{}", std::process::id()));
    let written = write(&temporary, key.as_ref()).and_then(|()| match fs::hard_link(&temporary, &path) {
        // Another process was first: its key counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&temporary);
    written?;
    removed?;
    read(&path)
}

fn read(path: &Path) -> Result<Vec<u8>, DevIssuerError> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(DevIssuerError::ReadableByOthers);
        }
    }
    if !metadata.is_file() || metadata.len() > MAX_FILE_BYTES {
        return Err(DevIssuerError::NotAKey);
    }
    let mut key = Vec::new();
    file.take(MAX_FILE_BYTES).read_to_end(&mut key)?;
    Ok(key)
}

fn write(path: &Path, key: &[u8]) -> std::io::Result<()> {
    // A file left by a killed process of the same id.
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(key)?;
    file.sync_all()
}

fn create_directory(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}
