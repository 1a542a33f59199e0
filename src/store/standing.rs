//! How things stand with an authority at a moment, in one statement: the first that an operation sends.

use std::sync::LazyLock;

use sea_orm::{DbBackend, FromQueryResult};

use super::{
    cache::{Life, Written},
    failure::StoreError,
    fence,
    read_rows::Rows,
    record::record,
};
use crate::records::AuthorityRow;

/// The newest number drawn for a write of a family. Whoever reads it is told of the present, in whatever moment their transaction is, so that it is never less than a
/// number that they see, unless somebody has set it back.
pub(super) const DRAWN_BY_POSTGRES: &str =
    "coalesce(pg_sequence_last_value(CAST('family_written_seq' AS regclass)), 0)";

/// A digest of all triggers. Switching one off, and on again, makes a new row of it, and a new number of the transaction that made it.
pub(super) const TRIGGERS_OF_POSTGRES: &str = "coalesce((SELECT bit_xor(hashint8extended(CAST(t.oid AS bigint) * 4294967296 + CAST(CAST(t.xmin AS text) AS bigint), \
     ascii(CAST(t.tgenabled AS text)))) FROM pg_trigger t WHERE NOT t.tgisinternal), 0)";

/// It rises with every change of the schema.
pub(super) const TRIGGERS_OF_SQLITE: &str = "(SELECT schema_version FROM pragma_schema_version)";

/// How things stand with an authority at a moment: its own settings, which version of its agreements holds, and whether it is served here.
#[derive(FromQueryResult)]
pub(super) struct Standing {
    id: i32,
    code: String,
    name: String,
    own_consent_age: i32,
    emergency_hours: i32,
    suppression_threshold: i32,
    marker_advice: String,
    version: i64,
    written: i64,
    drawn: i64,
    started: i64,
    triggers: i64,
    fence: Option<String>,
}

record!(Standing: id code name own_consent_age emergency_hours suppression_threshold marker_advice version written drawn started triggers fence);

impl Standing {
    /// The statement. Whoever only reads is told of the newest write of a family, and of what must be so for its number to mean anything. Whoever writes keeps nothing of what they
    /// read, and if they looked at the newest write, no two could write at once. No version stored is none changed yet.
    pub(super) fn statement(backend: DbBackend, reads: bool) -> &'static str {
        const READ: &str = "coalesce((SELECT max(w.seq) FROM family_written w WHERE w.authority_id = a.id), 0)";
        const STARTED: &str = "CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS bigint)";
        const NOTHING: &str = "CAST(0 AS bigint)";
        static TEXTS: LazyLock<[String; 3]> = LazyLock::new(|| {
            [
                [READ, DRAWN_BY_POSTGRES, STARTED, TRIGGERS_OF_POSTGRES],
                [READ, READ, NOTHING, TRIGGERS_OF_SQLITE],
                [NOTHING; 4],
            ]
            .map(|[written, drawn, started, triggers]| {
                format!(
                    "SELECT a.id, a.code, a.name, a.own_consent_age, a.emergency_hours, a.suppression_threshold, a.marker_advice, \
                     coalesce(v.version, 0) AS version, {written} AS written, {drawn} AS drawn, {started} AS started, {triggers} AS triggers, \
                     (SELECT f.state FROM authority_fence f WHERE f.authority_id = a.id) AS fence \
                     FROM authority a LEFT JOIN policy_version v ON v.authority_id = a.id WHERE a.id = $1"
                )
            })
        });
        match (reads, backend) {
            (true, DbBackend::Postgres) => &TEXTS[0],
            (true, _) => &TEXTS[1],
            (false, _) => &TEXTS[2],
        }
    }

    /// What came of it, if there is such an authority; one that is not served here is refused.
    pub(super) fn of(rows: &Rows) -> Result<Option<Self>, StoreError> {
        let standing = rows.records::<Self>()?.into_iter().next();
        fence::refuse_by(standing.as_ref().and_then(|standing| standing.fence.as_deref()))?;
        Ok(standing)
    }

    /// Which version of its agreements holds.
    pub(super) fn version(&self) -> i64 {
        self.version
    }

    /// The newest write of a family, and what must be the same for its number to be compared.
    pub(super) fn written(&self) -> Written {
        Written {
            number: self.written,
            drawn: self.drawn,
            life: Life {
                server: self.started,
                triggers: self.triggers,
            },
        }
    }

    /// The authority's own settings.
    pub(super) fn settings(self) -> AuthorityRow {
        AuthorityRow {
            id: self.id,
            code: self.code,
            name: self.name,
            own_consent_age: self.own_consent_age,
            emergency_hours: self.emergency_hours,
            suppression_threshold: self.suppression_threshold,
            marker_advice: self.marker_advice,
        }
    }
}
