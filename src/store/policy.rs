//! The agreements of an authority, cached until their version changes.

use std::{collections::BTreeMap, sync::Arc};

use aws_lc_rs::digest;
use chrono::{DateTime, NaiveDate, Utc};
use entity::{agency, agreement, agreement_clause, agreement_signatory, policy_version};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::ExprTrait as _,
};
use uuid::Uuid;

pub use super::policies::{Policies, StoredAgreement};
use super::{
    Store,
    record::record,
    session::{Session, StoreError},
    writing::{Deed, Writing},
};
use crate::sharing::{
    agreement::{Agreement, Clause, Policy, Signatory},
    facts::Holder,
};

#[derive(FromQueryResult)]
struct AgreementRow {
    id: Uuid,
    code: String,
    version: i32,
    title: String,
    effective_from: NaiveDate,
    effective_to: Option<NaiveDate>,
    review_by: NaiveDate,
    document: String,
}

record!(AgreementRow: id code version title effective_from effective_to review_by document);

#[derive(FromQueryResult)]
struct SignatoryRow {
    agreement_id: Uuid,
    code: String,
    signed_on: NaiveDate,
    withdrawn_on: Option<NaiveDate>,
}

record!(SignatoryRow: agreement_id code signed_on withdrawn_on);

#[derive(FromQueryResult)]
struct ClauseRow {
    agreement_id: Uuid,
    body: String,
}

record!(ClauseRow: agreement_id body);

impl Store {
    /// The agreements in force on a day whose review was due before it, as code and version.
    pub async fn agreements_past_review(&self, day: NaiveDate) -> Result<Vec<(String, i32)>, StoreError> {
        let select = agreement::Entity::find()
            .filter(agreement::Column::ReviewBy.lt(day))
            .filter(agreement::Column::EffectiveFrom.lte(day))
            .filter(
                agreement::Column::EffectiveTo
                    .is_null()
                    .or(agreement::Column::EffectiveTo.gte(day)),
            )
            .order_by_asc(agreement::Column::Code)
            .order_by_asc(agreement::Column::Version);
        let rows = select.into_model::<AgreementRow>().all(self.main()).await?;
        // A later version replaces earlier ones.
        let newest: BTreeMap<String, i32> = rows.into_iter().map(|row| (row.code, row.version)).collect();
        Ok(newest.into_iter().collect())
    }
}

/// The SHA-256 of a text.
fn digest(text: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, text).as_ref());
    hash
}

impl Session {
    /// The authority's agreements in this session's snapshot: from the cache if the version that this
    /// transaction reads is cached.
    pub async fn policies(&self, store: &Store) -> Result<Arc<Policies>, StoreError> {
        let version = self.policy_version().await?;
        if let Some(known) = store.cached_policies(self.authority(), version) {
            return Ok(known);
        }
        let policies = Arc::new(self.read_policies(version).await?);
        store.remember_policies(self.authority(), &policies);
        Ok(policies)
    }

    /// The authority's agreements including this session's own changes. Not cached: the session may be rolled
    /// back.
    pub async fn policies_as_written(&self) -> Result<Policies, StoreError> {
        self.read_policies(0).await
    }

    async fn read_policies(&self, version: i64) -> Result<Policies, StoreError> {
        let authority = self.authority();
        let agreements: Vec<AgreementRow> = self
            .all(
                agreement::Entity::find()
                    .filter(agreement::Column::AuthorityId.eq(authority))
                    .order_by_asc(agreement::Column::Code)
                    .order_by_asc(agreement::Column::Version),
            )
            .await?;
        let signatories: Vec<SignatoryRow> = self
            .all(
                agreement_signatory::Entity::find()
                    .select_only()
                    .column(agreement_signatory::Column::AgreementId)
                    .column(agency::Column::Code)
                    .column(agreement_signatory::Column::SignedOn)
                    .column(agreement_signatory::Column::WithdrawnOn)
                    .join(
                        JoinType::InnerJoin,
                        agreement_signatory::Entity::belongs_to(agency::Entity)
                            .from((
                                agreement_signatory::Column::AuthorityId,
                                agreement_signatory::Column::AgencyId,
                            ))
                            .to((agency::Column::AuthorityId, agency::Column::Id))
                            .into(),
                    )
                    .filter(agreement_signatory::Column::AuthorityId.eq(authority))
                    .order_by_asc(agency::Column::Code),
            )
            .await?;
        let clauses: Vec<ClauseRow> = self
            .all(
                agreement_clause::Entity::find()
                    .filter(agreement_clause::Column::AuthorityId.eq(authority))
                    .order_by_asc(agreement_clause::Column::AgreementId)
                    .order_by_asc(agreement_clause::Column::Position),
            )
            .await?;
        let mut stored = Vec::with_capacity(agreements.len());
        for row in agreements {
            let of_this = clauses.iter().filter(|clause| clause.agreement_id == row.id);
            let clauses: Result<Vec<Clause>, _> = of_this.map(|clause| serde_json::from_str(&clause.body)).collect();
            let clauses = clauses.map_err(|error| StoreError::Corrupt(format!("a clause of {}: {error}", row.code)))?;
            let signed = signatories.iter().filter(|signatory| signatory.agreement_id == row.id);
            let signatories = signed.map(|signatory| Signatory {
                agency: signatory.code.clone(),
                signed_on: signatory.signed_on,
                withdrawn_on: signatory.withdrawn_on,
            });
            let agreement = Agreement {
                code: row.code,
                version: row.version,
                title: row.title,
                effective_from: row.effective_from,
                effective_to: row.effective_to,
                review_by: row.review_by,
                signatories: signatories.collect(),
                clauses,
            };
            stored.push(StoredAgreement {
                key: row.id,
                agreement,
                text_sha256: digest(row.document.as_bytes()),
            });
        }
        let policy = Policy {
            agreements: stored.iter().map(|one| one.agreement.clone()).collect(),
        };
        Ok(Policies {
            version,
            policy,
            stored,
        })
    }

    /// Makes every server process read the authority's agreements again before its next decision.
    pub async fn raise_policy_version(&self) -> Result<(), StoreError> {
        use sea_orm::{
            ActiveValue::Set,
            sea_query::{Expr, ExprTrait, OnConflict},
        };
        let first = policy_version::ActiveModel {
            authority_id: Set(self.authority()),
            version: Set(1),
        };
        let again = OnConflict::column(policy_version::Column::AuthorityId)
            .value(
                policy_version::Column::Version,
                Expr::col((policy_version::Entity, policy_version::Column::Version)).add(1),
            )
            .to_owned();
        policy_version::Entity::insert(first)
            .on_conflict(again)
            .exec_without_returning(self.transaction()?)
            .await?;
        self.announce();
        Ok(())
    }
}

impl Writing<'_> {
    /// Adds a version of an agreement that has been checked, and invalidates the caches of every server
    /// process.
    pub async fn add_agreement(
        &self,
        key: Uuid,
        agreement: &Agreement,
        document: String,
        loaded_at: DateTime<Utc>,
        loaded_by: String,
    ) -> Result<(), StoreError> {
        use sea_orm::ActiveValue::Set;
        let authority_id = self.authority();
        self.held_by(Holder::Authority)?;
        let agencies = self.session().agencies().await?.clone();
        self.insert(agreement::ActiveModel {
            authority_id: Set(authority_id),
            id: Set(key),
            code: Set(agreement.code.clone()),
            version: Set(agreement.version),
            title: Set(agreement.title.clone()),
            effective_from: Set(agreement.effective_from),
            effective_to: Set(agreement.effective_to),
            review_by: Set(agreement.review_by),
            document: Set(document),
            loaded_at: Set(loaded_at),
            loaded_by: Set(loaded_by),
        })
        .await?;
        for signatory in &agreement.signatories {
            let agency = agencies
                .by_code(&signatory.agency)
                .ok_or_else(|| StoreError::Corrupt("a signatory is not in the register of agencies".to_owned()))?;
            self.insert(agreement_signatory::ActiveModel {
                authority_id: Set(authority_id),
                agreement_id: Set(key),
                agency_id: Set(agency.id),
                signed_on: Set(signatory.signed_on),
                withdrawn_on: Set(signatory.withdrawn_on),
            })
            .await?;
        }
        for (position, clause) in (0..).zip(&agreement.clauses) {
            let body = serde_json::to_string(clause).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            self.insert(agreement_clause::ActiveModel {
                authority_id: Set(authority_id),
                agreement_id: Set(key),
                position: Set(position),
                code: Set(clause.id.clone()),
                body: Set(body),
            })
            .await?;
        }
        self.session().raise_policy_version().await?;
        self.set_deed(Deed::Agreement {
            code: agreement.code.clone(),
            version: agreement.version,
        });
        Ok(())
    }
}
