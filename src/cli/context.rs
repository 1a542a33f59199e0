//! The context shared by all commands: settings, clock, data directory and databases.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{failure::Failure, restore};
use crate::{
    audit::{Code, HeadKey, Trail, TrailOptions},
    clock::{Clock, Ids},
    config::{Config, Mode},
    store::{
        Store,
        connect::{Databases, Settings},
        database_url::DatabaseUrl,
        keys,
        trail::TrailStore,
    },
};

/// The file name of the key that signs the trail's heads, in the data directory.
const TRAIL_KEY: &str = "trail.key";
/// Connections to the trail: one writes, the others read.
const TRAIL_CONNECTIONS: u32 = 3;

/// The context of a command.
pub(super) struct Context {
    /// The settings.
    pub(super) config: Config,
    /// The clock.
    pub(super) clock: Clock,
    /// The generator of identifiers.
    pub(super) ids: Ids,
}

impl Context {
    /// The path of the key that signs the trail's heads.
    pub(super) fn trail_key_path(&self) -> PathBuf {
        self.config.data_dir.join(TRAIL_KEY)
    }

    /// The code of the authority that a command is about. Only development has a default.
    pub(super) fn authority_code(&self, named: Option<&String>) -> Result<String, Failure> {
        match named {
            Some(code) => Ok(code.clone()),
            None if self.config.mode == Mode::Development => Ok("cambridgeshire".to_owned()),
            None => Err(Failure::usage(
                "name the authority with --authority CODE: outside development none is guessed",
            )),
        }
    }

    /// Creates the data directory for its owner alone, if it does not exist.
    pub(super) fn create_data_dir(&self) -> Result<(), Failure> {
        let path = &self.config.data_dir;
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(path)
            .map_err(|error| Failure::problem(format!("cannot make the data directory {}: {error}", path.display())))
    }

    /// Opens the databases without migrating, creating SQLite files that do not exist.
    pub(super) async fn databases(&self) -> Result<Databases, Failure> {
        self.open_databases(false, false).await
    }

    /// The URLs of the main database and of the trail.
    pub(super) fn database_urls(&self) -> Result<(DatabaseUrl, DatabaseUrl), Failure> {
        let database = &self.config.database;
        let read = |text: &str, setting: &str| {
            text.parse::<DatabaseUrl>()
                .map_err(|error| Failure::usage(format!("setting `{setting}`: {error}")))
        };
        let url = read(database.url.text(), "database_url")?;
        let trail_url = match &database.trail_url {
            Some(trail) => read(trail.text(), "trail_database_url")?,
            None => url.trail(),
        };
        Ok((url, trail_url))
    }

    async fn open_databases(&self, read_only: bool, exclusive: bool) -> Result<Databases, Failure> {
        let (url, trail_url) = self.database_urls()?;
        self.databases_at(&url, &trail_url, read_only, exclusive).await
    }

    /// Opens databases at other URLs, with the same settings.
    pub(super) async fn databases_at(
        &self,
        url: &DatabaseUrl,
        trail_url: &DatabaseUrl,
        read_only: bool,
        exclusive: bool,
    ) -> Result<Databases, Failure> {
        let database = &self.config.database;
        let settings = Settings {
            connections: database.connections,
            trail_connections: TRAIL_CONNECTIONS.min(database.connections.max(2)),
            acquire_timeout: database.wait,
            statement_timeout: database.statement_timeout,
            feed_poll: database.feed_poll,
            family_cache: usize::try_from(database.family_cache_mb)
                .unwrap_or(usize::MAX)
                .saturating_mul(1_000_000),
            read_only,
            exclusive,
            disk_reserve: u64::from(database.disk_reserve_mb) * 1_000_000,
            ..Settings::default()
        };
        Databases::open_at(url, trail_url, &settings)
            .await
            .map_err(Failure::problem)
    }

    /// Opens existing databases whose schema is current; changes nothing.
    pub(super) async fn existing_databases(&self) -> Result<Databases, Failure> {
        self.refuse_missing_file()?;
        let databases = self.databases().await?;
        refuse_pending_migrations(&databases).await?;
        Ok(databases)
    }

    /// The same for a command that discloses nothing of families: accepts a standby, opens SQLite files
    /// read-only, and creates nothing.
    pub(super) async fn read_only_databases(&self) -> Result<Databases, Failure> {
        self.refuse_missing_file()?;
        let (_, trail_url) = self.database_urls()?;
        if let Some(file) = trail_url.file().filter(|file| !file.exists()) {
            let sentence = format!("there is no trail at {}: the file is missing", file.display());
            return Err(Failure::problem(sentence));
        }
        self.open_databases(true, false).await
    }

    /// Opens the databases and migrates them, if the settings allow it.
    pub(super) async fn migrated_databases(&self) -> Result<Databases, Failure> {
        if !self.config.migrate {
            return self.existing_databases().await;
        }
        let databases = self.databases().await?;
        migrate(&databases).await?;
        Ok(databases)
    }

    /// The same, with exclusive use of databases that exist already.
    pub(super) async fn exclusive_databases(&self) -> Result<Databases, Failure> {
        self.refuse_missing_file()?;
        let databases = self.open_databases(false, true).await?;
        if self.config.migrate {
            migrate(&databases).await?;
        } else {
            refuse_pending_migrations(&databases).await?;
        }
        Ok(databases)
    }

    /// Refuses a missing SQLite file, which a read-only command must not create.
    pub(super) fn refuse_missing_file(&self) -> Result<(), Failure> {
        let url = self.config.database.url.text().parse::<DatabaseUrl>();
        match url.as_ref().ok().and_then(DatabaseUrl::file) {
            Some(file) if !file.exists() => Err(Failure::problem(format!(
                "there is no database at {} yet; `thinkfamily migrate up` makes it",
                file.display()
            ))),
            _ => Ok(()),
        }
    }

    /// The store over open databases.
    pub(super) fn store(&self, databases: &Databases) -> Store {
        Store::new(databases.clone(), self.clock.clone(), self.ids.clone())
    }

    /// Opens a chain of the trail for this process, unless one of the databases is behind. `name` says what
    /// the process does.
    pub(super) async fn trail(&self, databases: &Databases, name: &str) -> Result<Trail, Failure> {
        restore::refuse_behind(&self.store(databases), &self.config.data_dir).await?;
        self.open_trail_unchecked(databases, name).await
    }

    /// The same for the restore itself, even if a database is behind.
    pub(super) async fn trail_for_restore(&self, databases: &Databases) -> Result<Trail, Failure> {
        self.open_trail_unchecked(databases, "restore").await
    }

    async fn open_trail_unchecked(&self, databases: &Databases, name: &str) -> Result<Trail, Failure> {
        self.create_data_dir()?;
        let key = HeadKey::load_or_create(&self.trail_key_path()).map_err(Failure::problem)?;
        let store = TrailStore::of(databases);
        // Before it has a chain: without an identity, the marks of another trail would be taken for its own.
        let open_error =
            |error: &dyn std::fmt::Display| Failure::problem(format!("the trail cannot be opened: {error}"));
        let identity = store
            .identity_or(self.ids.uuid())
            .await
            .map_err(|error| open_error(&error))?;
        let trail = Trail::open(
            store,
            key,
            Code::nearest(format!("{name}/{}", std::process::id())),
            self.clock.clone(),
            self.ids.clone(),
            TrailOptions {
                marks_folder: Some(self.config.data_dir.clone()),
                ..TrailOptions::default()
            },
        )
        .await
        .map_err(|error| open_error(&error))?;
        trail.note_in(self.config.data_dir.clone(), identity);
        Ok(trail)
    }
}

async fn migrate(databases: &Databases) -> Result<(), Failure> {
    databases.migrate_up().await.map_err(Failure::problem)?;
    keys::backfill(databases).await.map_err(Failure::problem)?;
    Ok(())
}

/// Closes the databases; errors no longer matter and are only logged.
pub(super) async fn close(databases: Databases) {
    if let Err(error) = databases.close().await {
        tracing::warn!(%error, "the databases were not closed in order");
    }
}

/// Refuses a database with pending migrations.
pub(super) async fn refuse_pending_migrations(databases: &Databases) -> Result<(), Failure> {
    let steps = databases.migration_status().await.map_err(Failure::problem)?;
    match steps.iter().filter(|step| !step.applied).count() {
        0 => Ok(()),
        pending => Err(Failure::problem(format!(
            "the database {} is {pending} migrations behind this program; `thinkfamily migrate up` applies them",
            databases.url()
        ))),
    }
}

/// Reads a text file of at most `max_bytes` bytes; reads one byte more, so that a larger file is detected.
pub(super) fn read_text(path: &Path, max_bytes: usize) -> Result<String, Failure> {
    use std::io::Read as _;
    let file = path.display();
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(max_bytes as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::problem(format!("{file} cannot be read: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid_bytes = error.utf8_error().valid_up_to();
        let lines = String::from_utf8_lossy(&error.as_bytes()[..valid_bytes])
            .matches('\n')
            .count();
        Failure::problem(format!("{file}:{}: not UTF-8 text", lines + 1))
    })
}
