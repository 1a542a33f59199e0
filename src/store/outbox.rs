//! The outbox of webhook deliveries: claimed for a limited time, and settled. Every statement is a
//! transaction of its own, so that only one of several server processes has a claim, and the claims of a
//! process that died expire.

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

/// A claimed delivery, with its endpoint.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The delivery.
    pub delivery: OutboxRow,
    /// The endpoint.
    pub endpoint: WebhookEndpointRow,
}

/// The outcome of a claimed delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The receiver accepted it.
    Delivered {
        /// The response's status.
        status: u16,
    },
    /// The attempt failed and will be retried.
    Retry {
        /// When to retry.
        at: DateTime<Utc>,
        /// Why.
        failure: &'static str,
        /// The status, if there was one.
        status: Option<u16>,
    },
    /// No attempt was made; it will be retried.
    Postponed {
        /// When to retry.
        at: DateTime<Utc>,
    },
    /// It is given up (a dead letter).
    Dead {
        /// Why.
        failure: &'static str,
        /// The status, if there was one.
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
    /// Due and unclaimed deliveries of authorities served here, longest waiting first: a limited number per
    /// endpoint, so that a slow or unreachable one does not delay the others.
    pub async fn due_deliveries(&self, now: DateTime<Utc>, of_one: u32, most: u32) -> Result<Vec<Due>, StoreError> {
        self.count_statement();
        let values = [now.into(), i64::from(of_one).into(), i64::from(most).into()];
        let statement = Statement::from_sql_and_values(self.main().get_database_backend(), DUE, values);
        Ok(Due::find_by_statement(statement).all(self.main()).await?)
    }

    /// When the next delivery will be due, if there is one.
    pub async fn next_delivery(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.count_statement();
        let statement = Statement::from_string(self.main().get_database_backend(), NEXT);
        let next = Next::find_by_statement(statement).one(self.main()).await?;
        Ok(next.and_then(|next| next.at))
    }

    /// Claims a delivery until that time and counts the attempt; `None` if another process was first.
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
        // `None` if the endpoint was removed in between.
        Ok(delivery
            .zip(endpoint)
            .map(|(delivery, endpoint)| Claimed { delivery, endpoint }))
    }

    /// Settles a claimed delivery. One that was removed, or that another process has claimed since, stays as
    /// it is.
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
            Settled::Retry { failure, status, .. } | Settled::Dead { failure, status } => (Some(*failure), *status),
            Settled::Postponed { .. } => (None, None),
        };
        if let Settled::Postponed { at } = settled {
            change.next_at = Set(*at);
        } else {
            change.last_failure = Set(failure.map(str::to_owned));
            change.last_status = Set(status.map(i32::from));
        }
        match settled {
            Settled::Retry { at, .. } => change.next_at = Set(*at),
            Settled::Delivered { .. } => {
                (change.state, change.ended_at) = (Set("delivered".to_owned()), Set(Some(now)));
            }
            Settled::Dead { .. } => (change.state, change.ended_at) = (Set("dead".to_owned()), Set(Some(now))),
            Settled::Postponed { .. } => {}
        }
        let mut update = webhook_delivery::Entity::update_many().set(change);
        if matches!(settled, Settled::Postponed { .. }) {
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

    /// Disables an endpoint whose receiver wants no more webhooks, and gives up its pending deliveries.
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
