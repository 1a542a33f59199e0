//! Backfills the look-up keys of a database with people from before there were keys, or with keys made by
//! other rules.

use entity::{family, local_identifier, person};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement, Value,
};
use uuid::Uuid;

use super::{
    Databases, FAMILIES, LocalIdentifierRow, PersonRow, RULES, insert, note, of_identifier, of_person, places,
};
use crate::store::bulk::{BulkError, Load};

/// Rows per page.
const PAGE: u64 = 2048;

/// Creates the keys of everyone in authorities without up-to-date keys, one transaction per authority, and
/// returns the number of authorities.
/// Several processes may do this at once: they take turns, and the later ones find it done.
pub async fn backfill(databases: &Databases) -> Result<usize, BulkError> {
    let mut filled = 0;
    while let Some(authority) = next(databases.main()).await? {
        let load = Load::begin(databases).await?;
        if next(load.transaction()).await? == Some(authority) {
            let transaction = load.transaction();
            forget(transaction, authority).await?;
            people(transaction, authority).await?;
            identifiers(transaction, authority).await?;
            families(transaction, authority).await?;
            note(transaction, authority).await?;
            tracing::info!(authority, "the keys of an authority's people were made");
            filled += 1;
        }
        load.commit().await?;
    }
    Ok(filled)
}

/// The first authority served here whose people have no keys by the current rules.
async fn next(on: &impl ConnectionTrait) -> Result<Option<i32>, DbErr> {
    let text = "SELECT id FROM authority WHERE NOT EXISTS \
                (SELECT 1 FROM person_key_state s WHERE s.authority_id = authority.id AND s.rules = $1) \
                AND NOT EXISTS (SELECT 1 FROM authority_fence f WHERE f.authority_id = authority.id AND f.state <> 'here') ORDER BY id LIMIT 1";
    let statement = Statement::from_sql_and_values(on.get_database_backend(), text, [Value::from(RULES)]);
    let row = on.query_one_raw(statement).await?;
    row.map(|row| row.try_get("", "id")).transpose()
}

async fn forget(transaction: &DatabaseTransaction, authority: i32) -> Result<(), DbErr> {
    let text = "DELETE FROM person_key WHERE authority_id = $1";
    let statement = Statement::from_sql_and_values(transaction.get_database_backend(), text, [Value::from(authority)]);
    transaction.execute_raw(statement).await.map(|_| ())
}

async fn people(transaction: &DatabaseTransaction, authority: i32) -> Result<(), DbErr> {
    let mut after = None;
    loop {
        let mut page = person::Entity::find().filter(person::Column::AuthorityId.eq(authority));
        if let Some(after) = after {
            page = page.filter(person::Column::Id.gt(after));
        }
        let page = page.order_by_asc(person::Column::Id).limit(PAGE);
        let rows: Vec<PersonRow> = page.into_model().all(transaction).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        insert(transaction, rows.iter().flat_map(of_person).collect()).await?;
    }
}

async fn identifiers(transaction: &DatabaseTransaction, authority: i32) -> Result<(), DbErr> {
    let mut after = None;
    loop {
        let mut page = local_identifier::Entity::find().filter(local_identifier::Column::AuthorityId.eq(authority));
        if let Some(after) = after {
            page = page.filter(local_identifier::Column::Id.gt(after));
        }
        let page = page.order_by_asc(local_identifier::Column::Id).limit(PAGE);
        let rows: Vec<LocalIdentifierRow> = page.into_model().all(transaction).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        insert(transaction, rows.iter().flat_map(of_identifier).collect()).await?;
    }
}

async fn families(transaction: &DatabaseTransaction, authority: i32) -> Result<(), DbErr> {
    let mut after: Option<Uuid> = None;
    loop {
        let mut page = family::Entity::find()
            .select_only()
            .column(family::Column::Id)
            .filter(family::Column::AuthorityId.eq(authority));
        if let Some(after) = after {
            page = page.filter(family::Column::Id.gt(after));
        }
        let page = page.order_by_asc(family::Column::Id).limit(FAMILIES as u64);
        let keys: Vec<Uuid> = page.into_tuple().all(transaction).await?;
        let Some(last) = keys.last() else { return Ok(()) };
        after = Some(*last);
        places(transaction, authority, &keys).await?;
    }
}
