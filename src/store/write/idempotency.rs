//! Idempotency: outcomes of changes are stored under keys that callers choose, so that a repeated request
//! does not make the change twice.

use entity::idempotency;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};

use super::budget::expired_before;
use crate::store::record::record;
use crate::{
    sharing::caller::Party,
    store::session::{Session, StoreError},
};

/// The stored outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StoredOutcome {
    /// The hash of the request.
    pub request_hash: String,
    /// The outcome, in the caller's format.
    pub response: String,
}

record!(StoredOutcome: request_hash response);

impl Session {
    /// The outcome of this party's request under that key, unless it has expired.
    pub async fn stored_outcome(&self, party: &Party, key: &str) -> Result<Option<StoredOutcome>, StoreError> {
        let stored_outcome: Vec<StoredOutcome> = self
            .all(
                idempotency::Entity::find()
                    .select_only()
                    .columns([idempotency::Column::RequestHash, idempotency::Column::Response])
                    .filter(idempotency::Column::AuthorityId.eq(self.authority()))
                    .filter(idempotency::Column::AgencyId.eq(party.agency))
                    .filter(idempotency::Column::Subject.eq(party.subject.as_str()))
                    .filter(idempotency::Column::Key.eq(key))
                    .filter(idempotency::Column::CreatedAt.gt(expired_before(self.now()))),
            )
            .await?;
        Ok(stored_outcome.into_iter().next())
    }

    /// Stores the outcome of a request, replacing an expired one. Of two concurrent requests under one key,
    /// the later one fails with a conflict.
    pub async fn store_outcome(
        &self,
        party: &Party,
        key: &str,
        stored_outcome: StoredOutcome,
    ) -> Result<(), StoreError> {
        let row = idempotency::ActiveModel {
            authority_id: Set(self.authority()),
            agency_id: Set(party.agency),
            subject: Set(party.subject.clone()),
            key: Set(key.to_owned()),
            request_hash: Set(stored_outcome.request_hash),
            response: Set(stored_outcome.response),
            created_at: Set(self.now()),
        };
        let there = Expr::col((idempotency::Entity, idempotency::Column::CreatedAt));
        let in_place = OnConflict::columns([
            idempotency::Column::AuthorityId,
            idempotency::Column::AgencyId,
            idempotency::Column::Subject,
            idempotency::Column::Key,
        ])
        .update_columns([
            idempotency::Column::RequestHash,
            idempotency::Column::Response,
            idempotency::Column::CreatedAt,
        ])
        .action_and_where(there.lte(expired_before(self.now())))
        .to_owned();
        let written = idempotency::Entity::insert(row)
            .on_conflict(in_place)
            .exec_without_returning(self.transaction()?)
            .await;
        match written {
            Ok(0) | Err(DbErr::RecordNotInserted) => Err(StoreError::Conflict),
            written => Ok(written.map(|_| ())?),
        }
    }
}
