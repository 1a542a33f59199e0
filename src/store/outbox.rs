//! What is to be told to endpoints, for whoever tells them: taken in hand for a while, and settled. Every statement stands alone, so that of
//! several server processes one only has a delivery in hand, and what a process that ended had in hand comes back by itself.

use chrono::{DateTime, Utc};
use entity::{webhook_delivery, webhook_endpoint};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, Statement, TransactionTrait,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{
    Store,
    rows::{OutboxRow, WebhookEndpointRow},
    session::StoreError,
};

/// A delivery that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Due {
    /// The authority.
    pub authority_id: i32,
    /// The delivery.
    pub id: Uuid,
    /// The endpoint.
    pub endpoint_id: Uuid,
}

/// A delivery in hand, with where it goes.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The delivery.
    pub delivery: OutboxRow,
    /// The endpoint.
    pub endpoint: WebhookEndpointRow,
}

/// What became of a delivery in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The receiver took it.
    Delivered {
        /// With that status.
        status: u16,
    },
    /// It is tried again.
    Again {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        failure: &'static str,
        /// The status, where there was one.
        status: Option<u16>,
    },
    /// It is tried again, and was not tried now.
    NotTried {
        /// When.
        at: DateTime<Utc>,
    },
    /// It is given up.
    Dead {
        /// Why.
        failure: &'static str,
        /// The status, where there was one.
        status: Option<u16>,
    },
}

const DUE: &str = "SELECT authority_id, id, endpoint_id FROM (\
     SELECT authority_id, id, endpoint_id, next_at, \
     row_number() OVER (PARTITION BY authority_id, endpoint_id ORDER BY next_at, id) AS turn \
     FROM webhook_delivery WHERE state = 'pending' AND next_at <= $1 \
     AND (claimed_until IS NULL OR claimed_until <= $1) \
     AND authority_id NOT IN (SELECT f.authority_id FROM authority_fence f WHERE f.state <> 'here')) AS due \
     WHERE turn <= $2 ORDER BY next_at, id LIMIT $3";

const NEXT: &str = "SELECT min(CASE WHEN claimed_until > next_at THEN claimed_until ELSE next_at END) AS at \
     FROM webhook_delivery WHERE state = 'pending' \
     AND authority_id NOT IN (SELECT f.authority_id FROM authority_fence f WHERE f.state <> 'here')";

#[derive(FromQueryResult)]
struct Next {
    at: Option<DateTime<Utc>>,
}

impl Store {
    /// Deliveries of authorities that are served here that are due and in nobody's hand, those that have waited longest first: at most so many of one endpoint, so that none that
    /// is slow or away is in the way of the others.
    pub async fn due_deliveries(&self, now: DateTime<Utc>, of_one: u32, most: u32) -> Result<Vec<Due>, StoreError> {
        self.count_statement();
        let values = [now.into(), i64::from(of_one).into(), i64::from(most).into()];
        let statement = Statement::from_sql_and_values(self.main().get_database_backend(), DUE, values);
        Ok(Due::find_by_statement(statement).all(self.main()).await?)
    }

    /// When the next delivery is due, if any is to come.
    pub async fn next_delivery(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.count_statement();
        let statement = Statement::from_string(self.main().get_database_backend(), NEXT);
        let next = Next::find_by_statement(statement).one(self.main()).await?;
        Ok(next.and_then(|next| next.at))
    }

    /// Takes a delivery in hand until that moment and counts the attempt; none if another process was first.
    pub async fn claim_delivery(
        &self,
        due: Due,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<Claimed>, StoreError> {
        self.count_statement();
        let free = Condition::any()
            .add(webhook_delivery::Column::ClaimedUntil.is_null())
            .add(webhook_delivery::Column::ClaimedUntil.lte(now));
        let taken = webhook_delivery::Entity::update_many()
            .col_expr(
                webhook_delivery::Column::Attempts,
                Expr::col(webhook_delivery::Column::Attempts).add(1),
            )
            .col_expr(webhook_delivery::Column::ClaimedUntil, Expr::value(until))
            .filter(of(due))
            .filter(webhook_delivery::Column::State.eq("pending"))
            .filter(webhook_delivery::Column::NextAt.lte(now))
            .filter(free)
            .exec(self.main())
            .await?;
        if taken.rows_affected == 0 {
            return Ok(None);
        }
        self.count_statement();
        let delivery = webhook_delivery::Entity::find()
            .filter(of(due))
            .into_model::<OutboxRow>()
            .one(self.main())
            .await?;
        self.count_statement();
        let endpoint = webhook_endpoint::Entity::find()
            .filter(webhook_endpoint::Column::AuthorityId.eq(due.authority_id))
            .filter(webhook_endpoint::Column::Id.eq(due.endpoint_id))
            .into_model::<WebhookEndpointRow>()
            .one(self.main())
            .await?;
        // None where the endpoint was removed in between.
        Ok(delivery
            .zip(endpoint)
            .map(|(delivery, endpoint)| Claimed { delivery, endpoint }))
    }

    /// Settles a delivery in hand. One that was removed, or that another process has taken in hand since, stays as it is.
    pub async fn settle_delivery(
        &self,
        due: Due,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
        settled: &Settled,
    ) -> Result<(), StoreError> {
        self.count_statement();
        let mut change = webhook_delivery::ActiveModel {
            claimed_until: Set(None),
            ..Default::default()
        };
        let (failure, status) = match settled {
            Settled::Delivered { status } => (None, Some(*status)),
            Settled::Again { failure, status, .. } | Settled::Dead { failure, status } => (Some(*failure), *status),
            Settled::NotTried { .. } => (None, None),
        };
        if let Settled::NotTried { at } = settled {
            change.next_at = Set(*at);
        } else {
            change.last_failure = Set(failure.map(str::to_owned));
            change.last_status = Set(status.map(i32::from));
        }
        match settled {
            Settled::Again { at, .. } => change.next_at = Set(*at),
            Settled::Delivered { .. } => {
                (change.state, change.ended_at) = (Set("delivered".to_owned()), Set(Some(now)));
            }
            Settled::Dead { .. } => (change.state, change.ended_at) = (Set("dead".to_owned()), Set(Some(now))),
            Settled::NotTried { .. } => {}
        }
        let mut update = webhook_delivery::Entity::update_many().set(change);
        if matches!(settled, Settled::NotTried { .. }) {
            update = update.col_expr(
                webhook_delivery::Column::Attempts,
                Expr::col(webhook_delivery::Column::Attempts).sub(1),
            );
        }
        update
            .filter(of(due))
            .filter(webhook_delivery::Column::State.eq("pending"))
            .filter(webhook_delivery::Column::ClaimedUntil.eq(until))
            .exec(self.main())
            .await?;
        Ok(())
    }

    /// Notes that an endpoint's receiver wants nothing any more, and gives up what it was still to be told.
    pub async fn disable_endpoint(&self, due: Due, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.count_statement();
        let transaction = self.main().begin().await?;
        webhook_endpoint::Entity::update_many()
            .set(webhook_endpoint::ActiveModel {
                disabled_at: Set(Some(now)),
                ..Default::default()
            })
            .filter(webhook_endpoint::Column::AuthorityId.eq(due.authority_id))
            .filter(webhook_endpoint::Column::Id.eq(due.endpoint_id))
            .filter(webhook_endpoint::Column::DisabledAt.is_null())
            .exec(&transaction)
            .await?;
        webhook_delivery::Entity::update_many()
            .set(webhook_delivery::ActiveModel {
                state: Set("dead".to_owned()),
                last_failure: Set(Some("disabled".to_owned())),
                ended_at: Set(Some(now)),
                claimed_until: Set(None),
                ..Default::default()
            })
            .filter(webhook_delivery::Column::AuthorityId.eq(due.authority_id))
            .filter(webhook_delivery::Column::EndpointId.eq(due.endpoint_id))
            .filter(webhook_delivery::Column::State.eq("pending"))
            .filter(webhook_delivery::Column::Id.ne(due.id))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn of(due: Due) -> Condition {
    Condition::all()
        .add(webhook_delivery::Column::AuthorityId.eq(due.authority_id))
        .add(webhook_delivery::Column::Id.eq(due.id))
}
