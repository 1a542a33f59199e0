//! The readiness conditions, with their labels and descriptions.

/// Something that makes the server not ready, or that its operator has to know
/// ([`blocks_readiness`](Self::blocks_readiness)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// A database does not answer, or not in time.
    DatabaseUnreachable,
    /// The last write to the trail failed, and none has succeeded since.
    TrailNotWritten,
    /// The trail's chain is not as this process left it: it writes nothing more.
    TrailStopped,
    /// A file of a database was deleted, moved or replaced.
    FileMoved,
    /// The disk of a database has less free space than is reserved.
    DiskLow,
    /// No issuer's keys could be read for a long time, so that nobody can safely be authenticated.
    KeysStale,
    /// A database's address leads to a standby.
    DatabaseStandby,
    /// Triggers that record every write of a family are missing or disabled.
    WriteTriggersMissing,
    /// A sequence of write numbers runs backwards, and could not be repaired.
    SequencesBackwards,
    /// The main database lacks a change that this process has made: it is an older copy.
    DatabaseBehind,
    /// A newer program has migrated the database.
    SchemaNewer,
    /// Verification has found something wrong in the trail.
    TrailCorrupt,
    /// A witness has not taken a checkpoint for a long time.
    WitnessBehind,
}

impl Condition {
    /// All conditions.
    pub const ALL: [Self; 13] = [
        Self::DatabaseUnreachable,
        Self::TrailNotWritten,
        Self::TrailStopped,
        Self::FileMoved,
        Self::DiskLow,
        Self::KeysStale,
        Self::DatabaseStandby,
        Self::WriteTriggersMissing,
        Self::SequencesBackwards,
        Self::DatabaseBehind,
        Self::SchemaNewer,
        Self::TrailCorrupt,
        Self::WitnessBehind,
    ];

    /// Whether it makes the server not ready. The others are only reported.
    pub fn blocks_readiness(self) -> bool {
        !matches!(self, Self::SchemaNewer | Self::TrailCorrupt | Self::WitnessBehind)
    }

    /// Its label: in the log, in its metric, and in `docs/operations.md`.
    pub fn label(self) -> &'static str {
        match self {
            Self::DatabaseUnreachable => "database_away",
            Self::TrailNotWritten => "trail_not_written",
            Self::TrailStopped => "trail_stopped",
            Self::FileMoved => "file_moved",
            Self::DiskLow => "disk_low",
            Self::KeysStale => "keys_old",
            Self::DatabaseStandby => "database_standby",
            Self::WriteTriggersMissing => "writes_not_noted",
            Self::SequencesBackwards => "numbers_backwards",
            Self::DatabaseBehind => "database_behind",
            Self::SchemaNewer => "schema_newer",
            Self::TrailCorrupt => "trail_unsound",
            Self::WitnessBehind => "witness_behind",
        }
    }

    /// Its description for the log.
    pub fn description(self) -> &'static str {
        match self {
            Self::DatabaseUnreachable => "a database does not answer",
            Self::TrailNotWritten => "the trail could not be written, and was not written since",
            Self::TrailStopped => {
                "the trail's chain is not as this process left it: nothing more is written until a new start"
            }
            Self::FileMoved => "a file of a database was deleted, moved or replaced while it was in use",
            Self::DiskLow => "the disk of a database has less room than is to stay free",
            Self::KeysStale => "no issuer's keys could be read for a long time",
            Self::DatabaseStandby => "the address of a database leads to a standby, from which nobody is served",
            Self::WriteTriggersMissing => {
                "triggers are missing or switched off: what was read of families is not used again"
            }
            Self::SequencesBackwards => "numbers of writes run backwards: what was read of families is not used again",
            Self::TrailCorrupt => "the trail is not as it was written: `thinkfamily audit verify` says where",
            Self::WitnessBehind => "a witness could not be told for long how the trail stands",
            Self::DatabaseBehind => {
                "the main database lacks a change that this process has made: nothing is given or changed until a new start"
            }
            Self::SchemaNewer => "a newer program has migrated the database: this one is to be upgraded",
        }
    }
}
