//! The tables as a migrated database has them, and a pair of made-up rows for each: a new table is taken in by itself.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement, Value};

use super::samples;

/// A column, as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The name of its type.
    pub(crate) kind: String,
    /// Whether it may hold nothing.
    pub(crate) optional: bool,
    /// Its place in the primary key, counted from 1; 0 outside of it.
    pub(crate) key: i32,
}

/// A table, as the database has it.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// By its columns, the table in which each names a row.
    pub(crate) refers: BTreeMap<String, String>,
    /// By its columns, the words that checks let in.
    pub(crate) words: BTreeMap<String, BTreeSet<String>>,
}

/// A row: what each column holds.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    table: String,
    cells: Vec<(String, Value)>,
}

impl Row {
    /// The same with something else in a column.
    pub(crate) fn with(mut self, column: &str, value: impl Into<Value>) -> Self {
        *self.cell(column) = value.into();
        self
    }

    /// What a column holds.
    pub(crate) fn get(&mut self, column: &str) -> Value {
        self.cell(column).clone()
    }

    fn cell(&mut self, column: &str) -> &mut Value {
        let cell = self.cells.iter_mut().find(|(name, _)| name == column);
        &mut cell.unwrap_or_else(|| panic!("{} has no {column}", self.table)).1
    }

    /// Puts it into its table.
    pub(crate) async fn insert(&self, db: &DatabaseConnection) -> Result<(), DbErr> {
        let names: Vec<&str> = self.cells.iter().map(|(name, _)| name.as_str()).collect();
        let places: Vec<String> = (1..=names.len()).map(|at| format!("${at}")).collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            self.table,
            names.join(", "),
            places.join(", ")
        );
        let values = self.cells.iter().map(|(_, value)| value.clone());
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        db.execute_raw(statement).await.map(|_| ())
    }
}

impl Table {
    async fn of(db: &DatabaseConnection, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            columns: columns(db, name).await,
            refers: refers(db, name).await,
            words: words(db, name).await,
        }
    }

    /// Two rows that may stand together with the pairs of all other tables: one with a value in every column, one with
    /// none wherever that is allowed.
    pub(crate) fn pair(&self) -> [Row; 2] {
        [0, 1].map(|row| Row {
            table: self.name.clone(),
            cells: self
                .columns
                .iter()
                .map(|column| (column.name.clone(), samples::value(self, column, row)))
                .collect(),
        })
    }

    /// Inserts the pair.
    pub(crate) async fn insert(&self, db: &DatabaseConnection) {
        for row in self.pair() {
            row.insert(db)
                .await
                .unwrap_or_else(|error| panic!("{}: {error}", self.name));
        }
    }
}

/// The tables of the main database, referred-to tables first.
pub(crate) async fn main(db: &DatabaseConnection) -> Vec<Table> {
    of_database(db, false).await
}

/// The same of the trail, which on PostgreSQL stands in the same database.
pub(crate) async fn trail(db: &DatabaseConnection) -> Vec<Table> {
    of_database(db, true).await
}

async fn of_database(db: &DatabaseConnection, trail: bool) -> Vec<Table> {
    let (mut left, mut all) = (Vec::new(), Vec::<Table>::new());
    for name in names(db).await {
        if name.starts_with("trail_") == trail && !name.ends_with("schema_step") {
            left.push(Table::of(db, &name).await);
        }
    }
    assert!(left.len() > 10, "the tables were not found");
    while !left.is_empty() {
        let waiting: BTreeSet<String> = left.iter().map(|table| table.name.clone()).collect();
        let waits = |table: &mut Table| {
            let mut others = table.refers.values().filter(|to| **to != table.name);
            !others.any(|to| waiting.contains(to))
        };
        let next: Vec<Table> = left.extract_if(.., waits).collect();
        assert!(!next.is_empty(), "they refer to each other in a circle: {waiting:?}");
        all.extend(next);
    }
    all
}

/// A pair of rows in every table of the main database.
pub(crate) async fn fill(db: &DatabaseConnection) {
    for table in main(db).await {
        table.insert(db).await;
    }
}

async fn ask(db: &DatabaseConnection, sqlite: &str, postgres: &str, table: Option<&str>) -> Vec<QueryResult> {
    let backend = db.get_database_backend();
    let sql = if backend == DbBackend::Sqlite { sqlite } else { postgres };
    let statement = Statement::from_sql_and_values(backend, sql, table.map(Value::from));
    db.query_all_raw(statement).await.unwrap()
}

/// The names of all tables that are there.
pub(crate) async fn names(db: &DatabaseConnection) -> BTreeSet<String> {
    let sqlite = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    // Partitions are parts of their tables.
    let postgres = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                    AND relkind IN ('r', 'p') AND NOT relispartition";
    let rows = ask(db, sqlite, postgres, None).await;
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// A table's columns, in their order.
pub(crate) async fn columns(db: &DatabaseConnection, table: &str) -> Vec<Column> {
    let sqlite = r#"SELECT name, lower(type), "notnull" = 0, pk FROM pragma_table_info($1) ORDER BY cid"#;
    let postgres = "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
                    coalesce(array_position(i.indkey::smallint[], a.attnum) + 1, 0)
             FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
             WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    let rows = ask(db, sqlite, postgres, Some(table)).await;
    let column = |row: &QueryResult| Column {
        name: row.try_get_by_index(0).unwrap(),
        kind: row.try_get_by_index(1).unwrap(),
        optional: row.try_get_by_index(2).unwrap(),
        key: row.try_get_by_index(3).unwrap(),
    };
    rows.iter().map(column).collect()
}

/// By a table's columns, the table in which each names a row. That the authority is part of a key says nothing beside another column.
async fn refers(db: &DatabaseConnection, table: &str) -> BTreeMap<String, String> {
    let sqlite = r#"SELECT "from", "table" FROM pragma_foreign_key_list($1)
                    WHERE "from" <> 'authority_id' OR "table" = 'authority'"#;
    let postgres = "SELECT a.attname::text, c.confrelid::regclass::text FROM pg_constraint c
                    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
                    WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid = $1::regclass
                      AND (a.attname <> 'authority_id' OR c.confrelid = 'authority'::regclass)";
    let rows = ask(db, sqlite, postgres, Some(table)).await;
    let pair = |row: &QueryResult| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
    rows.iter().map(pair).collect()
}

/// By a table's columns, the words that checks let in.
pub(crate) async fn words(db: &DatabaseConnection, table: &str) -> BTreeMap<String, BTreeSet<String>> {
    let sqlite = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = $1";
    let postgres =
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass";
    let mut all = BTreeMap::new();
    for row in ask(db, sqlite, postgres, Some(table)).await {
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
