//! The outcomes of changes that the trail announced before they were made.
//!
//! A change and its entry are two commits, the entry's first. The transaction that makes the change also
//! stores the entry's position. So an entry whose position is not stored here announces a change that was not
//! made, or not yet; and once it is stored here as not made, it can no longer be made.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement, Value};
use uuid::Uuid;

use super::{
    Store,
    pipeline::Bind,
    record::record,
    session::{Session, StoreError},
    transaction::begin_write,
};

/// An entry about an authority: the authority, the chain, and the sequence number.
pub type Place = (i32, Uuid, i64);

/// The outcome of an announced change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made.
    Made,
    /// It was not made and cannot be made any more; the trail does not say so yet.
    NotMade,
    /// It was not made, and the trail says so.
    Reported,
}

/// The most positions in one statement.
const MOST: usize = 200;

/// Stores, in the transaction that makes them, that changes are made.
pub(super) async fn confirm(on: &impl ConnectionTrait, places: &[Place]) -> Result<(), DbErr> {
    for places in places.chunks(MOST) {
        let rows: Vec<String> = (0..places.len())
            .map(|at| format!("(${}, ${}, ${}, true, false)", 3 * at + 1, 3 * at + 2, 3 * at + 3))
            .collect();
        let text = format!(
            "INSERT INTO announced_write (authority_id, chain_id, seq, made, told) VALUES {}",
            rows.join(", ")
        );
        on.execute_raw(Statement::from_sql_and_values(
            on.get_database_backend(),
            text,
            values(places),
        ))
        .await?;
    }
    Ok(())
}

fn values(places: &[Place]) -> Vec<Value> {
    let each = places.iter();
    each.flat_map(|(authority, chain, seq)| [Value::from(*authority), (*chain).into(), (*seq).into()])
        .collect()
}

/// The query for this many positions.
fn asking(places: &[Place]) -> String {
    let each: Vec<String> = (0..places.len())
        .map(|at| {
            let first = 3 * at + 1;
            format!(
                "(authority_id = ${first} AND chain_id = ${} AND seq = ${})",
                first + 1,
                first + 2
            )
        })
        .collect();
    format!(
        "SELECT authority_id, chain_id, seq, made, told FROM announced_write WHERE {}",
        each.join(" OR ")
    )
}

#[derive(FromQueryResult)]
struct Announced {
    authority_id: i32,
    chain_id: Uuid,
    seq: i64,
    made: bool,
    told: bool,
}

record!(Announced: authority_id chain_id seq made told);

impl Announced {
    fn place(&self) -> Place {
        (self.authority_id, self.chain_id, self.seq)
    }

    fn outcome(&self) -> Outcome {
        match (self.made, self.told) {
            (true, _) => Outcome::Made,
            (false, false) => Outcome::NotMade,
            (false, true) => Outcome::Reported,
        }
    }
}

impl Session {
    /// The outcomes of announced changes, as far as this session sees them.
    pub async fn outcomes(&self, places: &[Place]) -> Result<HashMap<Place, Outcome>, StoreError> {
        let mut outcomes = HashMap::new();
        for places in places.chunks(MOST) {
            let values = values(places).into_iter().map(Bind::One).collect();
            let rows = self.rows(&asking(places), values).await?;
            let rows = rows.records::<Announced>()?;
            outcomes.extend(rows.iter().map(|row| (row.place(), row.outcome())));
        }
        Ok(outcomes)
    }

    /// Stores that the changes announced by these entries are made, if the session commits.
    pub async fn confirm(&self, places: &[Place]) -> Result<(), StoreError> {
        if places.is_empty() {
            return Ok(());
        }
        Ok(confirm(self.transaction()?, places).await?)
    }
}

impl Store {
    fn announced(&self, text: impl Into<String>, values: Vec<Value>) -> Statement {
        self.count_statement();
        Statement::from_sql_and_values(self.main().get_database_backend(), text, values)
    }

    /// The current outcomes of announced changes; none of a change that is still being made, or was
    /// abandoned.
    pub async fn outcomes(&self, places: &[Place]) -> Result<HashMap<Place, Outcome>, StoreError> {
        let mut outcomes = HashMap::new();
        for places in places.chunks(MOST) {
            let rows = self
                .main()
                .query_all_raw(self.announced(asking(places), values(places)))
                .await?;
            for row in rows {
                let row = Announced::from_query_result(&row, "")?;
                outcomes.insert(row.place(), row.outcome());
            }
        }
        Ok(outcomes)
    }

    /// Makes sure that a change not made yet cannot be made any more. Waits for a change that is just being
    /// made. Afterwards the outcome is stored.
    pub async fn rule_out(&self, place: Place) -> Result<(), StoreError> {
        let text = "INSERT INTO announced_write (authority_id, chain_id, seq, made, told) VALUES ($1, $2, $3, false, false) ON CONFLICT DO NOTHING";
        let statement = self.announced(text, values(&[place]));
        let transaction = begin_write(self.main()).await?;
        transaction.execute_raw(statement).await?;
        Ok(transaction.commit().await?)
    }

    /// Stores that the trail says that a change was not made.
    pub async fn note_reported(&self, place: Place) -> Result<(), StoreError> {
        let text = "UPDATE announced_write SET told = true WHERE authority_id = $1 AND chain_id = $2 AND seq = $3 AND NOT made";
        self.main().execute_raw(self.announced(text, values(&[place]))).await?;
        Ok(())
    }

    /// The last entry examined in each chain.
    pub async fn examined(&self) -> Result<HashMap<Uuid, i64>, StoreError> {
        let statement = self.announced("SELECT chain_id, seq FROM announced_until", Vec::new());
        let rows = self.main().query_all_raw(statement).await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.try_get("", "chain_id")?, row.try_get("", "seq")?)));
        Ok(rows.collect::<Result<_, DbErr>>()?)
    }

    /// Stores that a chain has been examined up to an entry, with no outcome left open.
    pub async fn set_examined(&self, chain: Uuid, seq: i64) -> Result<(), StoreError> {
        let text = "INSERT INTO announced_until (chain_id, seq) VALUES ($1, $2) \
             ON CONFLICT (chain_id) DO UPDATE SET seq = excluded.seq WHERE announced_until.seq < excluded.seq";
        self.main()
            .execute_raw(self.announced(text, vec![chain.into(), seq.into()]))
            .await?;
        Ok(())
    }

    /// Whether changes are made one at a time, so that one found not to be made never will be.
    pub fn makes_changes_one_at_a_time(&self) -> bool {
        self.main().get_database_backend() == DatabaseBackend::Sqlite
    }
}
