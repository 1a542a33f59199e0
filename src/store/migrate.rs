//! Brings both databases to this program's schema, and says how far they are. The steps themselves are in `migration/`.

use migration::{MigrationStatus, Migrator, MigratorTrait, TrailMigrator};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use super::connect::{ConnectError, Databases};

/// Whether one step was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepStatus {
    /// Whether it is a step of the trail.
    pub trail: bool,
    /// Its name.
    pub name: String,
    /// Whether it was applied.
    pub applied: bool,
}

impl Databases {
    /// Applies all steps that were not applied, on both databases. Each database moves as a whole or not at all, and
    /// several processes may do this at once: the first does the work, the others wait and find it done.
    pub async fn migrate_up(&self) -> Result<(), ConnectError> {
        up::<Migrator>(self.main()).await.map_err(|e| self.failed(false, e))?;
        up::<TrailMigrator>(self.trail())
            .await
            .map_err(|e| self.failed(true, e))
    }

    /// Takes all steps back, on both databases: **all data are lost**.
    pub async fn migrate_down(&self) -> Result<(), ConnectError> {
        down::<TrailMigrator>(self.trail())
            .await
            .map_err(|e| self.failed(true, e))?;
        down::<Migrator>(self.main()).await.map_err(|e| self.failed(false, e))
    }

    /// Which steps were applied, in order, the trail's last. Changes nothing. A database that has steps this program does
    /// not know, for it was migrated by a newer one, is an error.
    pub async fn migration_status(&self) -> Result<Vec<StepStatus>, ConnectError> {
        let mut all = status::<Migrator>(self.main(), false)
            .await
            .map_err(|e| self.failed(false, e))?;
        let trail = status::<TrailMigrator>(self.trail(), true).await;
        all.extend(trail.map_err(|e| self.failed(true, e))?);
        Ok(all)
    }

    fn failed(&self, trail: bool, source: DbErr) -> ConnectError {
        let url = if trail { self.trail_url() } else { self.url() };
        let database = url.clone();
        ConnectError::Migrate { database, source }
    }
}

async fn up<M: MigratorTrait>(db: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin_alone(db).await?;
    M::up(&transaction, None).await?;
    transaction.commit().await
}

async fn down<M: MigratorTrait>(db: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin_alone(db).await?;
    M::down(&transaction, None).await?;
    transaction.commit().await
}

async fn status<M: MigratorTrait>(db: &DatabaseConnection, trail: bool) -> Result<Vec<StepStatus>, DbErr> {
    let steps = M::get_migration_with_status_read_only(db).await?;
    Ok(steps
        .into_iter()
        .map(|step| StepStatus {
            trail,
            name: step.name().to_owned(),
            applied: step.status() == MigrationStatus::Applied,
        })
        .collect())
}

/// Begins a transaction in which no other process migrates. The lock goes with the transaction.
async fn begin_alone(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(options).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        // A step on a large table may take long; waiting for the lock may not take for ever.
        transaction
            .execute_unprepared(
                "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '120s'; \
                 SELECT pg_advisory_xact_lock(7310868735935506017)",
            )
            .await?;
    }
    Ok(transaction)
}
