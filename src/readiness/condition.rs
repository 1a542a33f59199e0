//! The conditions, each with its word.

/// Something that keeps a server from its work, or that whoever runs it has to know ([`stands_in_the_way`](Self::stands_in_the_way)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// A database does not answer, or not in time.
    DatabaseAway,
    /// The newest entry could not be written to the trail, and nothing was written since.
    TrailNotWritten,
    /// The trail's chain is not as this process left it: it writes nothing more.
    TrailStopped,
    /// A file of a database was deleted, moved or replaced.
    FileMoved,
    /// The disk of a database has less room than is to stay free.
    DiskLow,
    /// No issuer's keys could be read for a long time: nobody could safely sign in.
    KeysOld,
    /// A database's address leads to a standby.
    DatabaseStandby,
    /// The database does not note every write of a family.
    WritesNotNoted,
    /// Numbers of writes are drawn that are not greater than those before, and could not be set right.
    NumbersBackwards,
    /// The main database lacks a change that this process has made: it is an older one.
    DatabaseBehind,
    /// A newer program has migrated the database.
    SchemaNewer,
    /// Something in the trail is not as it was written.
    TrailUnsound,
    /// A witness could not be told for long how the trail stands.
    WitnessBehind,
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::DatabaseAway,
        Self::TrailNotWritten,
        Self::TrailStopped,
        Self::FileMoved,
        Self::DiskLow,
        Self::KeysOld,
        Self::DatabaseStandby,
        Self::WritesNotNoted,
        Self::NumbersBackwards,
        Self::DatabaseBehind,
        Self::SchemaNewer,
        Self::TrailUnsound,
        Self::WitnessBehind,
    ];

    /// Whether the server is to be left because of it. What only has to be known is told like the others.
    pub fn stands_in_the_way(self) -> bool {
        !matches!(self, Self::SchemaNewer | Self::TrailUnsound | Self::WitnessBehind)
    }

    /// Its word: in the log, as the label of its metric, and in `docs/operations.md`.
    pub fn word(self) -> &'static str {
        match self {
            Self::DatabaseAway => "database_away",
            Self::TrailNotWritten => "trail_not_written",
            Self::TrailStopped => "trail_stopped",
            Self::FileMoved => "file_moved",
            Self::DiskLow => "disk_low",
            Self::KeysOld => "keys_old",
            Self::DatabaseStandby => "database_standby",
            Self::WritesNotNoted => "writes_not_noted",
            Self::NumbersBackwards => "numbers_backwards",
            Self::DatabaseBehind => "database_behind",
            Self::SchemaNewer => "schema_newer",
            Self::TrailUnsound => "trail_unsound",
            Self::WitnessBehind => "witness_behind",
        }
    }

    /// What it says to whoever reads the log.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::DatabaseAway => "a database does not answer",
            Self::TrailNotWritten => "the trail could not be written, and was not written since",
            Self::TrailStopped => {
                "the trail's chain is not as this process left it: nothing more is written until a new start"
            }
            Self::FileMoved => "a file of a database was deleted, moved or replaced while it was in use",
            Self::DiskLow => "the disk of a database has less room than is to stay free",
            Self::KeysOld => "no issuer's keys could be read for a long time",
            Self::DatabaseStandby => "the address of a database leads to a standby, from which nobody is served",
            Self::WritesNotNoted => "triggers are missing or switched off: what was read of families is not used again",
            Self::NumbersBackwards => "numbers of writes run backwards: what was read of families is not used again",
            Self::TrailUnsound => "the trail is not as it was written: `thinkfamily audit verify` says where",
            Self::WitnessBehind => "a witness could not be told for long how the trail stands",
            Self::DatabaseBehind => {
                "the main database lacks a change that this process has made: nothing is given or changed until a new start"
            }
            Self::SchemaNewer => "a newer program has migrated the database: this one is to be upgraded",
        }
    }
}
