//! How many people a client has asked about lately: counted across all processes, and never rolled back by what comes after.
//!
//! What is counted is kept by parts of a window that slides on by one part at a time, so that no moment gives a client its budget twice. A question that
//! was counted in the window costs nothing when it is asked again, for some times: whoever asks it more often measures something.
//!
//! It has connections of its own, so that an operation that holds one of the others never waits for itself; and its commits do not wait for the
//! disk: after a loss of power the questions of the last moments may not have been counted.

pub(super) mod sql;
pub(super) mod window;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use uuid::Uuid;

use self::{sql::Texts, window::Parts};
use super::{
    Store,
    failure::{StoreError, code},
    keys::array,
    transaction::begin_write,
};

/// How many parts a window has besides the one that has begun. A client's budget holds for any time of so many parts.
pub const PARTS: i64 = 24;

/// Whose budget, and for which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder<'a> {
    /// The authority whose people are asked about.
    pub authority: i32,
    /// The agency that asks.
    pub agency: Uuid,
    /// Its program.
    pub client: &'a str,
    /// What for.
    pub purpose: &'a str,
    /// The number of the part of the window that has begun: one more with each part.
    pub part: i64,
    /// How many questions the window has.
    pub allowed: i32,
    /// How often a question may be asked again before each time more counts as another question.
    pub repeats: i32,
}

/// Whether questions may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// They may, and are counted.
    Granted,
    /// They would go beyond the budget. None of them is counted.
    Spent {
        /// From which part on there is room for them, if nothing else is asked meanwhile.
        room_from: i64,
    },
}

/// What a statement counted.
struct Counted {
    /// How many of the questions were new, or were asked once too often.
    new: i64,
    /// What was counted in the window, with them.
    parts: Parts,
}

impl Store {
    /// Counts the questions with these digests, one for each time it is asked, if there is room for all of them. Exact, whichever processes ask at the same
    /// time: the database's own check refuses what would go beyond.
    pub async fn admit(&self, holder: Holder<'_>, digests: &[i64]) -> Result<Admission, StoreError> {
        let counted = match self.databases().counters().get_database_backend() {
            DbBackend::Sqlite => self.count_in_sqlite(holder, digests).await,
            _ => self.count_in_postgres(holder, digests).await,
        };
        match counted {
            Ok(Counted { new, parts }) => {
                if new > 0 && parts.of(holder.part) == new {
                    self.forget_before(holder).await?;
                }
                Ok(Admission::Granted)
            }
            Err(error) if goes_beyond(&error) => {
                let questions = i64::try_from(digests.len()).unwrap_or(i64::MAX);
                let room_from = self.room_for(holder, questions).await?;
                Ok(Admission::Spent { room_from })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// One statement, which is a transaction: all of it or nothing.
    async fn count_in_postgres(&self, holder: Holder<'_>, digests: &[i64]) -> Result<Counted, DbErr> {
        let on = self.databases().counters();
        self.count_statement();
        let mut values = of_holder(holder);
        values.extend([
            holder.part.into(),
            holder.allowed.into(),
            holder.repeats.into(),
            array(digests.iter()).into(),
        ]);
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, Texts::postgres().whole(), values);
        let row = on.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the count".to_owned()))?;
        Ok(Counted {
            new: row.try_get::<i32>("", "new")?.into(),
            parts: Parts::read(&row.try_get::<String>("", "parts")?)?,
        })
    }

    async fn count_in_sqlite(&self, holder: Holder<'_>, digests: &[i64]) -> Result<Counted, DbErr> {
        let transaction = begin_write(self.databases().counters()).await?;
        let list = array(digests.iter()).replace('{', "[").replace('}', "]");
        self.count_statement();
        let asked = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            Texts::sqlite().asked("$1", "$2", "$3", "$4"),
            [
                Value::from(holder.authority),
                holder.part.into(),
                holder.repeats.into(),
                list.into(),
            ],
        );
        let mut new = 0_i64;
        for row in transaction.query_all_raw(asked).await? {
            new += row.try_get::<i64>("", "cost")?;
        }
        self.count_statement();
        let mut values = of_holder(holder);
        values.extend([holder.part.into(), holder.allowed.into(), new.into()]);
        let counted = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            Texts::sqlite().spent("(SELECT $7 AS new)", "$5", "$6"),
            values,
        );
        let row = transaction.query_one_raw(counted).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the count".to_owned()))?;
        let parts = Parts::read(&row.try_get::<String>("", "parts")?)?;
        transaction.commit().await?;
        Ok(Counted { new, parts })
    }

    /// From which part on so many questions have room.
    async fn room_for(&self, holder: Holder<'_>, questions: i64) -> Result<i64, StoreError> {
        self.count_statement();
        let on = self.databases().counters();
        let statement =
            Statement::from_sql_and_values(on.get_database_backend(), sql::PARTS_OF_HOLDER, of_holder(holder));
        let parts = match on.query_one_raw(statement).await? {
            Some(row) => Parts::read(&row.try_get::<String>("", "parts")?)?,
            None => Parts::default(),
        };
        Ok(parts.room_from(holder.part, questions, holder.allowed.into()))
    }

    /// Whoever asks first in a part of the window has the digests thrown away that are out of it.
    async fn forget_before(&self, holder: Holder<'_>) -> Result<(), StoreError> {
        self.count_statement();
        let on = self.databases().counters();
        let statement = Statement::from_sql_and_values(
            on.get_database_backend(),
            match on.get_database_backend() {
                DbBackend::Sqlite => Texts::sqlite().forget(),
                _ => Texts::postgres().forget(),
            },
            [
                Value::from(holder.authority),
                (holder.part - PARTS).into(),
                (holder.part + PARTS).into(),
            ],
        );
        on.execute_raw(statement).await?;
        Ok(())
    }
}

/// `$1` to `$4` of the statements about a budget.
fn of_holder(holder: Holder<'_>) -> Vec<Value> {
    vec![
        holder.authority.into(),
        holder.agency.into(),
        holder.client.into(),
        holder.purpose.into(),
    ]
}

/// Whether the table's check refused: 23514 in PostgreSQL, 275 in SQLite.
pub(super) fn goes_beyond(error: &DbErr) -> bool {
    matches!(code(error).as_deref(), Some("23514" | "275"))
}
