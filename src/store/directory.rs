//! The directory of authorities and agencies by code, for sign-in and for the commands.

use chrono::{DateTime, Utc};
use entity::{agency, agreement, authority, trusted_client};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, Statement,
    sea_query::{Expr, ExprTrait as _, IntoCondition as _},
};
use uuid::Uuid;

use super::{
    Store,
    record::record,
    session::{Session, StoreError},
};
use crate::{
    auth::{AgencyEntry, AgencyLookup, Directory, DirectoryError},
    records::AuthorityRow,
};

#[derive(FromQueryResult)]
struct Found {
    authority_id: i32,
    id: Uuid,
    kind: String,
    /// Since when the client may only send registered documents.
    since: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Document {
    document: String,
}

record!(Document: document);

impl Directory for Store {
    fn agency<'a>(&'a self, authority_code: &'a str, agency_code: &'a str, client: &'a str) -> AgencyLookup<'a> {
        Box::pin(async move {
            self.agency_named(authority_code, agency_code, client)
                .await
                .map_err(|error| DirectoryError {
                    cause: error.to_string(),
                })
        })
    }
}

impl Store {
    async fn agency_named(
        &self,
        authority_code: &str,
        agency_code: &str,
        client: &str,
    ) -> Result<Option<AgencyEntry>, DbErr> {
        // Neither database can store or compare the NUL character in a text.
        if [authority_code, agency_code, client]
            .iter()
            .any(|code| code.contains('\0'))
        {
            return Ok(None);
        }
        if let Some(known) = self.cached_agencies().get(authority_code, agency_code, client) {
            return Ok(Some(known));
        }
        // Not counted with the statements of operations, because it is rarely sent.
        let named = client.to_owned();
        let found = agency::Entity::find()
            .select_only()
            .columns([agency::Column::AuthorityId, agency::Column::Id, agency::Column::Kind])
            .join(
                JoinType::InnerJoin,
                agency::Entity::belongs_to(authority::Entity)
                    .from(agency::Column::AuthorityId)
                    .to(authority::Column::Id)
                    .into(),
            )
            .column(trusted_client::Column::Since)
            .join(
                JoinType::LeftJoin,
                agency::Entity::belongs_to(trusted_client::Entity)
                    .from((agency::Column::AuthorityId, agency::Column::Id))
                    .to((trusted_client::Column::AuthorityId, trusted_client::Column::AgencyId))
                    .on_condition(move |_, trusted| {
                        let of_client = Expr::col((trusted, trusted_client::Column::Client));
                        of_client.eq(named.clone()).into_condition()
                    })
                    .into(),
            )
            .filter(authority::Column::Code.eq(authority_code))
            .filter(agency::Column::Code.eq(agency_code))
            .into_model::<Found>()
            .one(self.main())
            .await?;
        let found = found.map(|found| AgencyEntry {
            authority: found.authority_id,
            agency: found.id,
            kind: found.kind,
            only_registered: found.since.is_some(),
        });
        if let Some(entry) = &found {
            self.cached_agencies().put(authority_code, agency_code, client, entry);
        }
        Ok(found)
    }

    /// The authority with that code.
    pub async fn authority_named(&self, code: &str) -> Result<Option<AuthorityRow>, StoreError> {
        self.count_statement();
        Ok(authority::Entity::find()
            .filter(authority::Column::Code.eq(code))
            .into_model::<AuthorityRow>()
            .one(self.main())
            .await?)
    }

    /// Every authority, by code.
    pub async fn authorities(&self) -> Result<Vec<AuthorityRow>, StoreError> {
        self.count_statement();
        let mut all = authority::Entity::find()
            .into_model::<AuthorityRow>()
            .all(self.main())
            .await?;
        all.sort_by(|one, other| one.code.cmp(&other.code));
        Ok(all)
    }

    /// Whether there is a family, of whatever authority.
    pub async fn has_families(&self) -> Result<bool, StoreError> {
        self.count_statement();
        let backend = self.main().get_database_backend();
        let statement = Statement::from_string(backend, "SELECT 1 FROM family LIMIT 1");
        Ok(self.main().query_one_raw(statement).await?.is_some())
    }
}

impl Session {
    /// The text from which a version of an agreement was loaded.
    pub async fn agreement_document(&self, code: &str, version: i32) -> Result<Option<String>, StoreError> {
        let found: Vec<Document> = self
            .all(
                agreement::Entity::find()
                    .filter(agreement::Column::AuthorityId.eq(self.authority()))
                    .filter(agreement::Column::Code.eq(code))
                    .filter(agreement::Column::Version.eq(version)),
            )
            .await?;
        Ok(found.into_iter().next().map(|row| row.document))
    }
}
