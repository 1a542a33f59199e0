//! The rows of one table that belong to an authority: paging, copying, checksums and deletion, generic over
//! the table.

use std::marker::PhantomData;

use aws_lc_rs::digest::{SHA256, digest};
use futures_util::{FutureExt as _, future::BoxFuture};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
    sea_query::{Alias, Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    records::{Cell, Row},
    store::{
        bulk::{self, MOST_ROWS, Which},
        record,
    },
};

/// Rows held in memory at a time.
const PAGE: u64 = 512;

/// The number of rows, and a digest of them that does not depend on their order: the same rows give the same
/// checksum in either kind of database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checksum {
    /// The number of rows.
    pub rows: u64,
    /// The digest (XOR of the rows' hashes). No two rows are equal, since each has a key, so none can cancel
    /// another out.
    digest: [u8; 32],
}

impl Checksum {
    fn add<E: EntityTrait>(&mut self, row: &E::Model) -> Result<(), DbErr> {
        self.add_values(E::Column::iter().map(|column| row.get(column)))
    }

    fn add_values(&mut self, values: impl Iterator<Item = Value>) -> Result<(), DbErr> {
        let mut bytes = Vec::new();
        for value in values {
            encode(&value, &mut bytes)?;
        }
        let of_row = digest(&SHA256, &bytes);
        for (into, byte) in self.digest.iter_mut().zip(of_row.as_ref()) {
            *into ^= byte;
        }
        self.rows += 1;
        Ok(())
    }
}

/// Encodes a value unambiguously: with its length, and with null different from an empty text.
fn encode(value: &Value, into: &mut Vec<u8>) -> Result<(), DbErr> {
    let text = match value {
        Value::Bool(value) => value.map(|value| value.to_string()),
        Value::SmallInt(value) => value.map(|value| value.to_string()),
        Value::Int(value) => value.map(|value| value.to_string()),
        Value::BigInt(value) => value.map(|value| value.to_string()),
        Value::String(value) => value.clone(),
        Value::Uuid(value) => value.map(|value| value.to_string()),
        Value::ChronoDate(value) => value.map(|value| value.to_string()),
        Value::ChronoDateTimeUtc(value) => value.map(|value| value.timestamp_micros().to_string()),
        _ => return Err(DbErr::Type("a column of a kind that no table has".to_owned())),
    };
    match text {
        None => into.push(0),
        Some(text) => {
            into.push(1);
            into.extend_from_slice(&(text.len() as u64).to_be_bytes());
            into.extend_from_slice(text.as_bytes());
        }
    }
    Ok(())
}

/// The rows of an authority, page by page in key order.
pub(super) struct Pages<E> {
    authority: i32,
    after: Option<Vec<Value>>,
    entity: PhantomData<E>,
}

impl<E: EntityTrait> Pages<E> {
    /// Starts at the first page.
    pub(super) fn of(authority: i32) -> Self {
        Self {
            authority,
            after: None,
            entity: PhantomData,
        }
    }

    /// The next page; empty after the last.
    pub(super) async fn next(&mut self, on: &DatabaseTransaction) -> Result<Vec<E::Model>, DbErr> {
        let keys: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
        let mut select = E::find().filter(Expr::col(authority_column::<E>()).eq(self.authority));
        if let Some(after) = &self.after {
            let columns = Expr::tuple(keys.iter().map(|key| Expr::col(*key)));
            let last = Expr::tuple(after.iter().cloned().map(Expr::val));
            select = select.filter(columns.gt(last));
        }
        for key in &keys {
            select = select.order_by_asc(*key);
        }
        let rows = select.limit(PAGE).all(on).await?;
        if let Some(last) = rows.last() {
            self.after = Some(keys.iter().map(|key| last.get(*key)).collect());
        }
        Ok(rows)
    }
}

fn authority_column<E: EntityTrait>() -> Alias {
    Alias::new(if E::default().table_name() == "authority" {
        "id"
    } else {
        "authority_id"
    })
}

/// The checksum of an authority's rows in a table.
pub(super) async fn sum<E: EntityTrait>(on: &DatabaseTransaction, authority: i32) -> Result<Checksum, DbErr> {
    let (mut pages, mut sum) = (Pages::<E>::of(authority), Checksum::default());
    loop {
        let page = pages.next(on).await?;
        if page.is_empty() {
            return Ok(sum);
        }
        page.iter().try_for_each(|row| sum.add::<E>(row))?;
    }
}

/// Copies the selected rows of an authority, and returns their checksum.
pub(super) async fn copy<E>(
    from: &DatabaseTransaction,
    to: &DatabaseTransaction,
    authority: i32,
    keep: &(dyn Fn(&E::Model) -> bool + Sync),
) -> Result<Checksum, DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let (mut pages, mut sum) = (Pages::<E>::of(authority), Checksum::default());
    loop {
        let mut page = pages.next(from).await?;
        if page.is_empty() {
            return Ok(sum);
        }
        page.retain(|row| keep(row));
        page.iter().try_for_each(|row| sum.add::<E>(row))?;
        if !page.is_empty() {
            let rows = page.into_iter().map(IntoActiveModel::into_active_model);
            E::insert_many(rows).exec_without_returning(to).await?;
        }
    }
}

/// A page of rows of a table in [`crate::records`], and the id of the last.
async fn page<R: Row + FromQueryResult>(
    on: &DatabaseTransaction,
    authority: i32,
    after: Option<Uuid>,
    sum: &mut Checksum,
) -> Result<(Vec<R>, Option<Uuid>), DbErr> {
    let rows: Vec<R> = bulk::select(on, authority, Which::After(after), "").await?;
    let mut last = None;
    for row in &rows {
        let cells = row.cells();
        let key = R::NAMES.iter().zip(&cells).find(|(name, _)| **name == "id");
        last = match key {
            Some((_, Cell::Key(key))) => *key,
            _ => None,
        };
        sum.add_values(cells.into_iter().map(record::value))?;
    }
    Ok((rows, last))
}

/// The checksum of an authority's rows in a table of [`crate::records`].
async fn sum_rows<R: Row + FromQueryResult>(on: &DatabaseTransaction, authority: i32) -> Result<Checksum, DbErr> {
    let (mut sum, mut after) = (Checksum::default(), None);
    loop {
        (_, after) = page::<R>(on, authority, after, &mut sum).await?;
        if after.is_none() {
            return Ok(sum);
        }
    }
}

/// Copies an authority's rows, and returns their checksum.
async fn copy_rows<R: Row + FromQueryResult>(
    from: &DatabaseTransaction,
    to: &DatabaseTransaction,
    authority: i32,
) -> Result<Checksum, DbErr> {
    let (mut sum, mut after) = (Checksum::default(), None);
    loop {
        let (rows, last) = page::<R>(from, authority, after, &mut sum).await?;
        for rows in rows.chunks(MOST_ROWS) {
            to.execute_raw(record::insert(rows, to.get_database_backend())).await?;
        }
        after = last;
        if after.is_none() {
            return Ok(sum);
        }
    }
}

/// The operations on a table.
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    pub(super) copy: for<'a> fn(&'a DatabaseTransaction, &'a DatabaseTransaction, i32) -> Done<'a>,
    pub(super) sum: for<'a> fn(&'a DatabaseTransaction, i32) -> Done<'a>,
}

type Done<'a> = BoxFuture<'a, Result<Checksum, DbErr>>;

impl Table {
    /// The table of an entity.
    pub(super) const fn of<E>(name: &'static str) -> Self
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        Self {
            name,
            copy: |from, to, authority| copy::<E>(from, to, authority, &|_| true).boxed(),
            sum: |on, authority| sum::<E>(on, authority).boxed(),
        }
    }

    /// A table of [`crate::records`].
    pub(super) fn of_rows<R: Row + FromQueryResult>() -> Self {
        Self {
            name: R::NAME,
            copy: |from, to, authority| copy_rows::<R>(from, to, authority).boxed(),
            sum: |on, authority| sum_rows::<R>(on, authority).boxed(),
        }
    }

    /// Deletes an authority's rows.
    pub(super) async fn remove(&self, on: &DatabaseTransaction, authority: i32) -> Result<u64, DbErr> {
        let text = format!("DELETE FROM {} WHERE authority_id = $1", self.name);
        let statement = Statement::from_sql_and_values(on.get_database_backend(), text, [Value::from(authority)]);
        Ok(on.execute_raw(statement).await?.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(values: &[Value]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for value in values {
            encode(value, &mut bytes).unwrap();
        }
        bytes
    }

    #[test]
    fn different_values_are_encoded_differently() {
        let text = |text: &str| Value::from(text.to_owned());
        assert_ne!(bytes(&[text("ab"), text("c")]), bytes(&[text("a"), text("bc")]));
        assert_ne!(bytes(&[text("")]), bytes(&[Value::String(None)]));
        assert_ne!(bytes(&[true.into()]), bytes(&[false.into()]));
        assert_eq!(bytes(&[7_i32.into()]), bytes(&[7_i32.into()]));
    }
}
