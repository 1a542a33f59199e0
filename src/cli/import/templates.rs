//! Writes empty CSV files with their column headings.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
    process::ExitCode,
};

use crate::{cli::failure::Failure, import::FILES};

/// Writes the files into a folder, which is created if needed. If one of them exists nothing is written.
pub(super) fn write(folder: &Path, out: &mut (dyn Write + Send)) -> Result<ExitCode, Failure> {
    let failed = |error: std::io::Error| Failure::problem(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    if let Some(table) = FILES.iter().find(|table| folder.join(table.file_name()).exists()) {
        let name = table.file_name();
        return Err(Failure::problem(format!(
            "{name} is there already; nothing was written"
        )));
    }
    for table in FILES.iter().copied() {
        let names: Vec<&str> = table.in_file().iter().map(|column| column.file).collect();
        let mut options = OpenOptions::new();
        let path = folder.join(table.file_name());
        let file = options.write(true).create_new(true).open(path);
        file.and_then(|mut file| writeln!(file, "{}", names.join(",")))
            .map_err(failed)?;
    }
    writeln!(out, "{} files with the names of their columns", FILES.len())?;
    Ok(ExitCode::SUCCESS)
}
