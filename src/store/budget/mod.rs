//! How many people a client has asked about lately: counted across all processes, and never rolled back by what comes after.
//!
//! What is counted is kept by parts of a window that slides on by one part at a time, so that no moment gives a client its budget twice. A question that
//! was counted in the window costs nothing when it is asked again, for some times: whoever asks it more often measures something.
//!
//! Beside it stands which values were tried for what a question holds fast ([`tried`]): for so many days, as digests that nobody can read back.
//!
//! It has connections of its own, so that an operation that holds one of the others never waits for itself; and its commits do not wait for the
//! disk: after a loss of power the questions of the last moments may not have been counted.

pub(super) mod sql;
pub mod tried;
pub(super) mod window;

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use uuid::Uuid;

pub use self::window::PARTS;
use self::{
    sql::Texts,
    tried::{Days, Row, Stop, Trial, Trier},
    window::Parts,
};
use super::{
    Store,
    failure::{StoreError, code},
    keys::array,
    transaction::begin_write,
};

/// At most so many records are taken out again for one operation.
const MOST_WITHDRAWN: usize = 8;

/// Whose budget, and for which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder<'a> {
    /// The authority whose people are asked about.
    pub authority: i32,
    /// The agency that asks.
    pub agency: Uuid,
    /// Its program.
    pub client: &'a str,
    /// The number of the part of the window that has begun: one more with each part.
    pub part: i64,
    /// How many questions the window has for the program, whatever they are for.
    pub allowed: i32,
    /// How many it has for the agency with all its programs.
    pub agency_allowed: i32,
    /// How often a question may be asked again before each time more counts as another question.
    pub repeats: i32,
}

/// Questions as they are counted.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// A digest of each.
    pub digests: &'a [i64],
    /// What each tries.
    pub trials: &'a [Vec<Trial>],
    /// Who asks, as far as tries are counted apart.
    pub by: Trier,
    /// Which days' tries count.
    pub days: Days,
}

/// Whether questions may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// They may, and are counted, but for those that try too many values: of each why, if it does.
    Granted(Vec<Option<Stop>>),
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
    /// What was counted in the window for the agency, with them.
    parts: Parts,
    /// The rows of what was tried, with them.
    rows: HashMap<i64, Row>,
}

impl Store {
    /// Counts questions, one for each time it is asked, if there is room for all of them, and says which of them try too many values. Exact, whichever
    /// processes ask at the same time: the database's own check refuses what would go beyond, and of several values the first to be written count.
    pub async fn admit(&self, holder: Holder<'_>, asked: Asked<'_>) -> Result<Admission, StoreError> {
        let counted = match self.databases().counters().get_database_backend() {
            DbBackend::Sqlite => self.count_in_sqlite(holder, asked).await,
            _ => self.count_in_postgres(holder, asked).await,
        };
        match counted {
            Ok(Counted { new, parts, rows }) => {
                if new > 0 && parts.of(holder.part) == new {
                    self.forget_before(holder, asked.days).await?;
                }
                let judged = tried::judge(asked.trials, asked.by, asked.days, &rows);
                // Whoever is stopped so often in one operation is not putting slips right.
                for (digest, record) in judged.withdrawn.iter().take(MOST_WITHDRAWN) {
                    self.change_row(holder, sql::WITHDRAW, *digest, [record.as_str(), ""])
                        .await?;
                }
                for (digest, long, short) in &judged.shorter {
                    self.change_row(holder, sql::SHORTEN, *digest, [long, short]).await?;
                }
                Ok(Admission::Granted(judged.stops))
            }
            Err(error) if goes_beyond(&error) => {
                let questions = i64::try_from(asked.digests.len()).unwrap_or(i64::MAX);
                let room_from = self.room_for(holder, questions).await?;
                Ok(Admission::Spent { room_from })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// One statement, which is a transaction: all of it or nothing.
    async fn count_in_postgres(&self, holder: Holder<'_>, asked: Asked<'_>) -> Result<Counted, DbErr> {
        let on = self.databases().counters();
        self.count_statement();
        let tried = tried::added(asked.trials, asked.by, asked.days);
        let mut values = of_holder(holder);
        values.extend([
            holder.part.into(),
            holder.repeats.into(),
            array(asked.digests.iter()).into(),
            asked.days.today.into(),
            array(tried.keys()).into(),
            array(tried.values()).into(),
        ]);
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, Texts::postgres().whole(), values);
        let row = on.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the count".to_owned()))?;
        let tried: Option<String> = row.try_get("", "tried")?;
        let tried: Vec<(i64, i64, String)> = serde_json::from_str(tried.as_deref().unwrap_or("[]"))
            .map_err(|_| DbErr::Type("what was tried".to_owned()))?;
        Ok(Counted {
            new: row.try_get::<i32>("", "new")?.into(),
            parts: Parts::read(&row.try_get::<String>("", "parts")?)?,
            rows: tried.into_iter().map(row_of).collect(),
        })
    }

    async fn count_in_sqlite(&self, holder: Holder<'_>, asked: Asked<'_>) -> Result<Counted, DbErr> {
        let transaction = begin_write(self.databases().counters()).await?;
        let list = array(asked.digests.iter()).replace('{', "[").replace('}', "]");
        self.count_statement();
        let noted = Statement::from_sql_and_values(
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
        for row in transaction.query_all_raw(noted).await? {
            new += row.try_get::<i64>("", "cost")?;
        }
        self.count_statement();
        let mut values = of_holder(holder);
        values.extend([holder.part.into(), new.into()]);
        let counted = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            Texts::sqlite().spent("(SELECT $7 AS new)", "$6"),
            values,
        );
        let mut parts = Parts::default();
        for row in transaction.query_all_raw(counted).await? {
            if row.try_get::<String>("", "client")?.is_empty() {
                parts = Parts::read(&row.try_get::<String>("", "parts")?)?;
            }
        }
        self.count_statement();
        let tried: Vec<_> = tried::added(asked.trials, asked.by, asked.days).into_iter().collect();
        let tried = serde_json::to_string(&tried).map_err(|_| DbErr::Type("what is tried".to_owned()))?;
        let noted = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            Texts::sqlite().tried("$1", "$2", "$3"),
            [Value::from(holder.authority), asked.days.today.into(), tried.into()],
        );
        let mut rows = HashMap::new();
        for row in transaction.query_all_raw(noted).await? {
            let (digest, row) = row_of((
                row.try_get("", "digest")?,
                row.try_get("", "before")?,
                row.try_get("", "tried")?,
            ));
            rows.insert(digest, row);
        }
        transaction.commit().await?;
        Ok(Counted { new, parts, rows })
    }

    /// Changes the text of a row of what was tried.
    async fn change_row(&self, holder: Holder<'_>, text: &str, digest: i64, by: [&str; 2]) -> Result<(), StoreError> {
        self.count_statement();
        let on = self.databases().counters();
        let values = [Value::from(holder.authority), digest.into(), by[0].into(), by[1].into()];
        on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), text, values))
            .await?;
        Ok(())
    }

    /// From which part on so many questions have room, for the program and for its agency.
    async fn room_for(&self, holder: Holder<'_>, questions: i64) -> Result<i64, StoreError> {
        self.count_statement();
        let on = self.databases().counters();
        let values = [
            Value::from(holder.authority),
            holder.agency.into(),
            holder.client.into(),
        ];
        let statement = Statement::from_sql_and_values(on.get_database_backend(), sql::PARTS_OF_HOLDER, values);
        let mut parts = [Parts::default(), Parts::default()];
        for row in on.query_all_raw(statement).await? {
            let of_agency = row.try_get::<String>("", "client")?.is_empty();
            parts[usize::from(of_agency)] = Parts::read(&row.try_get::<String>("", "parts")?)?;
        }
        let allowed = [holder.allowed, holder.agency_allowed].map(i64::from);
        let both = parts.iter().zip(allowed);
        let full = both.filter(|(parts, allowed)| parts.over(holder.part, questions, *allowed));
        let room = full.map(|(parts, allowed)| parts.room_from(holder.part, questions, allowed));
        Ok(room.max().unwrap_or(holder.part + 1))
    }

    /// Whoever asks first in a part of the window has the digests thrown away that are out of it, and what was tried too long ago.
    async fn forget_before(&self, holder: Holder<'_>, days: Days) -> Result<(), StoreError> {
        let on = self.databases().counters();
        let texts = match on.get_database_backend() {
            DbBackend::Sqlite => Texts::sqlite(),
            _ => Texts::postgres(),
        };
        let asked = (texts.forget("lookup_asked", "part"), holder.part, PARTS);
        let tried = (texts.forget("lookup_tried", "day"), days.today, days.before);
        for (text, now, before) in [asked, tried] {
            self.count_statement();
            let values = [
                Value::from(holder.authority),
                (now - before).into(),
                (now + before).into(),
            ];
            on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), text, values))
                .await?;
        }
        Ok(())
    }
}

/// `$1` to `$5` of the statements about a budget.
fn of_holder(holder: Holder<'_>) -> Vec<Value> {
    vec![
        holder.authority.into(),
        holder.agency.into(),
        holder.client.into(),
        holder.allowed.into(),
        holder.agency_allowed.into(),
    ]
}

/// A row as a statement gives it back: where nothing was added, `before` is less than nought.
fn row_of((digest, before, tried): (i64, i64, String)) -> (i64, Row) {
    let before = usize::try_from(before).ok();
    (digest, Row { before, tried })
}

/// Whether the table's check refused: 23514 in PostgreSQL, 275 in SQLite.
pub(super) fn goes_beyond(error: &DbErr) -> bool {
    matches!(code(error).as_deref(), Some("23514" | "275"))
}
