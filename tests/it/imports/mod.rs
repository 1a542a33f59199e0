//! Files out of the program and into it again, beside a server that runs.

mod killed;
mod property;
mod wire;

use std::{collections::BTreeMap, fs, path::PathBuf};

use tempfile::TempDir;
use thinkfamily::{import::FILES, records::Table};

use crate::support::process::Site;

/// A folder in which the program runs, with its database.
pub(crate) struct Council {
    folder: TempDir,
    pub(crate) site: Site,
}

impl Council {
    pub(crate) fn new(database: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::new(folder.path(), database);
        Self { folder, site }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a command prints; it must succeed.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let ran = self.site.run(arguments);
        let told = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{arguments:?}: {told}");
        String::from_utf8(ran.stdout).unwrap()
    }

    /// The files of the authority, by their tables.
    #[track_caller]
    pub(crate) fn export(&self) -> BTreeMap<Table, String> {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let files = folder.path().join("files");
        self.run(&["export", files.to_str().unwrap()]);
        let read = |table: Table| fs::read_to_string(files.join(table.file_name())).unwrap();
        FILES.iter().copied().map(|table| (table, read(table))).collect()
    }

    /// Imports these files, and gives what is told at the end.
    #[track_caller]
    pub(crate) fn import(&self, files: &BTreeMap<Table, String>, more: &[&str]) -> String {
        let folder = self.path("files");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        for (table, text) in files {
            fs::write(folder.join(table.file_name()), text).unwrap();
        }
        let mut arguments = vec!["import", folder.to_str().unwrap()];
        arguments.extend(more);
        self.run(&arguments)
    }

    /// Imports one file.
    #[track_caller]
    pub(crate) fn change(&self, table: Table, text: String) -> String {
        self.import(&BTreeMap::from([(table, text)]), &[])
    }
}

/// The text with one passage replaced, which must be there.
#[track_caller]
pub(crate) fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old}");
    text.replacen(old, new, 1)
}
