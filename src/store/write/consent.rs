//! Consent decisions: recorded and withdrawn.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use entity::consent;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait as _, DatabaseBackend, EntityTrait, FromQueryResult, QueryFilter,
    QuerySelect, Statement, Value, sea_query::ExprTrait as _,
};
use uuid::Uuid;

use crate::{
    records::ConsentRow,
    store::{
        read_rows::Rows,
        record::record,
        session::{Session, StoreError},
        writing::{Deed, Writing},
    },
};

#[derive(FromQueryResult)]
struct Before {
    id: Uuid,
    family_id: Uuid,
    recorded_at: DateTime<Utc>,
    withdrawn_at: Option<DateTime<Utc>>,
}

record!(Before: id family_id recorded_at withdrawn_at);

#[derive(FromQueryResult)]
struct DatabaseTime {
    seconds: i64,
}

record!(DatabaseTime: seconds);

#[derive(FromQueryResult)]
struct Withdrawn {
    category: String,
    agency_kind: String,
}

record!(Withdrawn: category agency_kind);

/// How far the clocks of servers may differ without decisions getting out of order.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);
/// The least time between two decisions.
const MIN_GAP: TimeDelta = TimeDelta::microseconds(1);

/// A timestamp of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// When it was recorded.
    Recorded,
    /// When it was withdrawn.
    Withdrawn,
}

impl Moment {
    const ALL: [Self; 2] = [Self::Recorded, Self::Withdrawn];

    fn of(self, row: &Before) -> Option<DateTime<Utc>> {
        match self {
            Self::Recorded => Some(row.recorded_at),
            Self::Withdrawn => row.withdrawn_at,
        }
    }

    fn dated_anew(self, rows: Vec<(Uuid, DateTime<Utc>)>) -> Deed {
        match self {
            Self::Recorded => Deed::DatedAnew(rows),
            Self::Withdrawn => Deed::WithdrawalsDatedAnew(rows),
        }
    }
}

impl Writing<'_> {
    /// The timestamp of a new decision about a person's consent: now, and after all earlier ones of any
    /// family and category, since the newest one counts. After a clock that is slightly fast, it is slightly
    /// later than now. Decisions recorded or withdrawn by a clock that was far ahead are re-dated to before now, in order:
    /// otherwise every later decision would get a wrong date too. But if such a decision is not ahead of the
    /// database's clock, this server's clock is slow: then nothing is re-dated, and the new decision comes
    /// just after the earlier ones.
    pub async fn next_consent_at(&self, person: Uuid) -> Result<DateTime<Utc>, StoreError> {
        let session = self.session();
        let rows = session.said_before(person).await?;
        let now = session.now();
        // A withdrawal is a no of its own moment.
        let moments = rows.iter().flat_map(|row| Moment::ALL.map(|moment| moment.of(row)));
        let ahead: BTreeSet<DateTime<Utc>> = moments.flatten().filter(|at| *at >= now).collect();
        let Some(newest) = ahead.last().copied() else {
            return Ok(now);
        };
        if newest <= now + MAX_CLOCK_SKEW || newest <= session.database_time().await? + MAX_CLOCK_SKEW {
            return Ok(newest + MIN_GAP);
        }
        self.of_person(person)?;
        tracing::warn!(
            seconds = (newest - now).num_seconds(),
            "consent.clock_was_ahead: decisions were recorded by a clock far ahead of this one; they are dated anew, before this one"
        );
        let mut families = BTreeMap::<(Uuid, Moment), Vec<(Uuid, DateTime<Utc>)>>::new();
        for (back, was) in (1..).zip(ahead.iter().rev()) {
            let at = now - MIN_GAP * back;
            for (row, moment) in rows.iter().flat_map(|row| Moment::ALL.map(|moment| (row, moment))) {
                if moment.of(row) == Some(*was) {
                    self.date(row.family_id, person, row.id, (moment, at)).await?;
                    families.entry((row.family_id, moment)).or_default().push((row.id, at));
                }
            }
        }
        // A person's decisions are announced in the family in which each was recorded.
        for ((family, moment), anew) in families {
            self.add_deed(family, moment.dated_anew(anew));
        }
        Ok(now)
    }

    /// Sets a timestamp of a decision; returns whether there is such a decision.
    pub async fn date_consent(
        &self,
        family: Uuid,
        person: Uuid,
        key: Uuid,
        (moment, at): (Moment, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        self.of_family(family)?;
        self.of_person(person)?;
        let dated = self.date(family, person, key, (moment, at)).await?;
        if dated {
            self.set_deed(moment.dated_anew(vec![(key, at)]));
        } else {
            self.changed_nothing();
        }
        Ok(dated)
    }

    async fn date(
        &self,
        family: Uuid,
        person: Uuid,
        key: Uuid,
        (moment, at): (Moment, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let mut dated = consent::ActiveModel::default();
        match moment {
            Moment::Recorded => dated.recorded_at = Set(at),
            Moment::Withdrawn => dated.withdrawn_at = Set(Some(at)),
        }
        let changed = consent::Entity::update_many()
            .set(dated)
            .filter(consent::Column::AuthorityId.eq(self.authority()))
            .filter(consent::Column::PersonId.eq(person))
            .filter(consent::Column::Id.eq(key))
            .exec(self.connection()?)
            .await?;
        if changed.rows_affected > 0 {
            self.touch_person(family, person);
        }
        Ok(changed.rows_affected > 0)
    }

    /// Adds consent decisions; at most some hundreds.
    pub async fn add_consents(&self, rows: Vec<ConsentRow>) -> Result<(), StoreError> {
        if rows.is_empty() {
            self.changed_nothing();
            return Ok(());
        }
        for row in &rows {
            self.of_family(row.family_id)?;
            self.of_person(row.person_id)?;
        }
        self.add(&rows).await?;
        for row in &rows {
            self.touch_person(row.family_id, row.person_id);
        }
        self.set_deed(Deed::Decided(rows));
        Ok(())
    }

    /// Withdraws a person's consent; returns whether there was one that had not been withdrawn.
    pub async fn withdraw_consent(
        &self,
        family: Uuid,
        person: Uuid,
        key: Uuid,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.of_family(family)?;
        self.of_person(person)?;
        let text = "UPDATE consent SET withdrawn_at = $1 WHERE authority_id = $2 AND id = $3 AND family_id = $4 AND person_id = $5 \
                    AND withdrawn_at IS NULL RETURNING category, agency_kind";
        let values: [Value; 5] = [
            at.into(),
            self.authority().into(),
            key.into(),
            family.into(),
            person.into(),
        ];
        let statement = Statement::from_sql_and_values(self.session().backend(), text, values);
        let rows = Rows::Library(self.connection()?.query_all_raw(statement).await?);
        let withdrawn: Vec<Withdrawn> = rows.records()?;
        let Some(row) = withdrawn.into_iter().next() else {
            self.changed_nothing();
            return Ok(false);
        };
        self.touch_person(family, person);
        self.set_deed(Deed::Withdrawn {
            key,
            category: row.category,
            agency_kind: row.agency_kind,
        });
        Ok(true)
    }
}

impl Session {
    /// Reads what is read before a decision is added, where none will be.
    pub async fn as_before_a_decision(&self) -> Result<(), StoreError> {
        self.said_before(Uuid::nil()).await.map(|_| ())
    }

    /// All decisions about a person.
    async fn said_before(&self, person: Uuid) -> Result<Vec<Before>, StoreError> {
        let select = consent::Entity::find().select_only().columns([
            consent::Column::Id,
            consent::Column::FamilyId,
            consent::Column::RecordedAt,
            consent::Column::WithdrawnAt,
        ]);
        let of_person = consent::Column::AuthorityId
            .eq(self.authority())
            .and(consent::Column::PersonId.eq(person));
        self.all(select.filter(of_person)).await
    }

    /// The database's clock, to the second.
    async fn database_time(&self) -> Result<DateTime<Utc>, StoreError> {
        let text = match self.backend() {
            DatabaseBackend::Sqlite => "SELECT CAST(strftime('%s', 'now') AS bigint) AS seconds",
            _ => "SELECT CAST(extract(epoch FROM clock_timestamp()) AS bigint) AS seconds",
        };
        let rows: Vec<DatabaseTime> = self.rows(text, Vec::new()).await?.records()?;
        let seconds = rows.first().map(|row| row.seconds);
        seconds
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .ok_or_else(|| StoreError::Corrupt("the database does not tell the time".to_owned()))
    }
}
