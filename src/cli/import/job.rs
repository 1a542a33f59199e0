//! The arguments of an import, what it works with, and its messages on standard error.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;

use crate::{
    audit::Trail,
    cli::{context::Context, failure::Failure},
    import::{ImportError, Source},
    store::{Store, connect::Databases},
};

/// Load CSV files, one a table, each whole or not at all.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct ImportArgs {
    /// The directory with the files, such as person.csv and family.csv.
    #[arg(value_name = "DIR", required_unless_present = "templates")]
    pub(super) directory: Option<PathBuf>,
    /// The code of the authority whose data they are [default: cambridgeshire in development, none
    /// otherwise].
    #[arg(long, value_name = "CODE")]
    pub(super) authority: Option<String>,
    /// Make the authority, with this name, if it is not there.
    #[arg(long, value_name = "NAME")]
    pub(super) new_authority: Option<String>,
    /// What whoever meets a family with a marker is asked to do: the authority's own words, kept until they
    /// are set anew.
    #[arg(long, value_name = "TEXT")]
    pub(super) marker_advice: Option<String>,
    /// Say what would be new, changed and refused, and write nothing.
    #[arg(long, conflicts_with = "marker_advice")]
    pub(super) check: bool,
    /// Write an empty file of each table with the names of its columns, and load nothing.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["directory", "authority", "new_authority", "marker_advice", "check"])]
    pub(super) templates: Option<PathBuf>,
}

/// An import in progress.
pub(super) struct ImportJob<'a> {
    pub(super) context: &'a Context,
    pub(super) databases: &'a Databases,
    pub(super) store: &'a Store,
    /// The trail to announce changes in; `None` in a dry run.
    pub(super) trail: Option<&'a Trail>,
}

/// Opens a file to read it.
pub(super) fn open(source: &Source) -> Result<Box<dyn io::Read + Send>, Failure> {
    let failed = |error| Failure::problem(format!("{}: cannot be read: {error}", source.table.file_name()));
    source.open().map_err(failed)
}

/// Prints every bad line, and reports that nothing of the file was loaded.
pub(super) fn import_failure(error: ImportError) -> Failure {
    match error {
        ImportError::Refused(problems) => {
            report(format_args!("{problems}"));
            let file = problems.problems.first().map_or("the file", |problem| problem.file);
            Failure::problem(format!(
                "{file} was refused, for {}: nothing of it was loaded, nor of the files after it",
                problems.count()
            ))
        }
        error => Failure::problem(error),
    }
}

/// Prints a line on standard error; if it is closed the import goes on.
pub(super) fn report(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}
