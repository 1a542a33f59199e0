//! What became of the changes that the trail announced before they were made.
//!
//! A change and its entry are two commits, the entry's first. Whoever makes the change says so by the entry's place, in the very transaction that makes it. So
//! an entry whose place is not here tells of a change that was not made, or not yet; and once it is written here that it was not, it cannot be made any more.

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

/// Where an entry about an authority stands in the trail: its chain, and its place in it.
pub type Place = (i32, Uuid, i64);

/// What is known of a change that was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made.
    Made,
    /// It was not made and cannot be; the trail does not say so yet.
    NotMade,
    /// It was not made, and the trail says so.
    Told,
}

/// No statement speaks of more.
const MOST: usize = 200;

/// Says, in the transaction that makes them, that changes are made.
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

/// The statement that asks of so many places.
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
            (false, true) => Outcome::Told,
        }
    }
}

impl Session {
    /// What is known, as far as this session sees, of changes that were announced.
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

    /// Says that the changes which these entries announce are made, if the session is committed.
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

    /// What is known at this moment of changes that were announced; nothing of one that is being made, and of one that was broken off.
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

    /// Sees to it that a change which is not made cannot be made any more. What it comes to stands there afterwards: a change that is just being made is waited for.
    pub async fn shut_out(&self, place: Place) -> Result<(), StoreError> {
        let text = "INSERT INTO announced_write (authority_id, chain_id, seq, made, told) VALUES ($1, $2, $3, false, false) ON CONFLICT DO NOTHING";
        let statement = self.announced(text, values(&[place]));
        let transaction = begin_write(self.main()).await?;
        transaction.execute_raw(statement).await?;
        Ok(transaction.commit().await?)
    }

    /// The trail says that a change was not made.
    pub async fn note_told(&self, place: Place) -> Result<(), StoreError> {
        let text = "UPDATE announced_write SET told = true WHERE authority_id = $1 AND chain_id = $2 AND seq = $3 AND NOT made";
        self.main().execute_raw(self.announced(text, values(&[place]))).await?;
        Ok(())
    }

    /// Up to which entry each chain was looked through.
    pub async fn looked_through(&self) -> Result<HashMap<Uuid, i64>, StoreError> {
        let statement = self.announced("SELECT chain_id, seq FROM announced_until", Vec::new());
        let rows = self.main().query_all_raw(statement).await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.try_get("", "chain_id")?, row.try_get("", "seq")?)));
        Ok(rows.collect::<Result<_, DbErr>>()?)
    }

    /// A chain was looked through up to an entry, and of no change up to there is it open what became of it.
    pub async fn look_on_after(&self, chain: Uuid, seq: i64) -> Result<(), StoreError> {
        let text = "INSERT INTO announced_until (chain_id, seq) VALUES ($1, $2) \
             ON CONFLICT (chain_id) DO UPDATE SET seq = excluded.seq WHERE announced_until.seq < excluded.seq";
        self.main()
            .execute_raw(self.announced(text, vec![chain.into(), seq.into()]))
            .await?;
        Ok(())
    }

    /// Whether a change that is being made keeps all others out until it is made, so that one that is found not to be made never will be.
    pub fn makes_one_at_a_time(&self) -> bool {
        self.main().get_database_backend() == DatabaseBackend::Sqlite
    }
}
