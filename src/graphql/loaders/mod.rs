//! What is wanted by key and belongs to no family: agencies, authorities, alerts, endpoints. All resolvers that wait for such rows have them from one
//! statement. Nothing is decided here and nothing outlives the operation: whoever asks opens what comes by a grant, or releases by the ceiling what is about nobody.

mod driver;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Weak},
};

use async_graphql::dataloader::{DataLoader, Loader};
use uuid::Uuid;

use self::driver::Driver;
use super::api_error::ApiError;
use crate::{
    records::{AgencyRow, AuthorityRow},
    sharing::caller::Caller,
    store::{alerts::AlertRow, dossier::Locked, rows::WebhookEndpointRow, session::Session},
};

/// The operation whose rows are read.
pub trait Origin: Send + Sync {
    /// Its view of the database.
    fn session(&self) -> &Session;
    /// Who asks.
    fn caller(&self) -> &Caller;
}

/// The loaders of one operation.
pub struct Loaders {
    rows: DataLoader<Rows>,
    driver: Driver,
}

impl fmt::Debug for Loaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaders").finish_non_exhaustive()
    }
}

/// Reads over an operation's session, as long as there is one. What was read is not kept: a change that comes after sees what was written.
struct Rows(Weak<dyn Origin>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct AgencyKey(Uuid);

#[derive(Clone, PartialEq, Eq, Hash)]
struct AgencyCode(String);

#[derive(Clone, PartialEq, Eq, Hash)]
struct AlertKey(Uuid);

/// The authorities that the asker's own compares itself with.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Neighbours;

/// The asker's own endpoints that are told of such events.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ToldOf(&'static str);

impl Loaders {
    /// Those of an operation.
    pub fn of(operation: Weak<dyn Origin>) -> Self {
        let driver = Driver::default();
        let rows = DataLoader::new(Rows(operation), driver.clone(), driver.clone());
        Self {
            // Whatever waits is read at once: an operation bounds what it may name.
            rows: rows.max_batch_size(usize::MAX),
            driver,
        }
    }

    /// Does the operation's work, and reads what it waits for whenever it gets on with nothing else.
    pub async fn drive<F: Future>(&self, operation: F) -> F::Output {
        self.driver.drive(operation).await
    }

    /// An agency of the authority.
    pub async fn agency(&self, key: Uuid) -> Result<Option<AgencyRow>, ApiError> {
        self.rows.load_one(AgencyKey(key)).await
    }

    /// An agency of the authority, by its code.
    pub async fn agency_by_code(&self, code: &str) -> Result<Option<AgencyRow>, ApiError> {
        self.rows.load_one(AgencyCode(code.to_owned())).await
    }

    /// An alert of the authority.
    pub async fn alert(&self, key: Uuid) -> Result<Option<Locked<AlertRow>>, ApiError> {
        self.rows.load_one(AlertKey(key)).await
    }

    /// The authorities that the asker's own compares itself with, by code.
    pub async fn neighbours(&self) -> Result<Arc<[AuthorityRow]>, ApiError> {
        Ok(self.rows.load_one(Neighbours).await?.unwrap_or_default())
    }

    /// The endpoints of the asker's agency for their role and purpose that are told of such events, oldest first.
    pub async fn endpoints(&self, events: &'static str) -> Result<Vec<Locked<WebhookEndpointRow>>, ApiError> {
        Ok(self.rows.load_one(ToldOf(events)).await?.unwrap_or_default())
    }
}

impl Rows {
    fn operation(&self) -> Result<Arc<dyn Origin>, ApiError> {
        self.0.upgrade().ok_or(ApiError::Internal)
    }
}

// The register of agencies is small, and mostly in memory already: it is read as a whole where it is not.
impl Loader<AgencyKey> for Rows {
    type Value = AgencyRow;
    type Error = ApiError;

    async fn load(&self, keys: &[AgencyKey]) -> Result<HashMap<AgencyKey, AgencyRow>, ApiError> {
        let operation = self.operation()?;
        let agencies = operation.session().agencies().await?;
        let row = |key: &AgencyKey| Some((key.clone(), agencies.get(key.0)?.clone()));
        Ok(keys.iter().filter_map(row).collect())
    }
}

impl Loader<AgencyCode> for Rows {
    type Value = AgencyRow;
    type Error = ApiError;

    async fn load(&self, codes: &[AgencyCode]) -> Result<HashMap<AgencyCode, AgencyRow>, ApiError> {
        let operation = self.operation()?;
        let agencies = operation.session().agencies().await?;
        let row = |code: &AgencyCode| Some((code.clone(), agencies.by_code(&code.0)?.clone()));
        Ok(codes.iter().filter_map(row).collect())
    }
}

impl Loader<AlertKey> for Rows {
    type Value = Locked<AlertRow>;
    type Error = ApiError;

    async fn load(&self, keys: &[AlertKey]) -> Result<HashMap<AlertKey, Locked<AlertRow>>, ApiError> {
        let operation = self.operation()?;
        let rows = operation.session().alerts_among(keys.iter().map(|key| key.0)).await?;
        Ok(rows.into_iter().map(|(key, row)| (AlertKey(key), row)).collect())
    }
}

impl Loader<Neighbours> for Rows {
    type Value = Arc<[AuthorityRow]>;
    type Error = ApiError;

    async fn load(&self, _: &[Neighbours]) -> Result<HashMap<Neighbours, Self::Value>, ApiError> {
        let neighbours = self.operation()?.session().neighbours().await?;
        Ok(HashMap::from([(Neighbours, neighbours.into())]))
    }
}

impl Loader<ToldOf> for Rows {
    type Value = Vec<Locked<WebhookEndpointRow>>;
    type Error = ApiError;

    async fn load(&self, events: &[ToldOf]) -> Result<HashMap<ToldOf, Self::Value>, ApiError> {
        let operation = self.operation()?;
        let wanted = events.iter().map(|events| events.0);
        let rows = operation
            .session()
            .webhook_endpoints(operation.caller(), wanted)
            .await?;
        let of = |events: &ToldOf| {
            let told = rows.iter().filter(|(told, _)| told == events.0);
            (events.clone(), told.map(|(_, row)| Arc::clone(row)).collect())
        };
        Ok(events.iter().map(of).collect())
    }
}
