//! SQLite: a few connections that only read, each with a thread of its own.

use std::str::FromStr as _;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sqlx::{
    self, Row as _,
    sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow},
};
use uuid::Uuid;

use super::{
    cells::{Cells, Given, Store},
    statements::Statement,
};

/// The database.
pub(super) struct Sqlite {
    pool: SqlitePool,
    /// In the order of [`Statement::ALL`].
    texts: Vec<String>,
}

impl Sqlite {
    pub(super) async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::from_str(url)?.read_only(true);
        Ok(Self {
            pool: SqlitePoolOptions::new()
                .max_connections(4)
                .connect_with(options)
                .await?,
            texts: Statement::ALL.map(Statement::text).into(),
        })
    }
}

impl Store for Sqlite {
    type Row = SqliteRow;
    type Failure = sqlx::Error;

    async fn rows(&self, statement: Statement, given: &[Given<'_>]) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let text = sqlx::AssertSqlSafe(self.texts[statement as usize].as_str());
        let mut query = sqlx::query(text);
        for value in given {
            query = match *value {
                Given::Number(number) => query.bind(number),
                Given::Text(text) => query.bind(text.to_owned()),
                Given::Day(day) => query.bind(day),
            };
        }
        query.fetch_all(&self.pool).await
    }
}

impl Cells for SqliteRow {
    fn text(&self, at: usize) -> Option<&str> {
        self.try_get_unchecked::<Option<_>, _>(at).ok().flatten()
    }

    fn day(&self, at: usize) -> Option<NaiveDate> {
        self.try_get_unchecked::<Option<_>, _>(at).ok().flatten()
    }

    fn moment(&self, at: usize) -> Option<DateTime<Utc>> {
        self.try_get_unchecked::<Option<_>, _>(at).ok().flatten()
    }

    fn flag(&self, at: usize) -> bool {
        self.try_get_unchecked(at).unwrap_or_default()
    }

    fn key(&self, at: usize) -> Uuid {
        self.try_get_unchecked(at).unwrap_or_default()
    }

    fn count(&self, at: usize) -> i64 {
        self.try_get_unchecked(at).unwrap_or_default()
    }
}
