//! The look-up budget (a rate limit): how many people a client has recently asked about, counted across all
//! processes, and never rolled back.
//!
//! Counts are kept for the parts of a sliding window, so that no moment gives a client its budget twice. A
//! question already counted in the window is free if repeated, up to a limit: whoever repeats it more often
//! is probing.
//!
//! In addition the values tried for a question are recorded ([`trials`]): for a number of days, as digests
//! that cannot be reversed.
//!
//! It has its own connections, so that an operation that holds one of the others never waits for itself; and
//! its commits do not wait for the disk: after a power failure the most recent questions may be missing from
//! the count.

pub(super) mod sql;
pub mod trials;
pub(super) mod window;

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use uuid::Uuid;

pub use self::window::PARTS;
use self::{
    sql::Dialect,
    trials::{Days, Row, Stop, Trial, Trier},
    window::Parts,
};
use super::{
    Store,
    failure::{StoreError, code},
    keys::array,
    session::Session,
    transaction::begin_write,
};

/// The most trial records withdrawn for one operation.
const MAX_WITHDRAWN: usize = 8;

/// Whose budget, and for which period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder<'a> {
    /// The authority whose people are asked about.
    pub authority: i32,
    /// The agency that asks.
    pub agency: Uuid,
    /// Its client program.
    pub client: &'a str,
    /// The number of the current part of the window; it grows by one with each part.
    pub part: i64,
    /// The window's limit of questions for the client, whatever they are for.
    pub allowed: i32,
    /// The window's limit for the agency with all its clients.
    pub agency_allowed: i32,
    /// How often a question may be repeated before each repetition counts as another question.
    pub repeats: i32,
}

/// The questions to be counted.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// A digest of each question.
    pub digests: &'a [i64],
    /// The values that each question tries.
    pub trials: &'a [Vec<Trial>],
    /// Who asks, as far as trials are counted separately.
    pub by: Trier,
    /// The days whose trials count.
    pub days: Days,
}

/// Whether questions may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// They may, and are counted, except those that try too many values: for each question the reason, if it
    /// is stopped.
    Granted(Vec<Option<Stop>>),
    /// They would exceed the budget. None of them is counted.
    Spent {
        /// The first part of the window with room for them, if nothing else is asked meanwhile.
        room_from: i64,
    },
}

/// The result of a counting statement.
struct Counted {
    /// How many of the questions were new, or repeated too often.
    new: i64,
    /// The agency's counts in the window, including these.
    parts: Parts,
    /// The trial rows, including these.
    rows: HashMap<i64, Row>,
}

impl Store {
    /// Counts questions, once for each time asked, if there is room for all of them, and returns which of
    /// them try too many values. Exact across concurrent processes: a check constraint refuses what would
    /// exceed the budget, and of several values those written first count.
    pub async fn admit(&self, holder: Holder<'_>, asked: Asked<'_>) -> Result<Admission, StoreError> {
        let on = self.databases().counters();
        let counted = match on.get_database_backend() {
            DbBackend::Sqlite => {
                let counting = async {
                    let transaction = begin_write(on).await?;
                    let counted = self.count_in_sqlite(&transaction, holder, asked).await?;
                    transaction.commit().await?;
                    Ok(counted)
                };
                counting.await
            }
            _ => self.count_in_postgres(holder, asked).await,
        };
        self.judge(on, counted, holder, asked).await
    }

    /// What was counted, as a verdict.
    async fn judge(
        &self,
        on: &impl ConnectionTrait,
        counted: Result<Counted, DbErr>,
        holder: Holder<'_>,
        asked: Asked<'_>,
    ) -> Result<Admission, StoreError> {
        match counted {
            Ok(Counted { new, parts, rows }) => {
                if new > 0 && parts.of(holder.part) == new {
                    self.delete_expired(on, holder, asked.days).await?;
                }
                let verdict = trials::judge(asked.trials, asked.by, asked.days, &rows);
                // Somebody stopped this often in one operation is not correcting mistakes.
                for (digest, record) in verdict.withdrawn.iter().take(MAX_WITHDRAWN) {
                    self.change_row(on, holder, sql::WITHDRAW, *digest, [record.as_str(), ""])
                        .await?;
                }
                for (digest, long, short) in &verdict.compacted {
                    self.change_row(on, holder, sql::SHORTEN, *digest, [long, short])
                        .await?;
                }
                Ok(Admission::Granted(verdict.stops))
            }
            Err(error) if exceeds_budget(&error) => {
                let questions = i64::try_from(asked.digests.len()).unwrap_or(i64::MAX);
                let room_from = self.room_for(on, holder, questions).await?;
                Ok(Admission::Spent { room_from })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A single statement, which is a transaction: all of it or nothing.
    async fn count_in_postgres(&self, holder: Holder<'_>, asked: Asked<'_>) -> Result<Counted, DbErr> {
        let on = self.databases().counters();
        self.count_statement();
        let tried = trials::added(asked.trials, asked.by, asked.days);
        let mut values = holder_values(holder);
        values.extend([
            holder.part.into(),
            holder.repeats.into(),
            array(asked.digests.iter()).into(),
            asked.days.today.into(),
            array(tried.keys()).into(),
            array(tried.values()).into(),
        ]);
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, Dialect::postgres().whole(), values);
        let row = on.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the count".to_owned()))?;
        let tried: Option<String> = row.try_get("", "tried")?;
        let tried: Vec<(i64, i64, String)> = serde_json::from_str(tried.as_deref().unwrap_or("[]"))
            .map_err(|_| DbErr::Type("what was tried".to_owned()))?;
        Ok(Counted {
            new: row.try_get::<i32>("", "new")?.into(),
            parts: Parts::read(&row.try_get::<String>("", "parts")?)?,
            rows: tried.into_iter().map(to_row).collect(),
        })
    }

    async fn count_in_sqlite(
        &self,
        on: &impl ConnectionTrait,
        holder: Holder<'_>,
        asked: Asked<'_>,
    ) -> Result<Counted, DbErr> {
        let list = array(asked.digests.iter()).replace('{', "[").replace('}', "]");
        self.count_statement();
        let noted = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            Dialect::sqlite().asked("$1", "$2", "$3", "$4"),
            [
                Value::from(holder.authority),
                holder.part.into(),
                holder.repeats.into(),
                list.into(),
            ],
        );
        let mut new = 0_i64;
        for row in on.query_all_raw(noted).await? {
            new += row.try_get::<i64>("", "cost")?;
        }
        self.count_statement();
        let mut values = holder_values(holder);
        values.extend([holder.part.into(), new.into()]);
        let counted = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            Dialect::sqlite().spent("(SELECT $7 AS new)", "$6"),
            values,
        );
        let mut parts = Parts::default();
        for row in on.query_all_raw(counted).await? {
            if row.try_get::<String>("", "client")?.is_empty() {
                parts = Parts::read(&row.try_get::<String>("", "parts")?)?;
            }
        }
        self.count_statement();
        let tried: Vec<_> = trials::added(asked.trials, asked.by, asked.days).into_iter().collect();
        let tried = serde_json::to_string(&tried).map_err(|_| DbErr::Type("what is tried".to_owned()))?;
        let noted = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            Dialect::sqlite().tried("$1", "$2", "$3"),
            [Value::from(holder.authority), asked.days.today.into(), tried.into()],
        );
        let mut rows = HashMap::new();
        for row in on.query_all_raw(noted).await? {
            let (digest, row) = to_row((
                row.try_get("", "digest")?,
                row.try_get("", "before")?,
                row.try_get("", "tried")?,
            ));
            rows.insert(digest, row);
        }
        Ok(Counted { new, parts, rows })
    }

    /// Changes the text of a trial row.
    async fn change_row(
        &self,
        on: &impl ConnectionTrait,
        holder: Holder<'_>,
        text: &str,
        digest: i64,
        by: [&str; 2],
    ) -> Result<(), StoreError> {
        self.count_statement();
        let values = [Value::from(holder.authority), digest.into(), by[0].into(), by[1].into()];
        on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), text, values))
            .await?;
        Ok(())
    }

    /// The first part of the window with room for this many questions, for the client and for its agency.
    async fn room_for(&self, on: &impl ConnectionTrait, holder: Holder<'_>, questions: i64) -> Result<i64, StoreError> {
        self.count_statement();
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
        let full = both.filter(|(parts, allowed)| parts.exceeds(holder.part, questions, *allowed));
        let room = full.map(|(parts, allowed)| parts.room_from(holder.part, questions, allowed));
        Ok(room.max().unwrap_or(holder.part + 1))
    }

    /// The first question in a part of the window deletes digests from before the window, and trials that are
    /// too old.
    async fn delete_expired(
        &self,
        on: &impl ConnectionTrait,
        holder: Holder<'_>,
        days: Days,
    ) -> Result<(), StoreError> {
        let texts = match on.get_database_backend() {
            DbBackend::Sqlite => Dialect::sqlite(),
            _ => Dialect::postgres(),
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

impl Session {
    /// The same in an operation that may be writing. SQLite has one writer, which this is then: it counts in its own transaction, and what it counts lasts if it
    /// commits.
    pub async fn admit_questions(
        &self,
        store: &Store,
        holder: Holder<'_>,
        asked: Asked<'_>,
    ) -> Result<Admission, StoreError> {
        if !(self.writes() && self.keeps_its_own_counts()) {
            return store.admit(holder, asked).await;
        }
        let on = self.transaction()?;
        let counted = store.count_in_sqlite(on, holder, asked).await;
        store.judge(on, counted, holder, asked).await
    }
}

/// The parameters `$1` to `$5` of the budget statements.
fn holder_values(holder: Holder<'_>) -> Vec<Value> {
    vec![
        holder.authority.into(),
        holder.agency.into(),
        holder.client.into(),
        holder.allowed.into(),
        holder.agency_allowed.into(),
    ]
}

/// A row as returned by a statement: where nothing was added, `before` is negative.
fn to_row((digest, before, tried): (i64, i64, String)) -> (i64, Row) {
    let before = usize::try_from(before).ok();
    (digest, Row { before, tried })
}

/// Whether the check constraint refused: 23514 in PostgreSQL, 275 in SQLite.
pub(super) fn exceeds_budget(error: &DbErr) -> bool {
    matches!(code(error).as_deref(), Some("23514" | "275"))
}
