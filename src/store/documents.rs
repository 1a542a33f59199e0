//! Registered documents (persisted queries) of clients, and the clients that may send no others. About
//! programs, not about families.

use chrono::{DateTime, Utc};
use entity::{trusted_client, trusted_document};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::{Store, fence, session::StoreError, transaction::begin_write};

/// A client of an agency: its `client_id` alone could be another agency's too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientKey<'a> {
    /// The authority.
    pub authority: i32,
    /// The agency that runs it.
    pub agency: Uuid,
    /// The `client_id` of its tokens.
    pub client: &'a str,
}

/// A registered document.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DocumentRow {
    /// The agency of its client.
    pub agency_id: Uuid,
    /// Its client.
    pub client: String,
    /// The SHA-256 of its text, in lower-case hexadecimal.
    pub sha256: String,
    /// The document.
    pub text: String,
    /// When it was registered.
    pub registered_at: DateTime<Utc>,
}

/// A client that may only send registered documents.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct TrustedClientRow {
    /// Its agency.
    pub agency_id: Uuid,
    /// Its `client_id`.
    pub client: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

/// Documents of one client.
fn of(key: ClientKey<'_>) -> Condition {
    Condition::all()
        .add(trusted_document::Column::AuthorityId.eq(key.authority))
        .add(trusted_document::Column::AgencyId.eq(key.agency))
        .add(trusted_document::Column::Client.eq(key.client))
}

impl Store {
    /// The text of a client's document; `None` if it has none with that hash.
    pub async fn document(&self, key: ClientKey<'_>, sha256: &str) -> Result<Option<String>, StoreError> {
        self.count_statement();
        let found = trusted_document::Entity::find()
            .select_only()
            .column(trusted_document::Column::Text)
            .filter(of(key).add(trusted_document::Column::Sha256.eq(sha256)))
            .into_model::<Text>()
            .one(self.main())
            .await?;
        Ok(found.map(|found| found.text))
    }

    /// Registers documents, given as hash and text: all of them or none. Returns how many were new.
    pub async fn register_documents(
        &self,
        key: ClientKey<'_>,
        documents: &[(String, String)],
    ) -> Result<u64, StoreError> {
        let transaction = begin_write(self.main()).await?;
        fence::enter(&transaction, key.authority).await?;
        let mut new = 0;
        for (sha256, text) in documents {
            self.count_statement();
            let row = trusted_document::ActiveModel {
                authority_id: Set(key.authority),
                agency_id: Set(key.agency),
                client: Set(key.client.to_owned()),
                sha256: Set(sha256.clone()),
                text: Set(text.clone()),
                registered_at: Set(self.clock().now()),
            };
            let keep = OnConflict::new().do_nothing().to_owned();
            new += trusted_document::Entity::insert(row)
                .on_conflict(keep)
                .exec_without_returning(&transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(new)
    }

    /// Deletes documents of a client: those with these hashes, or all. Returns how many there were.
    pub async fn retire_documents(&self, key: ClientKey<'_>, hashes: Option<&[String]>) -> Result<u64, StoreError> {
        self.count_statement();
        let transaction = begin_write(self.main()).await?;
        fence::enter(&transaction, key.authority).await?;
        let mut which = of(key);
        if let Some(hashes) = hashes {
            which = which.add(trusted_document::Column::Sha256.is_in(hashes));
        }
        let done = trusted_document::Entity::delete_many()
            .filter(which)
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(done.rows_affected)
    }

    /// The documents of an authority's clients, by agency, client and time.
    pub async fn documents(&self, authority: i32) -> Result<Vec<DocumentRow>, StoreError> {
        self.count_statement();
        Ok(trusted_document::Entity::find()
            .filter(trusted_document::Column::AuthorityId.eq(authority))
            .order_by_asc(trusted_document::Column::AgencyId)
            .order_by_asc(trusted_document::Column::Client)
            .order_by_asc(trusted_document::Column::RegisteredAt)
            .order_by_asc(trusted_document::Column::Sha256)
            .into_model::<DocumentRow>()
            .all(self.main())
            .await?)
    }

    /// The clients of an authority that may only send registered documents.
    pub async fn trusted_clients(&self, authority: i32) -> Result<Vec<TrustedClientRow>, StoreError> {
        self.count_statement();
        Ok(trusted_client::Entity::find()
            .filter(trusted_client::Column::AuthorityId.eq(authority))
            .order_by_asc(trusted_client::Column::AgencyId)
            .order_by_asc(trusted_client::Column::Client)
            .into_model::<TrustedClientRow>()
            .all(self.main())
            .await?)
    }

    /// Sets whether a client may only send registered documents. Takes effect at its next sign-in.
    pub async fn set_trusted(&self, key: ClientKey<'_>, only_registered: bool) -> Result<(), StoreError> {
        self.count_statement();
        let transaction = begin_write(self.main()).await?;
        fence::enter(&transaction, key.authority).await?;
        if only_registered {
            let row = trusted_client::ActiveModel {
                authority_id: Set(key.authority),
                agency_id: Set(key.agency),
                client: Set(key.client.to_owned()),
                since: Set(self.clock().now()),
            };
            let keep = OnConflict::new().do_nothing().to_owned();
            trusted_client::Entity::insert(row)
                .on_conflict(keep)
                .exec_without_returning(&transaction)
                .await?;
        } else {
            trusted_client::Entity::delete_many()
                .filter(trusted_client::Column::AuthorityId.eq(key.authority))
                .filter(trusted_client::Column::AgencyId.eq(key.agency))
                .filter(trusted_client::Column::Client.eq(key.client))
                .exec(&transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }
}
