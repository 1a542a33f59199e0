//! Checks that the database notes every write: that its triggers exist and fire for every writer, and that
//! their numbers rise.

use std::collections::BTreeSet;

use migration::triggers_that_note;
use sea_orm::{ConnectionTrait as _, DbBackend, FromQueryResult, Statement};

use super::{
    Store,
    authority_status::{DRAWN_BY_POSTGRES, TRIGGERS_OF_POSTGRES, TRIGGERS_OF_SQLITE},
    cache::{CacheDisabled, Holds, Life, Written},
    record::record,
    session::{Session, StoreError},
};

/// The triggers that fire for every writer, on the tables that our statements refer to, and that write their
/// notes to the table that we read.
const GOOD_OF_POSTGRES: &str = "
    SELECT CAST(t.tgname AS text) AS name FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND pg_table_is_visible(c.oid) AND left(t.tgname, length(c.relname) + 8) = c.relname || '_written'
    AND CAST('family_written' AS regclass) = (
        SELECT w.oid FROM unnest(p.proconfig) AS s (setting)
        CROSS JOIN LATERAL unnest(string_to_array(substr(s.setting, 13), ',')) WITH ORDINALITY AS path (name, place)
        JOIN pg_namespace n ON n.nspname = CASE trim(path.name, ' \"') WHEN '$user' THEN pg_get_userbyid(p.proowner) ELSE trim(path.name, ' \"') END
        JOIN pg_class w ON w.relnamespace = n.oid AND w.relname = 'family_written'
        WHERE s.setting LIKE 'search_path=%' ORDER BY path.place LIMIT 1)";

const GOOD_OF_SQLITE: &str = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE tbl_name || '~_written~_%' ESCAPE '~' \
     AND sql LIKE '%INSERT INTO family_written%'";

#[derive(FromQueryResult)]
struct Good {
    name: String,
}

record!(Good: name);

#[derive(FromQueryResult)]
struct Now {
    written: i64,
    drawn: i64,
    started: i64,
    triggers: i64,
}

fn good(postgres: bool) -> &'static str {
    if postgres { GOOD_OF_POSTGRES } else { GOOD_OF_SQLITE }
}

/// The expected triggers that are not among these.
fn silent(good: impl Iterator<Item = String>, postgres: bool) -> Vec<String> {
    let good: BTreeSet<String> = good.collect();
    let all = triggers_that_note(postgres).into_iter().map(|(_, name)| name);
    all.filter(|name| !good.contains(name)).collect()
}

impl Session {
    /// The number of lapses after which every write up to this session's snapshot was noted, if it was. The
    /// first session in a new life of the database, or after its triggers changed, checks them.
    pub(super) async fn noted_since(&self, written: &Written) -> Result<Option<u64>, StoreError> {
        let proof = self.families().proof();
        match proof.holds(written) {
            Holds::Unknown => {}
            Holds::No => return Ok(None),
            Holds::Since(lapses) => return Ok(Some(lapses)),
        }
        let postgres = self.backend() == DbBackend::Postgres;
        let found = self.rows(good(postgres), Vec::new()).await?.records::<Good>()?;
        proof.looked(written.life, silent(found.into_iter().map(|one| one.name), postgres));
        Ok(match proof.holds(written) {
            Holds::Since(lapses) => Some(lapses),
            Holds::Unknown | Holds::No => None,
        })
    }
}

impl Store {
    /// Why the cache of families is disabled, as far as is known.
    pub fn cache_disabled(&self) -> Option<CacheDisabled> {
        self.family_cache().proof().cache_disabled()
    }

    /// Checks whether the database notes writes, without a request.
    pub async fn check_triggers(&self) -> Result<(), StoreError> {
        let on = self.main();
        let backend = on.get_database_backend();
        let postgres = backend == DbBackend::Postgres;
        let (drawn, started, triggers) = if postgres {
            let started = "CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS bigint)";
            (DRAWN_BY_POSTGRES, started, TRIGGERS_OF_POSTGRES)
        } else {
            (
                "CAST(9223372036854775807 AS bigint)",
                "CAST(0 AS bigint)",
                TRIGGERS_OF_SQLITE,
            )
        };
        let now = format!(
            "SELECT coalesce((SELECT max((SELECT max(w.seq) FROM family_written w WHERE w.authority_id = a.id)) FROM authority a), 0) AS written, {drawn} AS drawn, {started} AS started, {triggers} AS triggers"
        );
        let statement = Statement::from_string(backend, now);
        let row = on.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| StoreError::Corrupt("no answer".to_owned()))?;
        let now = Now::from_query_result(&row, "")?;
        let rows = on
            .query_all_raw(Statement::from_string(backend, good(postgres)))
            .await?;
        let names: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get("", "name")).collect();
        let proof = self.family_cache().proof();
        let life = Life {
            server: now.started,
            triggers: now.triggers,
        };
        proof.looked(life, silent(names?.into_iter(), postgres));
        proof.holds(&Written {
            number: now.written,
            drawn: now.drawn,
            life,
        });
        Ok(())
    }
}
