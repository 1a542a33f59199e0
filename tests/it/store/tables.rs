//! The entities and the migrated databases are the same tables.

use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IdenStatic, Iterable,
    ModelTrait, PrimaryKeyToColumn, Statement, sea_query::ColumnType,
};

use crate::support::{
    database::{TestDatabase, on_both},
    tables::{each_main_table, each_trail_table, insert, pair},
};

on_both!(every_row_comes_back_as_it_went_in);
async fn every_row_comes_back_as_it_went_in(database: &TestDatabase) {
    let databases = database.open().await;
    each_main_table!(comes_back(databases.main()));
    each_trail_table!(comes_back(databases.trail()));
}

async fn comes_back<E: EntityTrait>(db: &DatabaseConnection)
where
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    insert::<E>(db).await;
    let table = E::default().table_name().to_owned();
    let there = E::find().all(db).await.unwrap().len();
    // What was written to the tables before, the database itself notes in this one.
    assert!(
        there == 2 || (table == "family_written" && there > 2),
        "{table}: {there}"
    );
    for row in pair::<E>() {
        let mut find = E::find();
        for key in E::PrimaryKey::iter() {
            let column = key.into_column();
            let value = row.get(column).into_value().unwrap();
            find = sea_orm::QueryFilter::filter(find, column.eq(value));
        }
        let found = find.one(db).await.unwrap().expect("the row that was inserted");
        for column in E::Column::iter() {
            let expected = row.get(column).into_value().unwrap();
            assert_eq!(found.get(column), expected, "{table}.{}", column.as_str());
        }
    }
}

on_both!(every_column_is_the_same_in_entity_and_database);
async fn every_column_is_the_same_in_entity_and_database(database: &TestDatabase) {
    let databases = database.open().await;
    each_main_table!(same_columns(databases.main()));
    each_trail_table!(same_columns(databases.trail()));
}

/// Name, type, whether it may be absent, place in the primary key counted from 1.
pub(crate) type Column = (String, String, bool, i32);

async fn same_columns<E: EntityTrait>(db: &DatabaseConnection) {
    let table = E::default().table_name().to_owned();
    let key: Vec<_> = E::PrimaryKey::iter().map(|key| key.into_column().as_str()).collect();
    let of_entity: Vec<Column> = E::Column::iter()
        .map(|column| {
            let definition = column.def();
            let place = key
                .iter()
                .position(|part| *part == column.as_str())
                .map_or(0, |place| place + 1);
            let kind = type_name(definition.get_column_type()).to_owned();
            (
                column.as_str().to_owned(),
                kind,
                definition.is_null(),
                i32::try_from(place).unwrap(),
            )
        })
        .collect();
    assert_eq!(columns(db, &table).await, of_entity, "{table}");
}

fn type_name(kind: &ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "integer",
        ColumnType::SmallInteger => "smallint",
        ColumnType::BigInteger => "bigint",
        ColumnType::Boolean => "boolean",
        ColumnType::String(_) => "text",
        ColumnType::Date => "date",
        ColumnType::TimestampWithTimeZone => "timestamp with time zone",
        ColumnType::Uuid => "uuid",
        ColumnType::VarBinary(_) => "bytea",
        other => panic!("{other:?} is not used"),
    }
}

pub(crate) async fn columns(db: &DatabaseConnection, table: &str) -> Vec<Column> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => r#"SELECT name, lower(type), "notnull" = 0, pk FROM pragma_table_info($1) ORDER BY cid"#,
        _ => {
            "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
                    coalesce(array_position(i.indkey::smallint[], a.attnum) + 1, 0)
             FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
             WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
        }
    };
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [table.into()]);
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| {
            let get = |index| row.try_get_by_index::<String>(index).unwrap();
            (
                get(0),
                get(1),
                row.try_get_by_index(2).unwrap(),
                row.try_get_by_index(3).unwrap(),
            )
        })
        .collect()
}

on_both!(no_table_is_without_an_entity);
async fn no_table_is_without_an_entity(database: &TestDatabase) {
    let databases = database.open().await;
    let mut main = BTreeSet::from(["schema_step".to_owned()]);
    let mut trail = BTreeSet::from(["trail_schema_step".to_owned()]);
    each_main_table!(note_name(&mut main));
    each_trail_table!(note_name(&mut trail));
    if database.url().is_postgres() {
        main.extend(trail.clone());
        trail.clone_from(&main);
    }
    assert_eq!(table_names(databases.main()).await, main);
    assert_eq!(table_names(databases.trail()).await, trail);
}

fn note_name<E: EntityTrait>(names: &mut BTreeSet<String>) -> std::future::Ready<()> {
    names.insert(E::default().table_name().to_owned());
    std::future::ready(())
}

pub(crate) async fn table_names(db: &DatabaseConnection) -> BTreeSet<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        // Partitions are parts of their tables.
        _ => {
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The statements that make indexes are the same for both databases, so one look is enough. A chain of the trail is of no authority.
#[tokio::test]
async fn every_index_is_led_by_the_authority() {
    let database = TestDatabase::sqlite().await;
    let databases = database.open().await;
    let sql = "SELECT t.name || '.' || l.name, i.name FROM sqlite_master t, pragma_index_list(t.name) l, \
               pragma_index_info(l.name) i WHERE t.type = 'table' AND i.seqno = 0 \
               AND t.name NOT IN ('authority', 'schema_step', 'announced_until') AND l.name <> 'announced_write_made' ORDER BY 1";
    let rows = databases
        .main()
        .query_all_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await
        .unwrap();
    assert!(rows.len() > 60, "only {} indexes found", rows.len());
    for row in rows {
        let (index, first): (String, String) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        assert_eq!(first, "authority_id", "{index}");
    }
}

/// The statements that make foreign keys are the same for both databases, so one look is enough.
#[tokio::test]
async fn every_reference_stays_within_its_authority() {
    let database = TestDatabase::sqlite().await;
    let databases = database.open().await;
    // Columns that name a row elsewhere, and the foreign key that each is the second part of. Contacts came after the table of changes, and
    // SQLite adds no composite key to a table that is there. What was written may be there no more, and requests, chains and moves have no table.
    let sql = "SELECT t.name || '.' || c.name, \
                 (SELECT count(*) FROM pragma_foreign_key_list(t.name) f JOIN pragma_foreign_key_list(t.name) a \
                  ON a.id = f.id AND a.seq = 0 AND a.\"from\" = 'authority_id' AND a.\"to\" = 'authority_id' \
                  WHERE f.seq = 1 AND f.\"from\" = c.name AND f.\"to\" = 'id') \
               FROM sqlite_master t, pragma_table_info(t.name) c \
               WHERE t.type = 'table' AND c.type = 'uuid' AND c.name <> 'id' \
               AND t.name || '.' || c.name NOT IN ('family_change.contact_id', 'family_written.family_id', 'alert.request_id', \
               'announced_write.chain_id', 'announced_until.chain_id', 'authority_fence.move_id') ORDER BY 1";
    let rows = databases
        .main()
        .query_all_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await
        .unwrap();
    assert!(rows.len() > 40, "only {} references found", rows.len());
    for row in rows {
        let (column, keys): (String, i64) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        assert_eq!(keys, 1, "{column}");
    }
}
