//! Schema migrations of both databases, and their status. The migrations themselves are in `migration/`.

use std::collections::BTreeSet;

use migration::{Database, MAIN, Steps, TRAIL, triggers_that_note};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

use super::{
    connect::{ConnectError, Databases},
    database_url::DatabaseUrl,
};

/// Whether a migration was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepStatus {
    /// Whether it is a migration of the trail.
    pub trail: bool,
    /// Its name.
    pub name: String,
    /// Whether it was applied.
    pub applied: bool,
}

/// How the schema of the databases compares with this program's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// It is the same.
    Same,
    /// These migrations are pending, all of them after those applied.
    Behind(Vec<String>),
    /// These migrations were skipped, although later ones were applied.
    Gaps(Vec<String>),
    /// These migrations are from a newer program.
    Newer(Vec<String>),
}

impl Schema {
    /// What is wrong, in words for the operator; `None` if the program may migrate the database.
    fn refusal(&self) -> Option<String> {
        match self {
            Self::Same | Self::Behind(_) => None,
            Self::Gaps(steps) => Some(format!(
                "steps are missing although later ones were applied ({}): its list of steps was changed by hand, or it was put together from two; take it from a backup",
                steps.join(", ")
            )),
            Self::Newer(steps) => Some(format!(
                "a newer version of this program has migrated it ({}): use that version",
                steps.join(", ")
            )),
        }
    }
}

impl Databases {
    /// Compares the schemas: the worse result of the two databases. Changes nothing.
    pub async fn schema(&self) -> Result<Schema, ConnectError> {
        let main = schema(self.main(), &MAIN).await.map_err(|e| self.failed(false, e))?;
        let trail = schema(self.trail(), &TRAIL).await.map_err(|e| self.failed(true, e))?;
        Ok(match (main, trail) {
            (found @ (Schema::Newer(_) | Schema::Gaps(_)), _) | (_, found @ (Schema::Newer(_) | Schema::Gaps(_))) => {
                found
            }
            (Schema::Same, found) | (found, Schema::Same) => found,
            (Schema::Behind(mut steps), Schema::Behind(others)) => {
                steps.extend(others);
                Schema::Behind(steps)
            }
        })
    }

    /// Refuses databases that cannot be migrated to this program's schema.
    async fn refuse_others(&self) -> Result<(), ConnectError> {
        let refuse = |url: &DatabaseUrl, found: &Schema| match found.refusal() {
            Some(why) => Err(ConnectError::Schema {
                database: url.clone(),
                why,
            }),
            None => Ok(()),
        };
        let main = schema(self.main(), &MAIN).await.map_err(|e| self.failed(false, e))?;
        refuse(self.url(), &main)?;
        let trail = schema(self.trail(), &TRAIL).await.map_err(|e| self.failed(true, e))?;
        refuse(self.trail_url(), &trail)
    }

    /// Applies all pending migrations to both databases. Each database is migrated as a whole or not at all,
    /// and several processes may do this at once: the first does the work, the others wait and find it done.
    pub async fn migrate_up(&self) -> Result<(), ConnectError> {
        self.refuse_others().await?;
        up(self.main(), &MAIN).await.map_err(|e| self.failed(false, e))?;
        up(self.trail(), &TRAIL).await.map_err(|e| self.failed(true, e))?;
        fire_always(self.main()).await.map_err(|e| self.failed(false, e))
    }

    /// Rolls back all migrations of both databases: **all data are lost**.
    pub async fn migrate_down(&self) -> Result<(), ConnectError> {
        down(self.trail(), &TRAIL).await.map_err(|e| self.failed(true, e))?;
        down(self.main(), &MAIN).await.map_err(|e| self.failed(false, e))
    }

    /// Which migrations were applied, in order, the trail's last. Changes nothing. A database with migrations
    /// that this program does not know, because a newer one migrated it, is an error.
    pub async fn migration_status(&self) -> Result<Vec<StepStatus>, ConnectError> {
        self.refuse_others().await?;
        let mut all = status(self.main(), &MAIN, false)
            .await
            .map_err(|e| self.failed(false, e))?;
        let trail = status(self.trail(), &TRAIL, true).await;
        all.extend(trail.map_err(|e| self.failed(true, e))?);
        Ok(all)
    }

    fn failed(&self, trail: bool, source: DbErr) -> ConnectError {
        let url = if trail { self.trail_url() } else { self.url() };
        let database = url.clone();
        // The database has no record of this migration, yet its tables exist: it is incomplete, or somebody
        // else's.
        if source.to_string().contains("already exists") {
            let why = "tables or columns of a step are there that was not noted as applied: it was restored in part, or belongs to something else; take it from a backup, or use an empty one";
            return ConnectError::Schema {
                database,
                why: why.to_owned(),
            };
        }
        ConnectError::Migrate { database, source }
    }
}

/// Triggers that a restore has left firing for ordinary sessions only are set to fire always again. One that
/// somebody has disabled stays disabled.
async fn fire_always(db: &DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let text = "SELECT CAST(c.relname AS text) AS name, CAST(t.tgname AS text) AS trigger FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
         WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND pg_table_is_visible(c.oid)";
    let known: BTreeSet<(String, String)> = triggers_that_note(true)
        .into_iter()
        .map(|(table, trigger)| (table.to_owned(), trigger))
        .collect();
    for row in db
        .query_all_raw(Statement::from_string(DbBackend::Postgres, text))
        .await?
    {
        let of: (String, String) = (row.try_get("", "name")?, row.try_get("", "trigger")?);
        if known.contains(&of) {
            let text = format!("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", of.0, of.1);
            db.execute_unprepared(&text).await?;
        }
    }
    Ok(())
}

/// Applies the steps that were not.
pub(super) async fn up(db: &DatabaseConnection, steps: &Steps) -> Result<(), DbErr> {
    let transaction = begin_alone(db).await?;
    transaction.execute_unprepared(&steps.table_made()).await?;
    let applied = applied(&transaction, steps).await?;
    for step in steps.all.iter().filter(|step| !applied.contains(step.name)) {
        run(&transaction, steps.applied(step, kind(&transaction))).await?;
    }
    transaction.commit().await
}

async fn down(db: &DatabaseConnection, steps: &Steps) -> Result<(), DbErr> {
    let transaction = begin_alone(db).await?;
    let applied = applied(&transaction, steps).await?;
    for step in steps.all.iter().rev().filter(|step| applied.contains(step.name)) {
        run(&transaction, steps.taken_back(step, kind(&transaction))).await?;
    }
    transaction.commit().await
}

async fn run(db: &DatabaseTransaction, statements: Vec<String>) -> Result<(), DbErr> {
    for statement in statements {
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

fn kind(db: &impl ConnectionTrait) -> Database {
    match db.get_database_backend() {
        DbBackend::Postgres => Database::Postgres,
        _ => Database::Sqlite,
    }
}

/// The names of the steps that were applied. Changes nothing.
async fn applied(db: &impl ConnectionTrait, steps: &Steps) -> Result<BTreeSet<String>, DbErr> {
    let (table, backend) = (steps.table, db.get_database_backend());
    let there = match backend {
        DbBackend::Postgres => format!("SELECT 1 WHERE to_regclass('{table}') IS NOT NULL"),
        _ => format!("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '{table}'"),
    };
    let there = db.query_one_raw(Statement::from_string(backend, there)).await?;
    if there.is_none() {
        return Ok(BTreeSet::new());
    }
    let text = format!("SELECT version FROM {table}");
    let rows = db.query_all_raw(Statement::from_string(backend, text)).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

async fn schema(db: &DatabaseConnection, steps: &Steps) -> Result<Schema, DbErr> {
    let known: Vec<String> = steps.all.iter().map(|step| step.name.to_owned()).collect();
    let applied = applied(db, steps).await?;
    let newer: Vec<String> = applied.iter().filter(|step| !known.contains(step)).cloned().collect();
    let mut pending = known.iter().filter(|step| !applied.contains(*step)).cloned().peekable();
    let last = known.iter().rposition(|step| applied.contains(step));
    let gaps: Vec<String> = known
        .iter()
        .take(last.unwrap_or(0))
        .filter(|step| !applied.contains(*step))
        .cloned()
        .collect();
    Ok(if !newer.is_empty() {
        Schema::Newer(newer)
    } else if !gaps.is_empty() {
        Schema::Gaps(gaps)
    } else if pending.peek().is_some() {
        Schema::Behind(pending.collect())
    } else {
        Schema::Same
    })
}

async fn status(db: &DatabaseConnection, steps: &Steps, trail: bool) -> Result<Vec<StepStatus>, DbErr> {
    let applied = applied(db, steps).await?;
    let status = steps.all.iter().map(|step| StepStatus {
        trail,
        name: step.name.to_owned(),
        applied: applied.contains(step.name),
    });
    Ok(status.collect())
}

/// Begins a transaction in which no other process migrates. The lock is released with the transaction.
async fn begin_alone(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(options).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        // A migration of a large table may take long; waiting for the lock must not take for ever.
        transaction
            .execute_unprepared(
                "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '120s'; \
                 SELECT pg_advisory_xact_lock(7310868735935506017)",
            )
            .await?;
    }
    Ok(transaction)
}
