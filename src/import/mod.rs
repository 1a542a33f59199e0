//! Bulk import: documented CSV files, one a table, checked line by line and turned into plain rows.
//!
//! Touches no database and no clock: what is there already is handed in, and rows are handed out in batches. Whoever loads them does so
//! per file:
//! 1. [`files`] names the files of a directory in the order in which they are loaded; one already loaded (by name and
//!    [`Checked::hash`]) is passed over.
//! 2. [`Importer::check`] reads a file once, to its end, and refuses it whole for any bad value. Keys that it names and that no file of this
//!    import defined are in [`Checked::unresolved`]; those that the database does not have either go to [`Checked::missing`], which
//!    refuses the file with the lines.
//! 3. [`Importer::batches`] reads it again and yields its lines; it fails if the file is no longer the one that was checked.
//!    [`Importer::compare`] holds them against the rows that are there, and refuses what a line may not be as a whole, and what may not
//!    become of a row.
//! 4. The [`Plan`] gives the rows of each [`Step`]; all of them go into one transaction, then [`Importer::loaded`] makes the file's keys known
//!    to those after it.
//!
//! A row's identifier is made of the authority, the table and the partner's own key, so that importing a file again means the same rows.
//! Messages name lines and columns and never a value, since values are about people.

mod carried;
mod column;
mod compare;
mod keys;
mod line;
mod read;
mod rows;
mod source;
mod table;
mod whole;
mod write;

pub use self::{
    carried::{Source, carried},
    compare::{Comparing, Counts, Plan, Step, last, whose},
    keys::row_id,
    read::{BATCH, Batch, Batches, Checked, Importer, Reference},
    table::FILES,
    write::{Exporter, Unwritable},
};

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
};

use crate::records::Table;

/// At most this many bad lines of one file are told.
pub const MOST_PROBLEMS: usize = 100;

/// What is wrong with one place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u64,
    /// The column's name; empty where it is about the line.
    pub column: String,
    /// What is wrong, without the value.
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.column.is_empty() {
            write!(f, "{}: ", self.column)?;
        }
        f.write_str(&self.why)
    }
}

/// Why a file was refused, whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// The first problems, in the order of the lines.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub more: u64,
}

impl Refused {
    /// How many lines are bad, in words; at least so many, where not all are told.
    pub fn count(&self) -> String {
        let lines: BTreeSet<u64> = self.problems.iter().map(|problem| problem.line).collect();
        match (self.more, lines.len()) {
            (0, 1) => "1 line".to_owned(),
            (0, lines) => format!("{lines} lines"),
            (_, lines) => format!("{lines} lines or more"),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

/// Why an import could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file has bad lines.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The file could not be read.
    #[error("{file}: {error}")]
    Read {
        /// The file's name.
        file: String,
        /// Why.
        error: std::io::Error,
    },
    /// The file is not the one that was checked.
    #[error("{file}: changed while it was being imported")]
    Changed {
        /// The file's name.
        file: &'static str,
    },
    /// The directory holds a CSV file that is no table's.
    #[error("{file}: there is no such table; the files are {}", table::names())]
    UnknownFile {
        /// The file's name.
        file: String,
    },
    /// The directory holds none of the files.
    #[error("there is nothing to import; the files are {}", table::names())]
    Nothing,
}

/// The files of a directory that are to be loaded, in that order. Files other than `.csv` are passed over.
///
/// # Errors
/// When the directory cannot be read, holds no file of ours, or a CSV file that is not one of ours (a misspelt one would be forgotten).
pub fn files(directory: &Path) -> Result<Vec<(Table, PathBuf)>, ImportError> {
    let unreadable = |error| ImportError::Read {
        file: "the directory".to_owned(),
        error,
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if !path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
        {
            continue;
        }
        match FILES.iter().copied().find(|table| table.file_name() == name) {
            Some(table) => found.push((table, path)),
            None => return Err(ImportError::UnknownFile { file: name.to_owned() }),
        }
    }
    if found.is_empty() {
        return Err(ImportError::Nothing);
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod carrying;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod tests;
