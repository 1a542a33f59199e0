//! The readiness conditions, with their labels and descriptions.

/// Says the conditions: what each is, its label, and its description.
macro_rules! conditions {
    ($(#[doc = $says:literal] $condition:ident = $label:literal, $description:literal;)+) => {
        /// Something that makes the server not ready, or that its operator has to know
        /// ([`blocks_readiness`](Self::blocks_readiness)).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Condition {
            $(#[doc = $says] $condition,)+
        }

        impl Condition {
            /// All conditions.
            pub const ALL: [Self; [$($label),+].len()] = [$(Self::$condition),+];

            /// Its label: in the log, in its metric, and in `docs/operations.md`.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$condition => $label,)+
                }
            }

            /// Its description for the log.
            pub fn description(self) -> &'static str {
                match self {
                    $(Self::$condition => $description,)+
                }
            }
        }
    };
}

conditions! {
    /// A database does not answer, or not in time.
    DatabaseUnreachable = "database_away", "a database does not answer";
    /// The last write to the trail failed, and none has succeeded since.
    TrailNotWritten = "trail_not_written", "the trail could not be written, and was not written since";
    /// The trail's chain is not as this process left it: it writes nothing more.
    TrailStopped = "trail_stopped",
        "the trail's chain is not as this process left it: nothing more is written until a new start";
    /// A file of a database was deleted, moved or replaced.
    FileMoved = "file_moved", "a file of a database was deleted, moved or replaced while it was in use";
    /// The disk of a database has less free space than is reserved.
    DiskLow = "disk_low", "the disk of a database has less room than is to stay free";
    /// No issuer's keys could be read for a long time, so that nobody can safely be authenticated.
    KeysStale = "keys_old", "no issuer's keys could be read for a long time";
    /// A database's address leads to a standby.
    DatabaseStandby = "database_standby",
        "the address of a database leads to a standby, from which nobody is served";
    /// Triggers that record every write of a family are missing or disabled.
    WriteTriggersMissing = "writes_not_noted",
        "triggers are missing or switched off: what was read of families is not used again";
    /// A sequence of write numbers runs backwards, and could not be repaired.
    SequencesBackwards = "numbers_backwards",
        "numbers of writes run backwards: what was read of families is not used again";
    /// The main database lacks a change that this process has made: it is an older copy.
    DatabaseBehind = "database_behind",
        "the main database lacks a change that this process has made: nothing is given or changed until a new start";
    /// A newer program has migrated the database.
    SchemaNewer = "schema_newer", "a newer program has migrated the database: this one is to be upgraded";
    /// Verification has found something wrong in the trail.
    TrailCorrupt = "trail_unsound", "the trail is not as it was written: `thinkfamily audit verify` says where";
    /// A witness has not taken a checkpoint for a long time.
    WitnessBehind = "witness_behind", "a witness could not be told for long how the trail stands";
}

impl Condition {
    /// Whether it makes the server not ready. The others are only reported.
    pub fn blocks_readiness(self) -> bool {
        !matches!(self, Self::SchemaNewer | Self::TrailCorrupt | Self::WitnessBehind)
    }
}
