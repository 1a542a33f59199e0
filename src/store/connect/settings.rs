//! How the databases are opened, and statistics of their connections.

use std::time::Duration;

/// Connection settings of the databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most reading connections to the main database, with half as many that write; for SQLite, and if
    /// everything is read over the writing connections, this many in total.
    pub connections: u32,
    /// The most connections to the trail; one writes, the others read.
    pub trail_connections: u32,
    /// The timeout for acquiring a connection from the pool, including opening one.
    pub acquire_timeout: Duration,
    /// The statement timeout of operations. PostgreSQL applies it to every other statement as well.
    pub statement_timeout: Duration,
    /// SQLite's busy timeout: how long to wait for another writer.
    pub busy_timeout: Duration,
    /// What a commit to the main database survives on SQLite. The trail always has [`Synchronous::Full`].
    pub synchronous: Synchronous,
    /// The polling interval of readers that wait for changes.
    pub feed_poll: Duration,
    /// The approximate size of the cache of families, in bytes.
    pub family_cache: usize,
    /// Read-only use in which no family data is disclosed: a PostgreSQL standby is accepted, and SQLite files
    /// are opened read-only, even where no file can be created next to them.
    pub read_only: bool,
    /// Exclusive use: nobody else may have the databases open, as far as that can be known.
    pub exclusive: bool,
    /// The bytes to keep free on the disk of a SQLite database: with fewer, nothing is written to it.
    pub disk_reserve: u64,
}

/// What a commit survives on SQLite; PostgreSQL is configured on its own server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// The end of the process. After a power failure the last commits may be lost; the file stays consistent.
    Normal,
    /// A power failure as well.
    Full,
}

impl Default for Settings {
    /// Ten connections and four for the trail, five seconds to acquire one, fifteen for a statement, full
    /// durability; polling every five seconds; 128 MB for families; no disk reserve.
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
            read_only: false,
            exclusive: false,
            disk_reserve: 0,
        }
    }
}

/// The number of connections of a database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Open connections.
    pub open: u64,
    /// Idle ones among them.
    pub idle: u64,
}

/// Statistics of the reading connections since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadStats {
    /// Connections opened.
    pub made: u64,
    /// Connections lost, or given up because the server did not respond.
    pub lost: u64,
    /// Operations that got no connection in time, or for which none could be opened.
    pub refused: u64,
}
