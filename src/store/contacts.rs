//! Contacts in commit order, and deliveries, newest first: ids and locked rows.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{family_change, lead_professional, webhook_delivery};
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::{
    dossier::Locked,
    reach::open_on,
    rows::WebhookDeliveryRow,
    session::{Session, StoreError},
};
use crate::sharing::{facts::RowFacts, grant::Guarded};
use crate::store::record::record;

/// A contact's position among the changes of its authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ContactPlace {
    /// The position.
    pub seq: i64,
    /// The family.
    pub family_id: Uuid,
    /// The contact.
    pub contact_id: Uuid,
}

record!(ContactPlace: seq family_id contact_id);

/// A delivery, locked, with the ids that say whose it is.
#[derive(Clone, Debug)]
pub struct DeliveryPlace {
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family: Uuid,
    /// The endpoint.
    pub endpoint: Uuid,
    /// The delivery.
    pub row: Locked<WebhookDeliveryRow>,
}

impl Session {
    /// The position of a contact.
    pub async fn contact_place(&self, contact: Uuid) -> Result<Option<i64>, StoreError> {
        let places: Vec<ContactPlace> = self
            .all(
                places()
                    .filter(family_change::Column::AuthorityId.eq(self.authority()))
                    .filter(family_change::Column::ContactId.eq(contact)),
            )
            .await?;
        Ok(places.first().map(|place| place.seq))
    }

    /// The next contacts, after a position and in commit order, with families that an agency's people lead
    /// today. This narrows the query, and decides nothing.
    pub async fn contacts_after(&self, after: i64, agency: Uuid, limit: u64) -> Result<Vec<ContactPlace>, StoreError> {
        let led = lead_professional::Entity::find()
            .select_only()
            .column(lead_professional::Column::FamilyId)
            .filter(lead_professional::Column::AuthorityId.eq(self.authority()))
            .filter(lead_professional::Column::AgencyId.eq(agency))
            .filter(open_on(
                lead_professional::Column::ValidFrom,
                lead_professional::Column::ValidUntil,
                self.today(),
            ))
            .into_query();
        self.all(
            places()
                .filter(family_change::Column::AuthorityId.eq(self.authority()))
                .filter(family_change::Column::ContactId.is_not_null())
                .filter(family_change::Column::Seq.gt(after))
                .filter(family_change::Column::FamilyId.in_subquery(led))
                .order_by_asc(family_change::Column::Seq)
                .limit(limit),
        )
        .await
    }

    /// A page of deliveries of contacts to these endpoints, newest first.
    pub async fn deliveries(
        &self,
        endpoints: &[Uuid],
        state: Option<&str>,
        before: Option<(DateTime<Utc>, Uuid)>,
        limit: u64,
    ) -> Result<Vec<DeliveryPlace>, StoreError> {
        let mut select = webhook_delivery::Entity::find()
            .filter(webhook_delivery::Column::AuthorityId.eq(self.authority()))
            .filter(webhook_delivery::Column::EndpointId.is_in(endpoints.iter().copied()))
            .filter(webhook_delivery::Column::ContactId.is_not_null())
            .order_by_desc(webhook_delivery::Column::CreatedAt)
            .order_by_desc(webhook_delivery::Column::Id)
            .limit(limit);
        if let Some(state) = state {
            select = select.filter(webhook_delivery::Column::State.eq(state));
        }
        if let Some((at, id)) = before {
            let earlier = webhook_delivery::Column::CreatedAt.lt(at);
            let same = Condition::all()
                .add(webhook_delivery::Column::CreatedAt.eq(at))
                .add(webhook_delivery::Column::Id.lt(id));
            select = select.filter(Condition::any().add(earlier).add(same));
        }
        let rows: Vec<WebhookDeliveryRow> = self.all(select).await?;
        Ok(rows.into_iter().map(locked).collect())
    }

    /// A delivery by id.
    pub async fn delivery(&self, family: Uuid, key: Uuid) -> Result<Option<DeliveryPlace>, StoreError> {
        let rows: Vec<WebhookDeliveryRow> = self
            .all(
                webhook_delivery::Entity::find()
                    .filter(webhook_delivery::Column::AuthorityId.eq(self.authority()))
                    .filter(webhook_delivery::Column::Id.eq(key))
                    .filter(webhook_delivery::Column::FamilyId.eq(family)),
            )
            .await?;
        Ok(rows.into_iter().next().map(locked))
    }
}

fn places() -> sea_orm::Select<family_change::Entity> {
    family_change::Entity::find().select_only().columns([
        family_change::Column::Seq,
        family_change::Column::FamilyId,
        family_change::Column::ContactId,
    ])
}

fn locked(row: WebhookDeliveryRow) -> DeliveryPlace {
    DeliveryPlace {
        created_at: row.created_at,
        id: row.id,
        family: row.family_id,
        endpoint: row.endpoint_id,
        row: Arc::new(Guarded::new(row.family_id, row, RowFacts::family())),
    }
}
