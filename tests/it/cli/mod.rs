//! The program itself, as people run it: in a folder of its own, with nothing of the tests' environment.

mod agreement;
mod commands;
mod counters;
mod demo;
mod import;
mod matching;
mod serve;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use sea_orm::{ConnectionTrait, Statement};
use tempfile::TempDir;
use thinkfamily::store::{connect::Databases, database_url::DatabaseUrl};

use crate::support::{database::settings, trail};

/// A folder in which the program is run.
pub(crate) struct Home {
    folder: TempDir,
    database: Option<String>,
}

/// How a run ended.
pub(crate) struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    /// With the default database, a file in the folder.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: None,
        }
    }

    /// With the database at that address.
    pub(crate) fn with_database(database: &str) -> Self {
        Self {
            database: Some(database.to_owned()),
            ..Self::new()
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thinkfamily"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    fn url(&self) -> DatabaseUrl {
        match &self.database {
            Some(text) => text.parse().unwrap(),
            None => DatabaseUrl::sqlite(self.path("data/thinkfamily.db")),
        }
    }

    /// The numbers that a statement gives, from the main database.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let databases = Databases::open(&self.url(), &settings()).await.unwrap();
        let main = databases.main();
        let statement = Statement::from_string(main.get_database_backend(), sql);
        let row = main.query_one_raw(statement).await.unwrap().unwrap();
        let number = row.try_get_by_index(0).unwrap();
        databases.close().await.unwrap();
        number
    }

    /// The bodies of the trail's entries of a kind.
    pub(crate) async fn entries(&self, kind: &str) -> Vec<serde_json::Value> {
        let databases = Databases::open(&self.url(), &settings()).await.unwrap();
        let mut entries = trail::placed(&databases).await;
        databases.close().await.unwrap();
        entries.retain(|(_, entry, _)| entry.kind.code() == kind);
        entries.sort_by_key(|(place, entry, _)| (entry.at, place.seq));
        let bodies = entries.iter().map(|(_, _, body)| serde_json::from_str(body).unwrap());
        bodies.collect()
    }
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Fails unless it ended with that code; gives standard output.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "out: {}\nerr: {}", self.out, self.err);
        self.out
    }

    /// Fails unless it ended with that code and told every one of these; what it told holds no sign of a panic.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, told: &[&str]) {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        for text in told {
            assert!(self.err.contains(text), "no {text:?} in:\n{}", self.err);
        }
        for text in ["panicked", "RUST_BACKTRACE", "unwrap"] {
            assert!(!self.err.contains(text), "{text} in:\n{}", self.err);
        }
    }
}

/// A file of the repository.
fn repository(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}
