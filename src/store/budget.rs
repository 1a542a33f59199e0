//! How many people a client has asked about lately: counted across all processes, and never rolled back by what comes after.
//!
//! It has connections of its own, so that an operation that holds one of the others never waits for itself; and its commits do not wait for the
//! disk: after a loss of power the questions of the last moments may not have been counted.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use uuid::Uuid;

use super::{
    Store,
    keys::array,
    session::{StoreError, code},
    transaction::begin_write,
};

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
    /// When the period began, in seconds.
    pub period: i64,
    /// How many questions the period has.
    pub allowed: i32,
}

/// Whether questions may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// They may, and are counted.
    Granted,
    /// They would go beyond the budget. None of them is counted.
    Spent,
}

const COUNT: &str = "ON CONFLICT (authority_id, agency_id, client, purpose) DO UPDATE SET \
     asked = CASE WHEN lookup_budget.period >= excluded.period THEN lookup_budget.asked + excluded.asked ELSE excluded.asked END, \
     period = CASE WHEN lookup_budget.period >= excluded.period THEN lookup_budget.period ELSE excluded.period END, \
     allowed = excluded.allowed RETURNING asked";

impl Store {
    /// Counts the questions with these digests that were not asked before in the period, if there is room for all of them. Exact, whichever processes
    /// ask at the same time: the database's own check refuses what would go beyond.
    pub async fn admit(&self, holder: Holder<'_>, digests: &[i64]) -> Result<Admission, StoreError> {
        let mut digests = digests.to_vec();
        digests.sort_unstable();
        digests.dedup();
        let counted = match self.databases().counters().get_database_backend() {
            DbBackend::Sqlite => self.count_in_sqlite(holder, &digests).await,
            _ => self.count_in_postgres(holder, &digests).await,
        };
        match counted {
            Ok((asked, new)) => {
                if asked == new && new > 0 {
                    self.forget_before(holder).await?;
                }
                Ok(Admission::Granted)
            }
            Err(error) if goes_beyond(&error) => Ok(Admission::Spent),
            Err(error) => Err(error.into()),
        }
    }

    /// One statement, which is a transaction: all of it or nothing.
    async fn count_in_postgres(&self, holder: Holder<'_>, digests: &[i64]) -> Result<(i64, i64), DbErr> {
        let text = format!(
            "WITH new AS (INSERT INTO lookup_asked (authority_id, digest, period) \
                 SELECT $1, d, $5 FROM unnest($6::text::bigint[]) AS d ORDER BY d ON CONFLICT DO NOTHING RETURNING 1), \
             n AS (SELECT count(*)::integer AS new FROM new) \
             INSERT INTO lookup_budget (authority_id, agency_id, client, purpose, period, asked, allowed) \
             SELECT $1, $2, $3, $4, $5, n.new, $7 FROM n {COUNT}, (SELECT new FROM n) AS new"
        );
        let on = self.databases().counters();
        self.count_statement();
        let values = [
            Value::from(holder.authority),
            holder.agency.into(),
            holder.client.into(),
            holder.purpose.into(),
            holder.period.into(),
            array(digests.iter()).into(),
            holder.allowed.into(),
        ];
        let statement = Statement::from_sql_and_values(on.get_database_backend(), text, values);
        let row = on.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the count".to_owned()))?;
        Ok((
            row.try_get::<i32>("", "asked")?.into(),
            row.try_get::<i32>("", "new")?.into(),
        ))
    }

    async fn count_in_sqlite(&self, holder: Holder<'_>, digests: &[i64]) -> Result<(i64, i64), DbErr> {
        let transaction = begin_write(self.databases().counters()).await?;
        let list = array(digests.iter()).replace('{', "[").replace('}', "]");
        self.count_statement();
        let asked = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            "INSERT INTO lookup_asked (authority_id, digest, period) SELECT $1, value, $2 FROM json_each($3) WHERE true \
             ON CONFLICT DO NOTHING",
            [holder.authority.into(), holder.period.into(), list.into()],
        );
        let new = i64::try_from(transaction.execute_raw(asked).await?.rows_affected()).unwrap_or(i64::MAX);
        self.count_statement();
        let counted = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            format!(
                "INSERT INTO lookup_budget (authority_id, agency_id, client, purpose, period, asked, allowed) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) {COUNT}"
            ),
            [
                Value::from(holder.authority),
                holder.agency.into(),
                holder.client.into(),
                holder.purpose.into(),
                holder.period.into(),
                new.into(),
                holder.allowed.into(),
            ],
        );
        let row = transaction.query_one_raw(counted).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the count".to_owned()))?;
        let asked: i64 = row.try_get("", "asked")?;
        transaction.commit().await?;
        Ok((asked, new))
    }

    /// Whoever asks first in a period has the digests of earlier ones thrown away.
    async fn forget_before(&self, holder: Holder<'_>) -> Result<(), StoreError> {
        self.count_statement();
        let on = self.databases().counters();
        let statement = Statement::from_sql_and_values(
            on.get_database_backend(),
            "DELETE FROM lookup_asked WHERE authority_id = $1 AND period < $2",
            [Value::from(holder.authority), holder.period.into()],
        );
        on.execute_raw(statement).await?;
        Ok(())
    }
}

/// Whether the table's check refused: 23514 in PostgreSQL, 275 in SQLite.
fn goes_beyond(error: &DbErr) -> bool {
    matches!(code(error).as_deref(), Some("23514" | "275"))
}
