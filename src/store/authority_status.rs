//! The status of an authority in a snapshot, by one statement: the first that an operation sends.

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

/// The newest number drawn for a write of a family. It is always current, whatever the transaction's
/// snapshot, so it is never lower than a number in the snapshot unless somebody has reset it.
pub(super) const DRAWN_BY_POSTGRES: &str =
    "coalesce(pg_sequence_last_value(CAST('family_written_seq' AS regclass)), 0)";

/// A digest of all triggers. Disabling and re-enabling one changes its row, and the row's transaction id.
pub(super) const TRIGGERS_OF_POSTGRES: &str = "coalesce((SELECT bit_xor(hashint8extended(CAST(t.oid AS bigint) * 4294967296 + CAST(CAST(t.xmin AS text) AS bigint), \
     ascii(CAST(t.tgenabled AS text)))) FROM pg_trigger t WHERE NOT t.tgisinternal), 0)";

/// Rises with every change of the schema.
pub(super) const TRIGGERS_OF_SQLITE: &str = "(SELECT schema_version FROM pragma_schema_version)";

/// An authority's status in a snapshot: its own settings, the version of its agreements, and whether it is
/// served here.
#[derive(FromQueryResult)]
pub(super) struct AuthorityStatus {
    id: i32,
    code: String,
    name: String,
    own_consent_age: i32,
    emergency_hours: i32,
    suppression_threshold: i32,
    marker_advice: String,
    number_to_ring: Option<String>,
    version: i64,
    written: i64,
    drawn: i64,
    started: i64,
    triggers: i64,
    fence: Option<String>,
}

record!(AuthorityStatus: id code name own_consent_age emergency_hours suppression_threshold marker_advice number_to_ring version written drawn started triggers fence);

impl AuthorityStatus {
    /// The statement. A read also gets the newest write of a family, and what makes its number comparable. A
    /// write caches nothing, and if it read the newest write, no two writes could run at once. No stored
    /// version means no change yet.
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
                    "SELECT a.id, a.code, a.name, a.own_consent_age, a.emergency_hours, a.suppression_threshold, a.marker_advice, a.number_to_ring, \
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

    /// The status from its rows, if there is such an authority; one that is not served here is refused.
    pub(super) fn of(rows: &Rows) -> Result<Option<Self>, StoreError> {
        let status = rows.records::<Self>()?.into_iter().next();
        fence::refuse_by(status.as_ref().and_then(|status| status.fence.as_deref()))?;
        Ok(status)
    }

    /// The version of its agreements.
    pub(super) fn version(&self) -> i64 {
        self.version
    }

    /// The newest write of a family, and what makes its number comparable.
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
            number_to_ring: self.number_to_ring,
        }
    }
}
