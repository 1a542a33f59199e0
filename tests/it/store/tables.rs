//! The migrated databases: what goes in comes back, entities are the same tables, and no row refers to another authority's.

use std::{collections::BTreeSet, fs};

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn,
    Statement, sea_query::ColumnType,
};

use crate::support::{
    database::{TestDatabase, on_both},
    samples,
    tables::{self, Column, Table},
};

on_both!(every_row_comes_back_as_it_went_in);
async fn every_row_comes_back_as_it_went_in(database: &TestDatabase) {
    let databases = database.open().await;
    for (db, tables) in [
        (databases.main(), tables::main(databases.main()).await),
        (databases.trail(), tables::trail(databases.trail()).await),
    ] {
        for table in tables {
            comes_back(db, &table).await;
        }
    }
}

async fn comes_back(db: &DatabaseConnection, table: &Table) {
    table.insert(db).await;
    let backend = db.get_database_backend();
    let all = Statement::from_string(backend, format!("SELECT * FROM {}", table.name));
    let there = db.query_all_raw(all).await.unwrap().len();
    // What was written to the tables before, the database itself notes in this one.
    assert!(
        there == 2 || (table.name == "family_written" && there >= 2),
        "{}: {there}",
        table.name
    );
    let keys: Vec<&Column> = table.columns.iter().filter(|column| column.key > 0).collect();
    assert!(!keys.is_empty(), "{} has no key", table.name);
    for mut row in table.pair() {
        let named: Vec<String> = keys
            .iter()
            .zip(1..)
            .map(|(key, at)| format!("{} = ${at}", key.name))
            .collect();
        let sql = format!("SELECT * FROM {} WHERE {}", table.name, named.join(" AND "));
        let values: Vec<_> = keys.iter().map(|key| row.get(&key.name)).collect();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        let found = db.query_one_raw(statement).await.unwrap();
        let found = found.unwrap_or_else(|| panic!("{}: the row that was inserted", table.name));
        for column in &table.columns {
            let expected = row.get(&column.name);
            assert_eq!(
                samples::read(&found, column),
                expected,
                "{}.{}",
                table.name,
                column.name
            );
        }
    }
}

/// Calls `same_columns::<Entity>($db).await` for each entity.
macro_rules! each_entity {
    ($db:ident: $($table:ident)+) => {
        /// The entities that are compared.
        const ENTITIES: &[&str] = &[$(stringify!($table)),+];

        on_both!(every_column_is_the_same_in_entity_and_database);
        async fn every_column_is_the_same_in_entity_and_database(database: &TestDatabase) {
            let databases = database.open().await;
            let $db = databases.main();
            $( same_columns::<entity::$table::Entity>($db).await; )+
        }
    };
}

each_entity! { db:
    agency agreement agreement_clause agreement_signatory alert authority authority_fence barred_subject consent
    criteria_match emergency_access family family_change idempotency import_file involvement lead_professional local_identifier
    lookup_asked lookup_budget lookup_tried marker marker_change marker_consumer marker_response marker_told membership
    person person_key person_key_state person_merge person_merge_row plan policy_version statistical_neighbour trusted_client trusted_document
    webhook_delivery webhook_endpoint write_budget
}

#[test]
fn no_entity_is_left_out() {
    let files = fs::read_dir("entity/src").expect("the entities").map(|file| {
        let name = file.expect("a file").file_name();
        name.to_string_lossy().trim_end_matches(".rs").to_owned()
    });
    let files: BTreeSet<String> = files.filter(|name| name != "lib").collect();
    let compared: BTreeSet<String> = ENTITIES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(files, compared, "name each entity in `each_entity!` above");
}

async fn same_columns<E: EntityTrait>(db: &DatabaseConnection) {
    let table = E::default().table_name().to_owned();
    let key: Vec<_> = E::PrimaryKey::iter().map(|key| key.into_column().as_str()).collect();
    let column = |column: E::Column| {
        let definition = column.def();
        let place = key.iter().position(|part| *part == column.as_str());
        Column {
            name: column.as_str().to_owned(),
            kind: type_name(definition.get_column_type()).to_owned(),
            optional: definition.is_null(),
            key: i32::try_from(place.map_or(0, |place| place + 1)).unwrap(),
        }
    };
    let of_entity: Vec<Column> = E::Column::iter().map(column).collect();
    assert_eq!(tables::columns(db, &table).await, of_entity, "{table}");
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
    // SQLite adds no composite key to a table that is there. What was written may be there no more, requests, chains and moves have no table, and rows that were merged are of several.
    let sql = "SELECT t.name || '.' || c.name, \
                 (SELECT count(*) FROM pragma_foreign_key_list(t.name) f JOIN pragma_foreign_key_list(t.name) a \
                  ON a.id = f.id AND a.seq = 0 AND a.\"from\" = 'authority_id' AND a.\"to\" = 'authority_id' \
                  WHERE f.seq = 1 AND f.\"from\" = c.name AND f.\"to\" = 'id') \
               FROM sqlite_master t, pragma_table_info(t.name) c \
               WHERE t.type = 'table' AND c.type = 'uuid' AND c.name <> 'id' \
               AND t.name || '.' || c.name NOT IN ('family_change.contact_id', 'family_written.family_id', 'alert.request_id', 'alert.family_id', \
               'announced_write.chain_id', 'announced_until.chain_id', 'authority_fence.move_id', 'person_merge_row.row_id') ORDER BY 1";
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
