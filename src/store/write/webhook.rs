//! Webhook endpoints, which an agency's own people manage, and retries of failed deliveries.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{webhook_delivery, webhook_endpoint};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use crate::{
    sharing::{
        caller::Caller,
        facts::Holder,
        grant::{Guarded, NoFamily, Visible},
    },
    store::{
        dossier::Locked,
        rows::WebhookEndpointRow,
        session::{Session, StoreError},
        writing::Writing,
    },
};

/// An endpoint that exists for whoever changes it.
type Endpoint = Visible<WebhookEndpointRow, NoFamily>;

impl Session {
    /// The endpoints of the caller's agency, for their role and purpose, that receive any of these events,
    /// oldest first: each with the event that it receives.
    pub async fn webhook_endpoints(
        &self,
        caller: &Caller,
        events: impl IntoIterator<Item = &'static str> + Send,
    ) -> Result<Vec<(String, Locked<WebhookEndpointRow>)>, StoreError> {
        let rows: Vec<WebhookEndpointRow> = self
            .all(
                webhook_endpoint::Entity::find()
                    .filter(webhook_endpoint::Column::AuthorityId.eq(self.authority()))
                    .filter(webhook_endpoint::Column::AgencyId.eq(caller.principal.agency))
                    .filter(webhook_endpoint::Column::Role.eq(caller.principal.role.as_str()))
                    .filter(webhook_endpoint::Column::Purpose.eq(caller.purpose.as_str()))
                    .filter(webhook_endpoint::Column::Events.is_in(events))
                    .order_by_asc(webhook_endpoint::Column::AddedAt)
                    .order_by_asc(webhook_endpoint::Column::Id),
            )
            .await?;
        let locked = |row: WebhookEndpointRow| {
            let events = row.events.clone();
            (events, Arc::new(Guarded::of_no_family(Some(row.agency_id), row)))
        };
        Ok(rows.into_iter().map(locked).collect())
    }
}

impl Writing<'_> {
    /// Adds an endpoint.
    pub async fn add_webhook_endpoint(&self, row: WebhookEndpointRow) -> Result<(), StoreError> {
        self.held_by(Holder::Agency(row.agency_id))?;
        self.insert(webhook_endpoint::ActiveModel {
            authority_id: Set(self.authority()),
            id: Set(row.id),
            agency_id: Set(row.agency_id),
            role: Set(row.role),
            purpose: Set(row.purpose),
            subject: Set(row.subject),
            client: Set(row.client),
            url: Set(row.url),
            secret_now: Set(row.secret_now),
            secret_before: Set(row.secret_before),
            added_at: Set(row.added_at),
            rotated_at: Set(row.rotated_at),
            disabled_at: Set(row.disabled_at),
            events: Set(row.events),
        })
        .await
    }

    /// Rotates an endpoint's secret; the previous one stays valid for a while.
    pub async fn rotate_webhook_secret(
        &self,
        endpoint: &Endpoint,
        sealed: String,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.held_by(endpoint.holder())?;
        webhook_endpoint::Entity::update_many()
            .set(webhook_endpoint::ActiveModel {
                secret_now: Set(sealed),
                rotated_at: Set(Some(at)),
                ..Default::default()
            })
            .col_expr(
                webhook_endpoint::Column::SecretBefore,
                Expr::col(webhook_endpoint::Column::SecretNow),
            )
            .filter(webhook_endpoint::Column::AuthorityId.eq(self.authority()))
            .filter(webhook_endpoint::Column::Id.eq(endpoint.key()))
            .exec(self.connection()?)
            .await?;
        Ok(())
    }

    /// Removes an endpoint, with its secrets and its delivered and pending deliveries.
    pub async fn remove_webhook_endpoint(&self, endpoint: &Endpoint) -> Result<(), StoreError> {
        self.held_by(endpoint.holder())?;
        webhook_delivery::Entity::delete_many()
            .filter(webhook_delivery::Column::AuthorityId.eq(self.authority()))
            .filter(webhook_delivery::Column::EndpointId.eq(endpoint.key()))
            .exec(self.connection()?)
            .await?;
        webhook_endpoint::Entity::delete_many()
            .filter(webhook_endpoint::Column::AuthorityId.eq(self.authority()))
            .filter(webhook_endpoint::Column::Id.eq(endpoint.key()))
            .exec(self.connection()?)
            .await?;
        Ok(())
    }

    /// Retries a delivery about a family that was given up, from now on and as often as a new one; returns
    /// whether there was one.
    pub async fn retry_delivery(&self, endpoint: &Endpoint, family: Uuid, delivery: Uuid) -> Result<bool, StoreError> {
        self.held_by(endpoint.holder())?;
        let changed = webhook_delivery::Entity::update_many()
            .set(webhook_delivery::ActiveModel {
                state: Set("pending".to_owned()),
                attempts: Set(0),
                next_at: Set(self.session().now()),
                claimed_until: Set(None),
                ended_at: Set(None),
                ..Default::default()
            })
            .filter(webhook_delivery::Column::AuthorityId.eq(self.authority()))
            .filter(webhook_delivery::Column::Id.eq(delivery))
            .filter(webhook_delivery::Column::EndpointId.eq(endpoint.key()))
            .filter(webhook_delivery::Column::FamilyId.eq(family))
            .filter(webhook_delivery::Column::State.eq("dead"))
            .exec(self.connection()?)
            .await?;
        self.about(family);
        if changed.rows_affected == 0 {
            self.changed_nothing();
        }
        Ok(changed.rows_affected > 0)
    }
}
