//! Rows that are there: read as they are, to be compared with what is brought, and changed.

use std::collections::{BTreeSet, HashMap};

use entity::import_file;
use sea_orm::{
    AccessMode, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, FromQueryResult,
    IsolationLevel, QueryFilter, QueryOrder, Statement, TransactionOptions, TransactionTrait, Value,
};
use uuid::Uuid;

use super::{BulkError, Databases, Dataset, Load, MOST_ROWS, tables, touched};
use crate::{
    records::{Row, Table},
    store::{keys, record},
};

/// Rows of one page.
const PAGE: usize = 2048;

/// Which rows of a table are read.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Which<'a> {
    /// Those with these keys.
    Keys(&'a [Uuid]),
    /// A page of all, in the order of their keys: those after this one.
    After(Option<Uuid>),
}

/// Rows as they are there. Nothing can be changed through it.
#[derive(Debug)]
pub struct Look {
    pub(super) transaction: DatabaseTransaction,
    /// What is put behind a select of rows that are to be changed.
    pub(super) lock: &'static str,
}

impl Look {
    /// Begins to look at how things stand at one moment.
    pub async fn begin(databases: &Databases) -> Result<Self, BulkError> {
        let options = match databases.main().get_database_backend() {
            DbBackend::Sqlite => TransactionOptions::default(),
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        let transaction = databases.main().begin_with_options(options).await?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            let longer = "SET LOCAL statement_timeout = '300s'";
            transaction.execute_unprepared(longer).await?;
        }
        Ok(Self { transaction, lock: "" })
    }

    /// The rows of a table with these keys. In a load nobody else changes them until it ends.
    pub async fn rows(&self, table: Table, authority: i32, keys: &[Uuid]) -> Result<Dataset, BulkError> {
        let mut all = Dataset::default();
        for keys in keys.chunks(MOST_ROWS) {
            let which = Which::Keys(keys);
            all.append(tables::read_table(&self.transaction, table, authority, which, self.lock).await?);
        }
        Ok(all)
    }

    /// Rows of a table after a key, in the order of their keys; none when there are no more.
    pub async fn page(&self, table: Table, authority: i32, after: Option<Uuid>) -> Result<Dataset, BulkError> {
        Ok(tables::read_table(&self.transaction, table, authority, Which::After(after), "").await?)
    }

    /// Which of these keys the authority has in a table, each with its family where the table's rows are of families.
    pub async fn keys_there(
        &self,
        table: Table,
        authority: i32,
        keys: &[Uuid],
    ) -> Result<HashMap<Uuid, Option<Uuid>>, BulkError> {
        let mut there = HashMap::new();
        let of_family = table.columns().iter().any(|column| column.name == "family_id");
        let family = if of_family { "family_id" } else { "NULL" };
        for keys in keys.chunks(MOST_ROWS) {
            let places: Vec<String> = (2..keys.len() + 2).map(|at| format!("${at}")).collect();
            let text = format!(
                "SELECT id, {family} AS family_id FROM {} WHERE authority_id = $1 AND id IN ({})",
                table.name(),
                places.join(", ")
            );
            let values = std::iter::once(Value::from(authority)).chain(keys.iter().map(|key| Value::from(*key)));
            let statement = Statement::from_sql_and_values(self.transaction.get_database_backend(), text, values);
            for row in self.transaction.query_all_raw(statement).await? {
                let family = if of_family {
                    Some(row.try_get("", "family_id")?)
                } else {
                    None
                };
                there.insert(row.try_get("", "id")?, family);
            }
        }
        Ok(there)
    }

    /// Whether a file of that name and content was the last of that name that was loaded.
    pub async fn has_file(&self, authority: i32, name: &str, content_hash: &str) -> Result<bool, BulkError> {
        let newest = import_file::Entity::find()
            .filter(import_file::Column::AuthorityId.eq(authority))
            .filter(import_file::Column::Name.eq(name))
            .order_by_desc(import_file::Column::LoadedAt)
            .one(&self.transaction)
            .await?;
        Ok(newest.is_some_and(|file| file.content_hash == content_hash))
    }

    /// The families to which any of these people belongs or belonged.
    pub async fn families_of(&self, authority: i32, people: &[Uuid]) -> Result<BTreeSet<Uuid>, BulkError> {
        Ok(touched::families_of(&self.transaction, authority, people).await?)
    }

    /// Ends it.
    pub async fn end(self) -> Result<(), BulkError> {
        Ok(self.transaction.rollback().await?)
    }
}

impl Load {
    /// What is there, with what this load has written.
    pub fn there(&self) -> &Look {
        &self.there
    }

    /// Makes rows that are there what these say, and the keys that people among them are looked up by.
    pub async fn change(&mut self, data: &Dataset) -> Result<(), BulkError> {
        self.update_tables(data).await?;
        keys::renew(&self.there.transaction, data).await?;
        self.touched.note_changed(data);
        Ok(())
    }

    /// Changes the rows of one table.
    pub(super) async fn update<R: Row>(&mut self, rows: &[R]) -> Result<(), BulkError> {
        let backend = self.there.transaction.get_database_backend();
        let text = update_text(R::NAME, R::NAMES);
        for row in rows {
            let values = row.cells().into_iter().map(record::value);
            let statement = Statement::from_sql_and_values(backend, &text, values);
            let source = match self.there.transaction.execute_raw(statement).await {
                Ok(done) if done.rows_affected() == 1 => continue,
                Ok(_) => DbErr::RecordNotUpdated,
                Err(error) => error,
            };
            let table = R::NAME;
            return Err(BulkError::Rows { table, source });
        }
        Ok(())
    }
}

/// Reads rows of one table.
pub(in crate::store) async fn select<R: Row + FromQueryResult>(
    on: &DatabaseTransaction,
    authority: i32,
    which: Which<'_>,
    lock: &str,
) -> Result<Vec<R>, DbErr> {
    let mut values = vec![Value::from(authority)];
    let filter = match which {
        Which::Keys(keys) => {
            values.extend(keys.iter().map(|key| Value::from(*key)));
            let places: Vec<String> = (2..keys.len() + 2).map(|at| format!("${at}")).collect();
            // In one order, so that two writers do not wait for each other.
            format!("AND id IN ({}) ORDER BY id", places.join(", "))
        }
        Which::After(None) => format!("ORDER BY id LIMIT {PAGE}"),
        Which::After(Some(after)) => {
            values.push(after.into());
            format!("AND id > $2 ORDER BY id LIMIT {PAGE}")
        }
    };
    let text = format!(
        "SELECT {} FROM {} WHERE authority_id = $1 {filter}{lock}",
        R::LIST,
        R::NAME
    );
    let statement = Statement::from_sql_and_values(on.get_database_backend(), text, values);
    let rows = on.query_all_raw(statement).await?;
    rows.iter().map(|row| R::from_query_result(row, "")).collect()
}

/// `UPDATE table SET b = $3 WHERE authority_id = $1 AND id = $2`, with the values in the order of the columns, of which these two are the first.
fn update_text(table: &str, columns: &[&str]) -> String {
    let set: Vec<String> = (3..)
        .zip(&columns[2..])
        .map(|(at, column)| format!("{column} = ${at}"))
        .collect();
    format!(
        "UPDATE {table} SET {} WHERE authority_id = $1 AND id = $2",
        set.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_changed_by_its_key() {
        assert_eq!(
            update_text("t", &["authority_id", "id", "a", "b"]),
            "UPDATE t SET a = $3, b = $4 WHERE authority_id = $1 AND id = $2"
        );
    }
}
