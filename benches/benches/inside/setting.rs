//! An engine over a fresh SQLite database with the worked families and some hundred made-up ones, and who asks it.

use std::{sync::Arc, time::Duration};

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use thinkfamily::{
    audit::{Code, HeadKey, Trail, TrailOptions},
    catalogue,
    clock::{Clock, Ids, Stopwatch},
    demo::{self, Size},
    graphql::{
        engine::{Engine, OperationLimits},
        ids::Codec,
        lookups::LookupSettings,
        operation::{Allowed, OperationRequest, WithheldMode},
        services::Services,
        write_budget::WriteSettings,
    },
    sharing::{
        agreement_file,
        caller::{Caller, Party},
    },
    store::{
        Store, bulk,
        connect::{Databases, Settings},
        database_url::DatabaseUrl,
        session::{Mode, Session},
        trail::TrailStore,
    },
    webhook::{Guard, Sealer, Setup},
    wire::{limits::Limits, precheck},
};
use tokio::runtime::Runtime;

/// Made-up families, all of one authority.
const FAMILIES: u64 = 200;

/// One of the operations that are measured.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    variables: Map<String, Value>,
    caller: Caller,
}

/// What is measured.
pub(crate) struct Setting {
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    pub(crate) coordinator: Caller,
    police: Caller,
    born: NaiveDate,
    limits: Limits,
    _folder: TempDir,
}

/// A runtime as the server has one.
pub(crate) fn runtime() -> Runtime {
    Runtime::new().expect("a runtime")
}

impl Setting {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = DatabaseUrl::sqlite(folder.path().join("thinkfamily.db"));
        let databases = Databases::open(&url, &Settings::default()).await.expect("a database");
        databases.migrate_up().await.expect("its tables");
        let clock = Clock::system();
        let worked = demo::worked(clock.today());
        bulk::load(&databases, &worked, &mut |_| {})
            .await
            .expect("the worked families");
        let made = demo::families(
            Size {
                families: FAMILIES,
                authorities: 1,
            },
            1,
            clock.today(),
        );
        let code = made.authority_codes().next().expect("an authority");
        bulk::load_each(&databases, made, &mut |_| {})
            .await
            .expect("made-up families");
        let store = Store::new(databases.clone(), clock.clone(), Ids::random());
        // His age is what the worked families have fixed.
        let lee = worked.people.iter().find(|person| person.family_name == "Sadler");
        let setting = Self {
            born: lee.expect("a person").date_of_birth.expect("a date of birth"),
            engine: engine(&store, &databases, &folder).await,
            coordinator: caller(
                &store,
                &code,
                &format!("{code}-tff-team"),
                "coordinator",
                "programme_management",
            )
            .await,
            police: caller(
                &store,
                "cambridgeshire",
                "cambs-police",
                "marker_lookup",
                "safeguarding",
            )
            .await,
            limits: Limits::default(),
            store,
            _folder: folder,
        };
        setting.load_agreement(demo::CAMBRIDGESHIRE_AGREEMENT).await;
        setting.load_agreement(&demo::agreement_for(&code)).await;
        setting
    }

    async fn load_agreement(&self, text: &str) {
        let code = agreement_file::authority_of(text).expect("an authority");
        let authority = self
            .store
            .authority_named(&code)
            .await
            .expect("an answer")
            .expect("an authority");
        let session = Session::begin(&self.store, authority.id, Mode::Write)
            .await
            .expect("a session");
        let agencies = session.agencies().await.expect("agencies").all();
        let known = catalogue::known(agencies.into_iter().map(|row| row.code.clone()).collect());
        let (_, agreement) = agreement_file::parse(text, &known).expect("an agreement");
        let now = self.store.clock().now();
        session
            .write_as_operator()
            .add_agreement(
                Ids::random().uuid(),
                &agreement,
                text.to_owned(),
                now,
                "bench".to_owned(),
            )
            .await
            .expect("it is loaded");
        session.commit().await.expect("it is kept");
    }

    /// The operations of `bench speed` of the same names.
    pub(crate) fn operations(&self) -> [Operation; 3] {
        [
            Operation {
                name: "1 look-up",
                text: include_str!("../../operations/lookup.graphql"),
                variables: object(&json!({"input": {
                    "givenName": "Lee", "familyName": "Sadler", "dateOfBirth": self.born, "postcode": "ZQ4 7HA",
                }})),
                caller: self.police.clone(),
            },
            Operation {
                name: "2 family page",
                text: include_str!("../../operations/family.graphql"),
                variables: object(&json!({"reference": "MF-0000001"})),
                caller: self.coordinator.clone(),
            },
            Operation {
                name: "3 first 50 families",
                text: include_str!("../../operations/families.graphql"),
                variables: Map::new(),
                caller: self.coordinator.clone(),
            },
        ]
    }

    /// A request of it, parsed and checked.
    pub(crate) fn request(&self, operation: &Operation) -> OperationRequest {
        OperationRequest {
            request_id: Ids::random().uuid(),
            began: Stopwatch::start(),
            caller: operation.caller.clone(),
            query: operation.text.to_owned(),
            document: Arc::new(precheck::check(operation.text, &self.limits).expect("within the limits")),
            operation_name: None,
            variables: operation.variables.clone(),
            withheld: WithheldMode::Report,
            receipt: false,
            allowed: Allowed::QueriesAndMutations,
        }
    }
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

async fn engine(store: &Store, databases: &Databases, folder: &TempDir) -> Engine {
    let trail = Trail::open(
        TrailStore::of(databases),
        HeadKey::load_or_create(&folder.path().join("trail.key")).expect("a key"),
        Code::nearest("bench"),
        store.clock().clone(),
        Ids::random(),
        TrailOptions::default(),
    )
    .await
    .expect("a trail");
    let mut lookups = LookupSettings::new(&[9; 32]);
    lookups.pace = Duration::ZERO;
    lookups.budget = 100_000_000;
    let mut writes = WriteSettings::new(&[9; 32]);
    (writes.per_client, writes.per_family, writes.per_family_and_kind) = (i32::MAX, i32::MAX, i32::MAX);
    lookups.agency_budget = 100_000_000;
    let services = Services {
        store: store.clone(),
        trail,
        codec: Codec::new(&[7; 32]).expect("32 bytes"),
        lookups,
        writes,
        narrows: true,
        webhooks: Setup {
            sealer: Arc::new(Sealer::new(&[8; 32]).expect("32 bytes")),
            guard: Guard {
                private_addresses: false,
            },
        },
    };
    let limits = OperationLimits {
        cost: 1_000_000,
        cost_per_minute: u64::MAX,
        time: Duration::from_mins(1),
    };
    Engine::new(services, limits).expect("every field is classified")
}

async fn caller(store: &Store, code: &str, agency: &str, role: &str, purpose: &str) -> Caller {
    let authority = store
        .authority_named(code)
        .await
        .expect("an answer")
        .expect("an authority");
    Caller {
        authority: authority.id,
        authority_code: code.to_owned(),
        principal: party(store, authority.id, agency, role).await,
        portal: None,
        client: "bench".to_owned(),
        purpose: purpose.to_owned(),
        purposes: vec![purpose.to_owned()],
    }
}

async fn party(store: &Store, authority: i32, agency: &str, role: &str) -> Party {
    let session = Session::begin(store, authority, Mode::Read).await.expect("a session");
    let agencies = session.agencies().await.expect("agencies").all();
    let row = agencies.into_iter().find(|row| row.code == agency).expect("an agency");
    Party {
        agency: row.id,
        agency_code: row.code.clone(),
        agency_kind: row.kind.clone(),
        role: role.to_owned(),
        subject: "bench".to_owned(),
    }
}
