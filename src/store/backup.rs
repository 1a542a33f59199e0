//! Backups of SQLite databases: complete and consistent copies while others write.

use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use super::connect::Databases;

impl Databases {
    /// Copies the main database into an empty file.
    pub async fn copy_main(&self, to: &Path) -> Result<(), DbErr> {
        copy(self.main(), to).await
    }

    /// Copies the trail into an empty file.
    pub async fn copy_trail(&self, to: &Path) -> Result<(), DbErr> {
        copy(self.trail(), to).await
    }

    /// Checks the integrity of every page and index of both SQLite databases.
    pub async fn are_whole(&self) -> Result<bool, DbErr> {
        for database in [self.main(), self.trail()] {
            let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
            let rows = database.query_all_raw(statement).await?;
            let said: Vec<String> = rows
                .iter()
                .map(|row| row.try_get_by_index(0))
                .collect::<Result<_, _>>()?;
            if said != ["ok"] {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

async fn copy(database: &DatabaseConnection, to: &Path) -> Result<(), DbErr> {
    let to = to.to_string_lossy().into_owned();
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO $1", [to.into()]);
    database.execute_raw(statement).await.map(|_| ())
}
