//! What is said of the tables in `records` and what the migrations make of them are the same, in both databases.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use thinkfamily::records::{Column, Holds, Table};

use super::tables::columns;
use crate::support::database::{TestDatabase, on_both};

/// Columns that no record says, each with the reason. What moves an authority must know of them.
const NOT_SAID: [(&str, &str, &str); 1] = [(
    "local_identifier",
    "doubled",
    "was set once, by the step of the migration that made numbers unique",
)];

on_both!(every_column_that_is_said_is_there_as_it_is_said);
async fn every_column_that_is_said_is_there_as_it_is_said(database: &TestDatabase) {
    let databases = database.open().await;
    for table in Table::ALL {
        let there = columns(databases.main(), table.name()).await;
        let there: BTreeMap<_, _> = there
            .into_iter()
            .filter(|(name, ..)| {
                !NOT_SAID
                    .iter()
                    .any(|(of, not, _)| (*of, *not) == (table.name(), name.as_str()))
            })
            .map(|(name, kind, optional, _)| (name, (kind, optional)))
            .collect();
        let said: BTreeMap<_, _> = table
            .columns()
            .iter()
            .map(|column| (column.name.to_owned(), (kind(column).to_owned(), column.optional)))
            .collect();
        assert_eq!(there, said, "{}", table.name());
    }
}

fn kind(column: &Column) -> &'static str {
    match column.holds {
        Holds::Key | Holds::Of(_) | Holds::Agency => "uuid",
        Holds::Authority | Holds::Number(..) => "integer",
        Holds::Date | Holds::Birth => "date",
        Holds::Instant => "timestamp with time zone",
        Holds::Flag => "boolean",
        Holds::Text(_)
        | Holds::Lines(_)
        | Holds::Code
        | Holds::OneOf(_)
        | Holds::AgencyKind
        | Holds::Criterion
        | Holds::Measure
        | Holds::Domain
        | Holds::Category
        | Holds::Purposes => "text",
    }
}

on_both!(a_list_of_codes_is_the_words_that_the_database_takes);
async fn a_list_of_codes_is_the_words_that_the_database_takes(database: &TestDatabase) {
    let databases = database.open().await;
    let mut lists = 0;
    for table in Table::ALL {
        let there = words(databases.main(), table.name()).await;
        for column in table.columns() {
            let Holds::OneOf(said) = column.holds else { continue };
            let said: BTreeSet<String> = said.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(there.get(column.name), Some(&said), "{}.{}", table.name(), column.name);
            lists += 1;
        }
    }
    assert!(lists >= 20, "only {lists} lists of codes found");
}

/// By their columns, the words that checks of a table let in.
async fn words(db: &DatabaseConnection, table: &str) -> BTreeMap<String, BTreeSet<String>> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = $1",
        _ => "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass",
    };
    let rows = db
        .query_all_raw(Statement::from_sql_and_values(backend, sql, [table.into()]))
        .await
        .unwrap();
    let mut all = BTreeMap::new();
    for row in rows {
        let text: String = row.try_get_by_index(0).unwrap();
        // `status IN ('a', 'b')`, which PostgreSQL gives back as `status = ANY (ARRAY['a'::text, 'b'::text])`.
        for list in [" IN (", " = ANY (ARRAY["].iter().flat_map(|of| text.match_indices(of)) {
            let column = text[..list.0].rsplit(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
            let list = &text[list.0 + list.1.len()..];
            let words = list[..list.find([')', ']']).unwrap()].split('\'').skip(1).step_by(2);
            let column = column.into_iter().find(|word| !word.is_empty()).unwrap();
            all.insert(column.to_owned(), words.map(str::to_owned).collect());
        }
    }
    all
}

on_both!(every_row_that_is_read_with_families_is_noted_when_it_is_written);
async fn every_row_that_is_read_with_families_is_noted_when_it_is_written(database: &TestDatabase) {
    let databases = database.open().await;
    let postgres = databases.main().get_database_backend() == DbBackend::Postgres;
    let noted: BTreeSet<&str> = migration::triggers_that_note(postgres)
        .into_iter()
        .map(|(table, _)| table)
        .collect();
    for table in Table::ALL {
        assert_eq!(noted.contains(table.name()), table.noted(), "{}", table.name());
    }
}
