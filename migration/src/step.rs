//! How a step says what it does: as statements, which whoever applies it sends. The SQL is mostly the same for SQLite and PostgreSQL: both take these
//! type names, and both have composite keys, checks and partial unique indexes.

/// Which database the statements are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// One step, and its way back.
#[derive(Debug)]
pub struct Step {
    /// Its name, which the database keeps.
    pub name: &'static str,
    up: fn(&mut Script),
    down: fn(&mut Script),
}

impl Step {
    pub(crate) const fn new(name: &'static str, up: fn(&mut Script), down: fn(&mut Script)) -> Self {
        Self { name, up, down }
    }

    /// The statements that apply it.
    pub(crate) fn up(&self, database: Database) -> Vec<String> {
        Script::of(database, self.up)
    }

    /// The statements that take it back.
    pub(crate) fn down(&self, database: Database) -> Vec<String> {
        Script::of(database, self.down)
    }
}

/// A table and its indexes.
pub(crate) struct Table {
    /// Its name, for dropping it.
    pub(crate) name: &'static str,
    /// The statement that makes it.
    pub(crate) create: &'static str,
    /// The statements that make its indexes, which go with the table when it is dropped.
    pub(crate) indexes: &'static [&'static str],
}

/// Statements, in order.
pub(crate) struct Script {
    /// Whether they are for PostgreSQL.
    pub(crate) postgres: bool,
    statements: Vec<String>,
}

impl Script {
    fn of(database: Database, write: fn(&mut Self)) -> Vec<String> {
        let mut script = Self {
            postgres: database == Database::Postgres,
            statements: Vec::new(),
        };
        write(&mut script);
        script.statements
    }

    /// One more statement.
    pub(crate) fn run(&mut self, statement: impl Into<String>) {
        self.statements.push(statement.into());
    }

    /// Runs statements after which no family counts as written: what anybody may see has not changed.
    pub(crate) fn run_quietly(&mut self, statements: impl IntoIterator<Item = String>) {
        let (quiet, loud) = if self.postgres {
            (
                "SELECT set_config('thinkfamily.loading', 'on', true)",
                "SELECT set_config('thinkfamily.loading', '', true)",
            )
        } else {
            (
                "INSERT INTO family_written (authority_id, seq, family_id) VALUES (0, 0, zeroblob(16))",
                "DELETE FROM family_written WHERE authority_id = 0",
            )
        };
        self.run(quiet);
        self.run_all(statements);
        self.run(loud);
    }

    /// Runs statements.
    pub(crate) fn run_all(&mut self, statements: impl IntoIterator<Item = String>) {
        self.statements.extend(statements);
    }

    /// Makes the tables, in order.
    pub(crate) fn create(&mut self, tables: &[Table]) {
        for table in tables {
            self.run(table.create);
            for index in table.indexes {
                self.run(*index);
            }
        }
    }

    /// Drops the tables, last made first.
    pub(crate) fn drop(&mut self, tables: &[Table]) {
        for table in tables.iter().rev() {
            self.run(format!("DROP TABLE {}", table.name));
        }
    }
}
