//! Outcomes of changes kept under the keys that callers chose, so that a request sent again changes nothing again.

use entity::idempotency;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};

use crate::store::record::record;
use crate::{
    sharing::caller::Party,
    store::session::{Session, StoreError},
};

/// What came of a request that was sent under a key.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Kept {
    /// The hash of the request.
    pub request_hash: String,
    /// What came of it, as whoever kept it wrote it.
    pub response: String,
}

record!(Kept: request_hash response);

impl Session {
    /// What came of the request that this party sent under that key.
    pub async fn kept(&self, party: &Party, key: &str) -> Result<Option<Kept>, StoreError> {
        let kept: Vec<Kept> = self
            .all(
                idempotency::Entity::find()
                    .select_only()
                    .columns([idempotency::Column::RequestHash, idempotency::Column::Response])
                    .filter(idempotency::Column::AuthorityId.eq(self.authority()))
                    .filter(idempotency::Column::AgencyId.eq(party.agency))
                    .filter(idempotency::Column::Subject.eq(party.subject.as_str()))
                    .filter(idempotency::Column::Key.eq(key)),
            )
            .await?;
        Ok(kept.into_iter().next())
    }

    /// Keeps what came of a request. Of two that are sent at the same time under one key, the later one fails with a conflict.
    pub async fn keep(&self, party: &Party, key: &str, kept: Kept) -> Result<(), StoreError> {
        self.insert(idempotency::ActiveModel {
            authority_id: Set(self.authority()),
            agency_id: Set(party.agency),
            subject: Set(party.subject.clone()),
            key: Set(key.to_owned()),
            request_hash: Set(kept.request_hash),
            response: Set(kept.response),
            created_at: Set(self.now()),
        })
        .await
    }
}
