//! Reads a witness's copies: files of checkpoints, or folders of such files. Time-stamped checkpoints count
//! as well.

use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
};

use super::error::AuditError;
use crate::audit::{PublicKey, Report, witnessed::Witnessed};

/// File name extensions in a witness's folder; other files are ignored.
const EXTENSIONS: [&str; 2] = ["checkpoints", "checkpoint"];

/// Reads all copies, and reports what is wrong in them.
pub(super) fn read(paths: &[PathBuf], keys: &[PublicKey]) -> Result<(Witnessed, Report), AuditError> {
    let (mut witnessed, mut report) = (Witnessed::default(), Report::default());
    for path in paths {
        for file in files(path)? {
            let from = File::open(&file).map_err(|error| AuditError::file(&file, error))?;
            witnessed
                .read(BufReader::new(from), keys, &mut report)
                .map_err(|error| AuditError::file(&file, error))?;
        }
    }
    Ok((witnessed, report))
}

fn files(path: &Path) -> Result<Vec<PathBuf>, AuditError> {
    let failed = |error| AuditError::file(path, error);
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file
            .extension()
            .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
        {
            files.push(file);
        }
    }
    files.sort_unstable();
    Ok(files)
}
