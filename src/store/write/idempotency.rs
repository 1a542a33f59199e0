//! Outcomes of changes kept under the keys that callers chose, so that a request sent again changes nothing again.

use entity::idempotency;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};

use super::budget::kept_since;
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
    /// What came of the request that this party sent under that key, if it is not too long ago.
    pub async fn kept(&self, party: &Party, key: &str) -> Result<Option<Kept>, StoreError> {
        let kept: Vec<Kept> = self
            .all(
                idempotency::Entity::find()
                    .select_only()
                    .columns([idempotency::Column::RequestHash, idempotency::Column::Response])
                    .filter(idempotency::Column::AuthorityId.eq(self.authority()))
                    .filter(idempotency::Column::AgencyId.eq(party.agency))
                    .filter(idempotency::Column::Subject.eq(party.subject.as_str()))
                    .filter(idempotency::Column::Key.eq(key))
                    .filter(idempotency::Column::CreatedAt.gt(kept_since(self.now()))),
            )
            .await?;
        Ok(kept.into_iter().next())
    }

    /// Keeps what came of a request, in the place of what was kept under its key too long ago. Of two that are sent at the same time under one key, the
    /// later one fails with a conflict.
    pub async fn keep(&self, party: &Party, key: &str, kept: Kept) -> Result<(), StoreError> {
        let row = idempotency::ActiveModel {
            authority_id: Set(self.authority()),
            agency_id: Set(party.agency),
            subject: Set(party.subject.clone()),
            key: Set(key.to_owned()),
            request_hash: Set(kept.request_hash),
            response: Set(kept.response),
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
        .action_and_where(there.lte(kept_since(self.now())))
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
