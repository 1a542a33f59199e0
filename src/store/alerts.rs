//! Alerts: somebody tried too many values in look-ups, or to open emergency access. An alert belongs to no
//! family, and says nothing of what was asked; of an emergency it names the family that was opened.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{alert, webhook_delivery, webhook_endpoint};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};
use uuid::Uuid;

use super::{
    Store,
    dossier::Locked,
    fence,
    record::record,
    session::{Session, StoreError},
    transaction::begin_write,
};
use crate::sharing::grant::{Guarded, Link, Linked};

/// The event of endpoints that receive alerts.
pub const ALERTS: &str = "alerts";
/// The event of endpoints that receive contacts.
pub const CONTACTS: &str = "contacts";

/// An alert: somebody tried too many values, or to open emergency access.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AlertRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its id.
    pub id: Uuid,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// When it last happened.
    pub last_at: DateTime<Utc>,
    /// The id of the first request.
    pub request_id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
    /// Its client program.
    pub client: String,
    /// Who asked.
    pub subject: String,
    /// Their role.
    pub role: String,
    /// The purpose.
    pub purpose: String,
    /// What was tried.
    pub kind: String,
    /// How many questions were stopped, or how often emergency access was tried.
    pub times: i32,
    /// The family that was opened.
    pub family_id: Option<Uuid>,
}

record!(AlertRow: authority_id id raised_at last_at request_id agency_id client subject role purpose kind times family_id);

impl Linked for AlertRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

impl Store {
    /// Raises an alert, or increments the one with the same digest. A new alert is queued for delivery to
    /// every endpoint of its authority that receives alerts.
    pub async fn raise_alert(&self, row: AlertRow, digest: i64) -> Result<(), StoreError> {
        let (key, authority, at) = (row.id, row.authority_id, row.raised_at);
        let transaction = begin_write(self.main()).await?;
        fence::enter(&transaction, authority).await?;
        self.count_statement();
        let counted = alert::Entity::insert(of_row(row, digest))
            .on_conflict(
                OnConflict::columns([alert::Column::AuthorityId, alert::Column::Digest])
                    .value(
                        alert::Column::Times,
                        Expr::col((alert::Entity, alert::Column::Times)).add(Expr::cust("excluded.times")),
                    )
                    .update_column(alert::Column::LastAt)
                    .to_owned(),
            )
            .exec_with_returning(&transaction)
            .await?;
        if counted.id == key {
            self.count_statement();
            let endpoints = webhook_endpoint::Entity::find()
                .filter(webhook_endpoint::Column::AuthorityId.eq(authority))
                .filter(webhook_endpoint::Column::Events.eq(ALERTS))
                .filter(webhook_endpoint::Column::DisabledAt.is_null())
                .all(&transaction)
                .await?;
            let deliveries: Vec<_> = endpoints
                .iter()
                .map(|endpoint| self.delivery(authority, endpoint.id, key, at))
                .collect();
            if !deliveries.is_empty() {
                self.count_statement();
                webhook_delivery::Entity::insert_many(deliveries)
                    .exec_without_returning(&transaction)
                    .await?;
            }
        }
        transaction.commit().await?;
        self.databases().wake().poke();
        Ok(())
    }

    fn delivery(
        &self,
        authority: i32,
        endpoint: Uuid,
        alert: Uuid,
        at: DateTime<Utc>,
    ) -> webhook_delivery::ActiveModel {
        webhook_delivery::ActiveModel {
            authority_id: Set(authority),
            id: Set(self.ids().uuid()),
            endpoint_id: Set(endpoint),
            event_type: Set("alert.raised".to_owned()),
            family_id: Set(None),
            contact_id: Set(None),
            alert_id: Set(Some(alert)),
            state: Set("pending".to_owned()),
            attempts: Set(0),
            next_at: Set(at),
            claimed_until: Set(None),
            last_failure: Set(None),
            last_status: Set(None),
            created_at: Set(at),
            ended_at: Set(None),
        }
    }
}

fn of_row(row: AlertRow, digest: i64) -> alert::ActiveModel {
    alert::ActiveModel {
        authority_id: Set(row.authority_id),
        id: Set(row.id),
        digest: Set(digest),
        raised_at: Set(row.raised_at),
        last_at: Set(row.last_at),
        request_id: Set(row.request_id),
        agency_id: Set(row.agency_id),
        client: Set(row.client),
        subject: Set(row.subject),
        role: Set(row.role),
        purpose: Set(row.purpose),
        kind: Set(row.kind),
        times: Set(row.times),
        family_id: Set(row.family_id),
    }
}

impl Session {
    /// The alerts with these ids, each with its id, in no particular order.
    pub async fn alerts_among(
        &self,
        keys: impl IntoIterator<Item = Uuid> + Send,
    ) -> Result<Vec<(Uuid, Locked<AlertRow>)>, StoreError> {
        let among = alert::Column::Id.is_in(keys);
        let rows: Vec<AlertRow> = self.all(alerts(self.authority()).filter(among)).await?;
        Ok(rows.into_iter().map(|row| (row.id, locked(row))).collect())
    }

    /// A page of alerts about these agencies, newest first.
    pub async fn alerts(
        &self,
        agencies: &[Uuid],
        before: Option<(DateTime<Utc>, Uuid)>,
        limit: u64,
    ) -> Result<Vec<Locked<AlertRow>>, StoreError> {
        let mut select = alerts(self.authority())
            .filter(alert::Column::AgencyId.is_in(agencies.iter().copied()))
            .order_by_desc(alert::Column::RaisedAt)
            .order_by_desc(alert::Column::Id)
            .limit(limit);
        if let Some((at, id)) = before {
            let same = Condition::all()
                .add(alert::Column::RaisedAt.eq(at))
                .add(alert::Column::Id.lt(id));
            select = select.filter(Condition::any().add(alert::Column::RaisedAt.lt(at)).add(same));
        }
        let rows: Vec<AlertRow> = self.all(select).await?;
        Ok(rows.into_iter().map(locked).collect())
    }
}

fn locked(row: AlertRow) -> Locked<AlertRow> {
    Arc::new(Guarded::of_no_family(Some(row.agency_id), row))
}

fn alerts(authority: i32) -> sea_orm::Select<alert::Entity> {
    alert::Entity::find().filter(alert::Column::AuthorityId.eq(authority))
}
