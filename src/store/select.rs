//! The SQL of the reads that every operation waits for: few texts, constant whatever is requested, and the
//! same on both databases except for lists. Rare queries are built by the library.

use std::{
    fmt::Write as _,
    sync::{Arc, LazyLock},
};

use sea_orm::DbBackend;
use uuid::Uuid;

use super::{pipeline::Bind, record::Record, united};
use crate::records::{PersonRow, Row as _};

/// A query of one table's rows, within an authority.
pub(super) struct Select {
    pub(super) text: String,
    pub(super) values: Vec<Bind>,
    backend: DbBackend,
}

/// The families of a query.
pub(super) type Families = Arc<[Uuid]>;

impl Select {
    /// All of an authority's rows. `within` is the column of the authority.
    pub(super) fn from<R: Record>(backend: DbBackend, table: &str, within: &str, authority: i32) -> Self {
        let mut text = String::with_capacity(512);
        // Writing to a string cannot fail.
        let _ = write!(text, "SELECT {} FROM {table} WHERE {within} = $1", R::LIST);
        Self {
            text,
            values: vec![authority.into()],
            backend,
        }
    }

    /// All of an authority's people, with what any record of theirs says of shielding and death.
    pub(super) fn people(backend: DbBackend, authority: i32) -> Self {
        static COLUMNS: LazyLock<String> = LazyLock::new(|| {
            let column = |name: &&str| match *name {
                "shielded" => format!("{} AS shielded", united::shielded(PersonRow::NAME)),
                "died_on" => format!("{} AS died_on", united::died_on(PersonRow::NAME)),
                name => name.to_owned(),
            };
            PersonRow::NAMES.iter().map(column).collect::<Vec<_>>().join(", ")
        });
        Self {
            text: format!("SELECT {} FROM person WHERE authority_id = $1", *COLUMNS),
            values: vec![authority.into()],
            backend,
        }
    }

    /// Only rows in which a column is one of a list.
    pub(super) fn among(mut self, column: &str, list: Bind) -> Self {
        let among = self.list(list);
        let _ = write!(self.text, " AND {column} {among}");
        self
    }

    /// Only rows of people who ever belonged to these families. `column` holds a person.
    pub(super) fn of_people_in(mut self, column: &str, families: &Families) -> Self {
        let among = self.list(Bind::Keys(Arc::clone(families)));
        let _ = write!(
            self.text,
            " AND {column} IN (SELECT person_id FROM membership WHERE authority_id = $1 AND family_id {among})"
        );
        self
    }

    /// Only rows of all households to which people of these families ever belonged, of these families among them.
    pub(super) fn of_households_of(mut self, families: &Families) -> Self {
        let households = self.households_of(families);
        let _ = write!(self.text, " AND family_id IN ({households})");
        self
    }

    /// Only people who ever belonged to one of those households.
    pub(super) fn of_people_of_households(mut self, families: &Families) -> Self {
        let households = self.households_of(families);
        let _ = write!(
            self.text,
            " AND id IN (SELECT person_id FROM membership WHERE authority_id = $1 AND family_id IN ({households}))"
        );
        self
    }

    /// Step by step: without statistics PostgreSQL would go through all memberships for each of them.
    fn households_of(&mut self, families: &Families) -> String {
        let among = self.list(Bind::Keys(Arc::clone(families)));
        format!(
            "WITH who AS MATERIALIZED (SELECT DISTINCT person_id FROM membership WHERE authority_id = $1 AND family_id {among}), \
             homes AS MATERIALIZED (SELECT DISTINCT h.family_id FROM who JOIN membership h ON h.authority_id = $1 \
             AND h.person_id = who.person_id) SELECT family_id FROM homes"
        )
    }

    fn list(&mut self, list: Bind) -> String {
        if let Bind::Words(words) = &list
            && let [word] = &**words
        {
            // With a single value PostgreSQL uses the whole index; with a list it reads all of a person's
            // index entries and then compares.
            self.values.push(word.as_str().into());
            return format!("= ${}", self.values.len());
        }
        let keys = matches!(list, Bind::Keys(_));
        self.values.push(list);
        let number = self.values.len();
        match (self.backend, keys) {
            (DbBackend::Sqlite, true) => format!("IN (SELECT unhex(value) FROM json_each(${number}))"),
            (DbBackend::Sqlite, false) => format!("IN (SELECT value FROM json_each(${number}))"),
            _ => format!("= ANY(${number})"),
        }
    }
}
