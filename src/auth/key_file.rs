//! A private key's file: readable by its owner only, made once even when two processes start together.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::Path,
};

use aws_lc_rs::signature::Ed25519KeyPair;

use super::dev_issuer_error::DevIssuerError;

/// The largest key file, in bytes; an Ed25519 key has about 80.
const KEY_BYTES: u64 = 4096;

/// The key (PKCS #8) of that name in the directory; the directory and the key are made if they are not there.
pub(super) fn open_or_make(directory: &Path, name: &str) -> Result<Vec<u8>, DevIssuerError> {
    let path = directory.join(name);
    match read(&path) {
        Err(DevIssuerError::Io(error)) if error.kind() == ErrorKind::NotFound => {}
        result => return result,
    }
    make_directory(directory)?;
    // Chance is the cryptography library's own here, as it must be for a key.
    let key = Ed25519KeyPair::generate()
        .and_then(|key| key.to_pkcs8())
        .map_err(|_| DevIssuerError::NotAKey)?;
    let draft = directory.join(format!(".{name}.{}", std::process::id()));
    let written = write(&draft, key.as_ref()).and_then(|()| match fs::hard_link(&draft, &path) {
        // Another process was first: its key is the key.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&draft);
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
    if !metadata.is_file() || metadata.len() > KEY_BYTES {
        return Err(DevIssuerError::NotAKey);
    }
    let mut key = Vec::new();
    file.take(KEY_BYTES).read_to_end(&mut key)?;
    Ok(key)
}

fn write(path: &Path, key: &[u8]) -> std::io::Result<()> {
    // What a killed process of the same number left behind.
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

fn make_directory(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}
