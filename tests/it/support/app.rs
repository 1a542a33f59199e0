//! A whole server on a loopback port, with the demonstration data, a clock that stands still, and ready-made partners who can only use
//! the wire.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeZone, Utc};
use futures_util::FutureExt as _;
use sea_orm::{ConnectionTrait, Statement};
use thinkfamily::{
    audit::{Code, HeadKey, Trail, TrailOptions},
    auth::{Authenticator, Credentials, DevIssuer, PortalRequest, TokenRequest, TrustedIssuer},
    catalogue,
    cli::service_metrics,
    clock::{Clock, Ids},
    config::IssuerSettings,
    demo,
    graphql::{
        engine::{Engine, OperationLimits, Subscription},
        ids::{Codec, Key, Kind},
        lookups::LookupSettings,
        operation::{Allowed, OperationRequest, WithheldMode},
        services::Services,
        write_budget::WriteSettings,
    },
    sharing::agreement_file,
    store::{
        Store, bulk,
        connect::Databases,
        session::{Mode, Session},
        trail::TrailStore,
    },
    webhook::{Deliverer, Guard, Sealer, Settings, Setup},
    wire::{
        limits::{EdgeLimits, Limits},
        metrics::Metrics,
        metrics_listener, routes, server,
        state::AppState,
    },
};
use tokio::{net::TcpListener, sync::oneshot};
use uuid::Uuid;

use super::database::TestDatabase;
pub(crate) use super::partner::{Partner, Reply};

/// The audience of every token in the tests.
const AUDIENCE: &str = "https://thinkfamily.example/graphql";
/// What one operation may cost in the tests.
const LIMITS: OperationLimits = OperationLimits {
    cost: 1_000_000,
    cost_per_minute: u64::MAX,
    time: Duration::from_mins(1),
};

/// How long connections to receivers of webhooks may take in the tests.
pub(crate) const CONNECT_TIME: Duration = Duration::from_millis(200);

/// Noon of the day on which the tests' clock stands.
pub(crate) fn today() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 6, 15, 12, 0, 0)
        .single()
        .expect("a valid instant")
}

/// The trail of a database, with its key in a folder.
pub(crate) async fn open_trail(databases: &Databases, keys: &tempfile::TempDir, clock: Clock, ids: Ids) -> Trail {
    Trail::open(
        TrailStore::of(databases),
        HeadKey::load_or_create(&keys.path().join("trail.key")).expect("a key"),
        Code::nearest("test"),
        clock,
        ids,
        TrailOptions::default(),
    )
    .await
    .expect("the trail opens")
}

/// The settings of look-ups in the tests: they do not wait.
pub(crate) fn lookups() -> LookupSettings {
    let mut settings = LookupSettings::new(&[9; 32]);
    settings.pace = Duration::ZERO;
    settings
}

/// The settings of changes in the tests: as many as they like.
pub(crate) fn writes() -> WriteSettings {
    let mut settings = WriteSettings::new(&[9; 32]);
    (settings.per_client, settings.per_family, settings.per_family_and_kind) = (i32::MAX, i32::MAX, i32::MAX);
    settings
}

/// Webhooks may go to this machine.
pub(crate) const HERE: Guard = Guard {
    private_addresses: true,
};

/// An engine whose ids are made with the tests' key, and whose webhooks may go to this machine.
pub(crate) fn engine(store: Store, trail: Trail, lookups: LookupSettings) -> Engine {
    engine_within(store, trail, lookups, writes(), HERE, true)
}

fn engine_within(
    store: Store,
    trail: Trail,
    lookups: LookupSettings,
    writes: WriteSettings,
    guard: Guard,
    narrows: bool,
) -> Engine {
    let services = Services {
        store,
        trail,
        codec: Codec::new(&[7; 32]).expect("32 bytes"),
        lookups,
        writes,
        narrows,
        webhooks: Setup {
            sealer: Arc::new(Sealer::new(&[8; 32]).expect("32 bytes")),
            guard,
        },
    };
    Engine::new(services, LIMITS).expect("every field is classified")
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port")
}

/// A running server.
pub(crate) struct App {
    pub(crate) url: String,
    /// Where the counters are told.
    pub(crate) counters: String,
    pub(crate) store: Store,
    pub(crate) trail: Trail,
    pub(crate) clock: Clock,
    pub(crate) engine: Engine,
    authenticator: Authenticator,
    issuer: Arc<DevIssuer>,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    _keys: tempfile::TempDir,
}

impl App {
    /// A server over a fresh database with the worked families and agreements of the demonstration.
    pub(crate) async fn start(database: &TestDatabase) -> Self {
        Self::start_within(database, HERE).await
    }

    /// The same, with webhooks kept within bounds.
    pub(crate) async fn start_within(database: &TestDatabase, guard: Guard) -> Self {
        Self::start_trusting(database, guard, &[]).await
    }

    /// The same, with other issuers that are trusted beside the development issuer.
    pub(crate) async fn start_trusting(database: &TestDatabase, guard: Guard, others: &[IssuerSettings]) -> Self {
        let databases = database.open().await;
        bulk::load(&databases, &demo::worked(today().date_naive()), &mut |_| {})
            .await
            .expect("the demonstration loads");
        let app = Self::over_within(
            databases,
            Clock::fixed(today()),
            Ids::seeded(1),
            lookups(),
            writes(),
            guard,
            others,
            true,
        )
        .await;
        for agreement in demo::worked_agreements() {
            app.load_agreement(agreement).await;
        }
        app
    }

    /// A server over databases that are as the test wants them.
    pub(crate) async fn over(databases: Databases, clock: Clock, ids: Ids) -> Self {
        Self::over_with(databases, clock, ids, lookups()).await
    }

    /// The same with certain settings of look-ups.
    pub(crate) async fn over_with(databases: Databases, clock: Clock, ids: Ids, lookups: LookupSettings) -> Self {
        Self::over_within(databases, clock, ids, lookups, writes(), HERE, &[], true).await
    }

    /// A server with certain settings of changes.
    pub(crate) async fn over_counting(databases: Databases, clock: Clock, ids: Ids, writes: WriteSettings) -> Self {
        Self::over_within(databases, clock, ids, lookups(), writes, HERE, &[], true).await
    }

    /// The same, with lists that decide about every family that they could reach, and have the database answer nothing of a filter.
    pub(crate) async fn over_deciding_each(databases: Databases, clock: Clock, ids: Ids) -> Self {
        Self::over_within(databases, clock, ids, lookups(), writes(), HERE, &[], false).await
    }

    #[expect(clippy::too_many_arguments, reason = "each test sets one or two of them")]
    async fn over_within(
        databases: Databases,
        clock: Clock,
        ids: Ids,
        lookups: LookupSettings,
        writes: WriteSettings,
        guard: Guard,
        others: &[IssuerSettings],
        narrows: bool,
    ) -> Self {
        let keys = tempfile::tempdir().expect("a temporary folder");
        let store = Store::new(databases.clone(), clock.clone(), ids.clone());
        let trail = open_trail(&databases, &keys, clock.clone(), Ids::random()).await;
        let engine = engine_within(store.clone(), trail.clone(), lookups, writes, guard, narrows);
        let issuer = DevIssuer::open(keys.path(), AUDIENCE, clock.clone(), Ids::random()).expect("an issuer");
        let mut trusted = vec![issuer.trusted().expect("the issuer trusts itself")];
        trusted.extend(
            others
                .iter()
                .map(|other| TrustedIssuer::from_settings(other, &clock).expect("an issuer")),
        );
        let authenticator =
            Authenticator::new(trusted, Arc::new(store.clone()), clock.clone()).expect("issuers of different names");
        let metrics = Metrics::new().expect("metrics");
        service_metrics::register(&metrics, &store, &trail, &engine).expect("figures of different names");
        let edge = EdgeLimits {
            running: 256,
            waiting: 4096,
            requests_per_client: 4096,
            request_time: Duration::from_mins(1),
            ..EdgeLimits::default()
        };
        let state = AppState::new(
            Arc::new(engine.clone()),
            Arc::new(authenticator.clone()),
            Arc::new(|| Box::pin(async { true })),
            Ids::random(),
            metrics.clone(),
        )
        .with_limits(Limits::default(), edge.clone())
        .with_clock(clock.clone());
        let state = Arc::new(state);
        let (listener, telling) = (listener().await, listener().await);
        let at = |listener: &TcpListener| format!("http://{}", listener.local_addr().expect("an address"));
        let (url, counters) = (at(&listener), format!("{}/metrics", at(&telling)));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            }
            .shared();
            let clients = server::serve(
                listener,
                routes::router(Arc::clone(&state)),
                &edge,
                &metrics,
                stopped.clone(),
            );
            let telling = server::serve(telling, metrics_listener::router(state, None), &edge, &metrics, stopped);
            tokio::join!(clients, telling);
        });
        Self {
            url,
            counters,
            store,
            trail,
            clock,
            engine,
            authenticator,
            issuer: Arc::new(issuer),
            client: reqwest::Client::new(),
            stop: Some(stop),
            _keys: keys,
        }
    }

    /// Loads an agreement file past the wire.
    pub(crate) async fn load_agreement(&self, document: &str) {
        let code = agreement_file::authority_of(document).expect("an authority");
        let authority = self
            .store
            .authority_named(&code)
            .await
            .expect("the database answers")
            .expect("the authority");
        let session = Session::begin(&self.store, authority.id, Mode::Write)
            .await
            .expect("a session");
        let agencies = session
            .agencies()
            .await
            .expect("agencies")
            .all()
            .into_iter()
            .map(|row| row.code.clone())
            .collect();
        let (_, agreement) = agreement_file::parse(document, &catalogue::known(agencies))
            .unwrap_or_else(|refused| panic!("{refused:?}"));
        let key = Ids::random().uuid();
        session
            .write_as_operator()
            .add_agreement(
                key,
                &agreement,
                document.to_owned(),
                self.clock.now(),
                "test".to_owned(),
            )
            .await
            .expect("the agreement loads");
        session.commit().await.expect("it is kept");
    }

    /// Somebody of a Cambridgeshire agency with one purpose.
    pub(crate) fn partner(&self, agency: &str, role: &str, purpose: &str) -> Partner {
        self.partner_named("cambridgeshire", agency, role, purpose, &format!("{role}-of-{agency}"))
    }

    /// Somebody of a Cambridgeshire agency who asks by another program.
    pub(crate) fn by_client(&self, agency: &str, role: &str, purpose: &str, client: &str) -> Partner {
        self.signed_in(&TokenRequest {
            authority: "cambridgeshire".to_owned(),
            agency: agency.to_owned(),
            role: role.to_owned(),
            purposes: vec![purpose.to_owned()],
            subject: format!("{role}-of-{agency}"),
            client: client.to_owned(),
            portal: None,
            minutes: 1000,
        })
    }

    /// The number that a statement reads from the database.
    pub(crate) async fn number_of(&self, sql: &str) -> i64 {
        let main = self.store.databases().main();
        let statement = Statement::from_string(main.get_database_backend(), sql);
        let row = main.query_one_raw(statement).await.expect("it answers").expect("a row");
        row.try_get("", "number").expect("a number")
    }

    /// A certain person of an agency.
    pub(crate) fn partner_named(
        &self,
        authority: &str,
        agency: &str,
        role: &str,
        purpose: &str,
        subject: &str,
    ) -> Partner {
        self.signed_in(&TokenRequest {
            authority: authority.to_owned(),
            agency: agency.to_owned(),
            role: role.to_owned(),
            purposes: vec![purpose.to_owned()],
            subject: subject.to_owned(),
            client: "test-client".to_owned(),
            portal: None,
            minutes: 1000,
        })
    }

    /// A certain person of the police with a certain program.
    pub(crate) fn police_with(&self, client: &str, subject: &str, purpose: &str) -> Partner {
        self.signed_in(&TokenRequest {
            authority: "cambridgeshire".to_owned(),
            agency: "cambs-police".to_owned(),
            role: "marker_lookup".to_owned(),
            purposes: vec![purpose.to_owned()],
            subject: subject.to_owned(),
            client: client.to_owned(),
            portal: None,
            minutes: 1000,
        })
    }

    /// Somebody who asks through a portal of that agency.
    pub(crate) fn through_portal(
        &self,
        portal: &str,
        agency: &str,
        role: &str,
        purpose: &str,
        subject: &str,
    ) -> Partner {
        self.signed_in(&TokenRequest {
            authority: "cambridgeshire".to_owned(),
            agency: agency.to_owned(),
            role: role.to_owned(),
            purposes: vec![purpose.to_owned()],
            subject: subject.to_owned(),
            client: "test-client".to_owned(),
            portal: Some(PortalRequest {
                agency: portal.to_owned(),
                subject: "test-portal".to_owned(),
                client: "test-portal-client".to_owned(),
            }),
            minutes: 1000,
        })
    }

    fn signed_in(&self, request: &TokenRequest) -> Partner {
        let token = self.issuer.mint(request).expect("a token");
        Partner {
            url: self.url.clone(),
            token,
            client: self.client.clone(),
            withheld: "report",
        }
    }

    /// The Hardman family's Lead Professional.
    pub(crate) fn lead_professional(&self) -> Partner {
        self.partner_named(
            "cambridgeshire",
            "cambs-early-help",
            "lead_professional",
            "family_support",
            demo::LEAD_SUBJECT,
        )
    }

    /// What delivers this server's webhooks, with the engine's own bounds.
    pub(crate) fn deliverer(&self, settings: Settings) -> Deliverer {
        let services = Arc::clone(self.engine.services());
        let setup = services.webhooks.clone();
        let settings = Settings {
            guard: setup.guard,
            connect: CONNECT_TIME,
            ..settings
        };
        let public_id = Arc::new(move |authority, family: Option<Uuid>, row| {
            let (kind, family) = family.map_or((Kind::Alert, Uuid::nil()), |family| (Kind::Contact, family));
            services.codec.id(authority, Key { kind, family, row })
        });
        Deliverer::new(
            self.store.clone(),
            self.trail.clone(),
            setup.sealer,
            public_id,
            settings,
        )
        .expect("a client")
    }

    /// Subscribes as that partner, past the transport.
    pub(crate) async fn subscribe(&self, partner: &Partner, query: &str) -> Subscription {
        let mut headers = http::HeaderMap::new();
        let bearer = format!("Bearer {}", partner.token).parse().expect("a header");
        headers.insert("authorization", bearer);
        let credentials = Credentials::from_headers(&headers);
        let caller = self
            .authenticator
            .sign_in(&credentials)
            .await
            .expect("a good token")
            .caller;
        let request = OperationRequest {
            began: thinkfamily::clock::Stopwatch::start(),
            request_id: Ids::random().uuid(),
            caller,
            query: query.to_owned(),
            document: Arc::new(async_graphql_parser::parse_query(query).expect("a document")),
            operation_name: None,
            variables: serde_json::Map::new(),
            withheld: WithheldMode::Report,
            receipt: false,
            allowed: Allowed::QueriesAndMutations,
        };
        self.engine.subscribe(request).await.expect("it begins")
    }

    /// Stops listening.
    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop();
    }
}
