//! Checks of the sequences that number writes and changes on PostgreSQL. A sequence that was reset, or was
//! left behind when rows came from another server, would give numbers that are stored already: then new
//! writes would be taken for old ones. So sequences are advanced beyond everything stored.

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult, Statement, TransactionTrait as _,
};

use super::connect::Databases;

/// The class of the advisory locks under which numbers are drawn, as in `feed::lock`.
const LOCKS: &str = "SELECT pg_advisory_xact_lock(1413891395, a.id) FROM (SELECT id FROM authority ORDER BY id) AS a";

/// The last value of each sequence, and the highest stored number. The last value is read last, so that it is
/// not lower merely because somebody wrote meanwhile.
const STORED: &str = "
    SELECT s.written, s.changed, coalesce(pg_sequence_last_value(CAST('family_written_seq' AS regclass)), 0) AS written_drawn,
        coalesce(pg_sequence_last_value(CAST('family_change_seq' AS regclass)), 0) AS changed_drawn
    FROM (
        SELECT coalesce(max((SELECT max(w.seq) FROM family_written w WHERE w.authority_id = a.id)), 0) AS written,
            greatest(coalesce(max((SELECT max(c.seq) FROM family_change c WHERE c.authority_id = a.id)), 0),
                coalesce((SELECT max(m.seq) FROM marker_consumer m), 0)) AS changed
        FROM authority a OFFSET 0
    ) AS s";

#[derive(FromQueryResult)]
struct Stored {
    written: i64,
    changed: i64,
    written_drawn: i64,
    changed_drawn: i64,
}

impl Stored {
    async fn read<C: ConnectionTrait>(on: &C) -> Result<Self, DbErr> {
        let row = on
            .query_one_raw(Statement::from_string(DbBackend::Postgres, STORED))
            .await?;
        let row = row.ok_or_else(|| DbErr::Custom("no answer".to_owned()))?;
        Self::from_query_result(&row, "")
    }

    fn rise(&self) -> bool {
        self.written_drawn >= self.written && self.changed_drawn >= self.changed
    }
}

impl Databases {
    /// Whether the next numbers are higher than everything stored.
    pub async fn sequences_are_ahead(&self) -> Result<bool, DbErr> {
        let main = self.main();
        Ok(main.get_database_backend() != DbBackend::Postgres || Stored::read(main).await?.rise())
    }

    /// Advances the sequences beyond everything stored if necessary, and resets everybody who may have missed
    /// writes meanwhile: caches and feeds. Returns whether that was necessary. Changes nothing if all is
    /// well.
    pub async fn repair_sequences(&self) -> Result<bool, DbErr> {
        if self.sequences_are_ahead().await? {
            return Ok(false);
        }
        let transaction = self.main().begin().await?;
        // Numbers are drawn only under these locks, and whoever takes several takes them in this order.
        transaction
            .query_all_raw(Statement::from_string(DbBackend::Postgres, LOCKS))
            .await?;
        let stored = Stored::read(&transaction).await?;
        if stored.rise() {
            transaction.rollback().await?;
            return Ok(false);
        }
        set(
            &transaction,
            "family_written_seq",
            stored.written.max(stored.written_drawn),
        )
        .await?;
        set(
            &transaction,
            "family_change_seq",
            stored.changed.max(stored.changed_drawn),
        )
        .await?;
        transaction
            .execute_unprepared(
                "INSERT INTO family_written (authority_id, seq, family_id) \
                 SELECT a.id, nextval('family_written_seq'), '00000000-0000-0000-0000-000000000000' FROM authority a; \
                 UPDATE marker_consumer SET looked_on = '1970-01-01'",
            )
            .await?;
        transaction.commit().await?;
        Ok(true)
    }
}

impl Databases {
    /// Advances the sequence of changes beyond a number from another database. SQLite continues from the
    /// highest stored number by itself.
    pub(super) async fn raise_changes_past(&self, number: i64) -> Result<(), DbErr> {
        if self.main().get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let transaction = self.main().begin().await?;
        transaction
            .query_all_raw(Statement::from_string(DbBackend::Postgres, LOCKS))
            .await?;
        let stored = Stored::read(&transaction).await?;
        if stored.changed_drawn < number {
            set(&transaction, "family_change_seq", number.max(stored.changed)).await?;
        }
        transaction.commit().await
    }
}

async fn set(transaction: &DatabaseTransaction, sequence: &str, number: i64) -> Result<(), DbErr> {
    if number < 1 {
        return Ok(());
    }
    let text = format!("SELECT setval('{sequence}', {number})");
    transaction
        .query_one_raw(Statement::from_string(DbBackend::Postgres, text))
        .await?;
    Ok(())
}
