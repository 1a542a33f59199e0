//! A server over each of the two data sets, and what it answers.

use std::sync::Arc;

use async_graphql_parser::parse_query;
use tempfile::TempDir;
use thinkfamily::{
    catalogue,
    clock::{Clock, Ids},
    graphql::{
        engine::Engine,
        lookups::LookupSettings,
        operation::{Allowed, Answer, OperationRequest},
    },
    sharing::{agreement::Agreement, agreement_file, caller::Caller},
    store::{
        Store, bulk,
        connect::Databases,
        dataset::Dataset,
        session::{Mode, Session},
    },
};
use uuid::Uuid;

use crate::{
    moment::now,
    operations::Operation,
    support::{app, database::TestDatabase},
};

/// Which database server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Sqlite,
    Postgres,
}

impl Place {
    /// A fresh database there; none where there is no such server.
    pub(crate) async fn database(self) -> Option<TestDatabase> {
        match self {
            Self::Sqlite => Some(TestDatabase::sqlite().await),
            Self::Postgres => TestDatabase::postgres().await,
        }
    }
}

/// An agreement with the key that it has in every data set.
pub(crate) struct Document {
    pub(crate) key: Uuid,
    pub(crate) authority: i32,
    pub(crate) agreement: Agreement,
    text: String,
}

impl Document {
    pub(crate) fn new(key: Uuid, authority: i32, text: String, data: &Dataset) -> Self {
        let of_this = data.agencies.iter().filter(|agency| agency.authority_id == authority);
        let known = catalogue::known(of_this.map(|agency| agency.code.clone()).collect());
        let (_, agreement) = agreement_file::parse(&text, &known).unwrap_or_else(|refused| panic!("{refused:?}"));
        Self {
            key,
            authority,
            agreement,
            text,
        }
    }
}

/// A data set in a database.
pub(crate) struct Half {
    _database: TestDatabase,
    pub(crate) databases: Databases,
    pub(crate) store: Store,
}

impl Half {
    pub(crate) async fn load(place: Place, data: &Dataset, documents: &[Document]) -> Option<Self> {
        let database = place.database().await?;
        let databases = database.open().await;
        bulk::load(&databases, data, &mut |_| {}).await.unwrap();
        let clock = Clock::fixed(now());
        let store = Store::new(databases.clone(), clock, Ids::seeded(1));
        for document in documents {
            let session = Session::begin(&store, document.authority, Mode::Write).await.unwrap();
            let text = document.text.clone();
            session
                .write_as_operator()
                .add_agreement(document.key, &document.agreement, text, now(), "test".to_owned())
                .await
                .unwrap();
            session.commit().await.unwrap();
        }
        Some(Self {
            _database: database,
            databases,
            store,
        })
    }
}

/// One data set is asked by all callers of a run, the other by one: how much was asked before is no difference that anybody looks for.
fn unlimited() -> LookupSettings {
    let mut settings = app::lookups();
    (settings.budget, settings.agency_budget, settings.repeats) = (i32::MAX, i32::MAX, i32::MAX);
    // The stop for series of questions looks at questions alone.
    settings.tries = 0;
    settings
}

/// A server over a data set with a trail of its own, so that nothing of what others ask is in it.
pub(crate) struct Server {
    engine: Engine,
    _trail: TestDatabase,
    _keys: TempDir,
}

impl Server {
    pub(crate) async fn over(half: &Half) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let trail = TestDatabase::sqlite().await;
        let opened = app::open_trail(&trail.open().await, &keys, Clock::fixed(now()), Ids::seeded(2)).await;
        Self {
            engine: app::engine(half.store.clone(), opened, unlimited()),
            _trail: trail,
            _keys: keys,
        }
    }

    /// Every byte of the answer to an operation.
    pub(crate) async fn answer(&self, caller: &Caller, number: u64, operation: &Operation) -> Vec<u8> {
        let read = parse_query(&operation.query).unwrap_or_else(|error| panic!("{error}: {}", operation.query));
        let request = OperationRequest {
            began: thinkfamily::clock::Stopwatch::start(),
            request_id: Uuid::from_u128(number.into()),
            caller: caller.clone(),
            query: operation.query.clone(),
            document: Arc::new(read),
            operation_name: None,
            variables: operation.variables.clone(),
            withheld: operation.withheld,
            receipt: false,
            allowed: Allowed::Queries,
        };
        match self.engine.execute(request).await {
            Answer::Executed(bytes) => bytes,
            Answer::Refused(error) => format!("refused: {error:?}").into_bytes(),
            Answer::NotByThisMethod => b"not by this method".to_vec(),
        }
    }

    /// The schema that the caller is shown.
    pub(crate) async fn sdl(&self, caller: &Caller) -> String {
        format!("{:?}", self.engine.sdl_for(caller).await)
    }
}
