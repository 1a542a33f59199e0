//! What is said of the tables in `records` and what the migrations make of them are the same, in both databases.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::DbBackend;
use thinkfamily::records::{Column, Holds, Table};

use crate::support::{
    database::{TestDatabase, on_both},
    tables,
};

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
        let there = tables::columns(databases.main(), table.name()).await;
        let there: BTreeMap<_, _> = there
            .into_iter()
            .filter(|column| {
                !NOT_SAID
                    .iter()
                    .any(|(of, not, _)| (*of, *not) == (table.name(), column.name.as_str()))
            })
            .map(|column| (column.name, (column.kind, column.optional)))
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
        let there = tables::words(databases.main(), table.name()).await;
        for column in table.columns() {
            let Holds::OneOf(said) = column.holds else { continue };
            let said: BTreeSet<String> = said.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(there.get(column.name), Some(&said), "{}.{}", table.name(), column.name);
            lists += 1;
        }
    }
    assert!(lists >= 20, "only {lists} lists of codes found");
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
