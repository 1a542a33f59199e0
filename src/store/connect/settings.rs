//! How the databases are opened, and how their connections are counted.

use std::time::Duration;

/// Limits of the connections to the databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Connections to the main database that read, at most, and half as many that write; of SQLite, and where all is read over those that write, so many of the one kind.
    pub connections: u32,
    /// Connections to the trail, at most; one writes, the others read.
    pub trail_connections: u32,
    /// How long to wait for a free connection, and for a new one to be made.
    pub acquire_timeout: Duration,
    /// How long a statement of an operation may run. PostgreSQL holds every other statement to it as well.
    pub statement_timeout: Duration,
    /// How long SQLite waits for another writer.
    pub busy_timeout: Duration,
    /// What a commit to the main database survives with SQLite. The trail's is always [`Synchronous::Full`].
    pub synchronous: Synchronous,
    /// How often those who wait for changes look by themselves.
    pub feed_poll: Duration,
    /// Memory for what was read of families, in bytes, about.
    pub family_cache: usize,
    /// What is there is only looked at, and nothing of families is given to anybody: a standby of PostgreSQL will do, and SQLite files are opened for reading alone, where nothing may be made
    /// beside them either.
    pub only_looks: bool,
    /// Nobody else may have the databases open meanwhile, as far as that can be known.
    pub alone: bool,
    /// Bytes that are to stay free on the disk of a SQLite database: with fewer nothing is written to it.
    pub disk_reserve: u64,
}

/// What a commit survives with SQLite; PostgreSQL is configured at its own server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// The end of the process. After a loss of power the last commits may be gone; the file stays whole.
    Normal,
    /// A loss of power as well.
    Full,
}

impl Default for Settings {
    /// Ten connections and four for the trail, five seconds to get one, fifteen for a statement, nothing lost; a look every five seconds; 128 MB for families; the disk may fill.
    fn default() -> Self {
        Self {
            connections: 10,
            trail_connections: 4,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
            busy_timeout: Duration::from_secs(5),
            synchronous: Synchronous::Full,
            feed_poll: Duration::from_secs(5),
            family_cache: 128_000_000,
            only_looks: false,
            alone: false,
            disk_reserve: 0,
        }
    }
}

/// How many connections a database has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Open ones.
    pub open: u64,
    /// Those of them that nobody uses now.
    pub idle: u64,
}

/// What has become of the connections that only read, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Connections made.
    pub made: u64,
    /// Those of them that were lost, or given up because the server said nothing.
    pub lost: u64,
    /// Operations that got none in time, or for which none could be made.
    pub refused: u64,
}
