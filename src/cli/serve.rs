//! `thinkfamily serve`: puts the rooms together, serves, and stops in order.

mod banner;
mod counters;
mod engine;
pub mod figures;
mod front;
mod keeping;
mod ready;
mod roles;
mod sign_in;
mod start_checks;
mod unfinished;

use std::{io::Write, process::ExitCode, sync::Arc, time::Duration};

use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};

use self::{banner::Banner, counters::CounterDoor, keeping::Keeping, sign_in::SignIn};
use super::{
    context::{self, Context},
    demo,
    failure::Failure,
    matching,
    secret::Secret,
};
use crate::{
    audit::Trail,
    auth::{Authenticator, DevIssuer, TrustedIssuer},
    config::Config,
    readiness::Readiness,
    sharing::decide::PERMITS_EVERYTHING,
    store::{Store, connect::Databases},
    webhook::Deliverer,
    wire::{
        graphiql::Graphiql,
        limits::{EdgeLimits, Limits, LiveLimits},
        metrics::Metrics,
        routes::router,
        server::{self, Listening},
        state::AppState,
    },
};

/// How long what is open may take to close, once nobody is served any more.
const CLOSE_TIME: Duration = Duration::from_secs(10);

/// Serves until the process is told to stop.
pub(super) async fn run(context: &Context, out: &mut (dyn Write + Send)) -> Result<ExitCode, Failure> {
    let config = &context.config;
    // A model that cannot be used is told before anything begins.
    matching::settings(&config.matching)?;
    let tls = front::tls(config)?;
    let former_keys = keeping::former_keys(config)?;
    if PERMITS_EVERYTHING && !config.listen.ip().is_loopback() {
        return Err(Failure::usage(
            "this is the build of the bench that gives everything to everybody: it serves this machine alone",
        ));
    }
    let mut stop = stop_signal();
    // A place to listen first: without one there is no reason to touch a database.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Failure::problem(format!("cannot listen on {}: {error}", config.listen)))?;
    let counters = counters::open(config, tls.clone()).await?;
    context.make_data_dir()?;
    let secret = Secret::load_or_create(&config.data_dir).map_err(Failure::problem)?;
    let databases = context.ready_databases().await?;
    let store = context.store(&databases);
    start_checks::look(&store).await?;
    let trail = context.trail(&databases, &format!("serve/{}", config.listen)).await?;
    let listening = Listening {
        listener,
        tls,
        proxies: config.transport.trusted_proxies.clone(),
    };
    let doors = (listening, counters);
    let keeping = Keeping::new(&trail, former_keys, config)?;
    keeping.look_at_start().await;
    let prepared = tokio::select! {
        // Told to stop before it began.
        () = &mut stop => None,
        prepared = Server::prepare(context, &secret, &databases, (&store, &trail, &keeping), doors) => Some(prepared),
    };
    let kept = keeping.begin();
    let ended = match prepared {
        Some(Ok(server)) => server.serve(out, stop).await,
        Some(Err(failure)) => Err(failure),
        None => Ok(()),
    };
    drop(kept);
    if timeout(CLOSE_TIME, trail.close()).await.is_err() {
        tracing::warn!("the trail was not closed in time");
    }
    keeping::send_final(&keeping.witnesses).await;
    if timeout(CLOSE_TIME, context::close(databases)).await.is_err() {
        tracing::warn!("the databases were not closed in time");
    }
    ended?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Everything that serving needs, ready to begin.
struct Server {
    listening: Listening,
    counters: Option<CounterDoor>,
    state: AppState,
    edge: EdgeLimits,
    metrics: Metrics,
    sign_in: Arc<SignIn>,
    deliverer: Deliverer,
    readiness: Readiness,
    store: Store,
    trail: Trail,
    banner: Banner,
}

impl Server {
    async fn prepare(
        context: &Context,
        secret: &Secret,
        databases: &Databases,
        (store, trail, keeping): (&Store, &Trail, &Keeping),
        (listening, counters): (Listening, Option<CounterDoor>),
    ) -> Result<Self, Failure> {
        let config = &context.config;
        if config.demo_data && !store.has_families().await.map_err(Failure::problem)? {
            let rows = demo::worked(context, databases, store, trail, "first-start").await?;
            tracing::info!(rows, "demonstration data loaded");
        }
        start_checks::reviews(store).await?;
        let issuer = if config.dev_issuer {
            let (clock, ids) = (context.clock.clone(), context.ids.clone());
            let issuer = DevIssuer::open(&config.data_dir, &config.audience, clock, ids).map_err(Failure::problem)?;
            Some(issuer)
        } else {
            None
        };
        let authenticator = authenticator(context, store, issuer.as_ref())?;
        let readiness = ready::readiness(store, trail, &authenticator, keeping);
        let sign_in = Arc::new(SignIn::new(authenticator.clone(), trail.clone(), context.clock.clone()));
        let engine = engine::engine(store, trail, secret, config)?;
        let deliverer = engine::deliverer(store, trail, &engine, config)?;
        let metrics = Metrics::new().map_err(Failure::problem)?;
        figures::register(&metrics, store, trail, &engine)
            .and_then(|()| figures::register_others(&metrics, &sign_in, &deliverer))
            .and_then(|()| figures::register_keeping(&metrics, keeping))
            .map_err(Failure::problem)?;
        let (limits, edge) = limits(config);
        figures::register_readiness(&metrics, &readiness, &authenticator).map_err(Failure::problem)?;
        let mut state = AppState::new(
            Arc::new(engine),
            Arc::clone(&sign_in) as _,
            ready::ready(readiness.clone()),
            context.ids.clone(),
            metrics.clone(),
        )
        .with_limits(limits, edge.clone())
        .with_clock(context.clock.clone());
        // Tokens of agencies that the database does not have would only be refused.
        let worked = store.authority_named(demo::WORKED_AUTHORITY).await;
        let roles = issuer.clone().filter(|_| worked.is_ok_and(|found| found.is_some()));
        if let Some(issuer) = &issuer {
            state = state.with_jwks(issuer.jwks().to_string());
        }
        if config.graphiql {
            state = state.with_graphiql(match roles.clone() {
                Some(issuer) => Graphiql::with_roles(Arc::new(move || roles::for_page(&issuer))),
                None => Graphiql::new(),
            });
        }
        let address = listening
            .listener
            .local_addr()
            .map_err(|error| Failure::problem(format!("the address is not known: {error}")))?;
        state = state.with_front(front::front(&config.transport, address)?);
        let by_tls = listening.tls.is_some();
        let counters_at = counters.as_ref().map(CounterDoor::url).transpose()?;
        Ok(Self {
            listening,
            counters,
            state,
            edge,
            metrics,
            sign_in,
            deliverer,
            readiness,
            store: store.clone(),
            trail: trail.clone(),
            banner: Banner {
                address,
                by_tls,
                counters: counters_at,
                database: databases.url().to_string(),
                graphiql: config.graphiql,
                roles,
            },
        })
    }

    async fn serve(self, out: &mut (dyn Write + Send), stop: BoxFuture<'static, ()>) -> Result<(), Failure> {
        let shown = self.banner.print(out);
        if let Err(error) = shown {
            // Nobody reads standard output; whoever serves from a script does not need it.
            tracing::debug!(%error, "the addresses could not be printed");
        }
        tracing::info!(address = %self.banner.address, "serving");
        if let Some(tls) = self.listening.tls.clone() {
            front::reload_when_told(tls);
        }
        let state = Arc::new(self.state);
        let telling = self.counters.map(|door| door.serve(&state, &self.edge, &self.metrics));
        let (stop_delivering, stopped) = oneshot::channel::<()>();
        let delivering = tokio::spawn(self.deliverer.run(self.store.wake(), async move {
            // Whether it is told to stop or its owner has gone: it stops.
            let _ = stopped.await;
        }));
        let settling = tokio::spawn(unfinished::settle(self.store.clone(), self.trail.clone()));
        let watching = tokio::spawn(async move { self.readiness.watch(ready::EVERY).await });
        server::serve(self.listening, router(state), &self.edge, &self.metrics, stop).await;
        watching.abort();
        settling.abort();
        // Counters are told to the end.
        drop(telling);
        drop(stop_delivering);
        if timeout(CLOSE_TIME, delivering).await.is_err() {
            tracing::warn!("the delivery of webhooks did not end in time");
        }
        self.sign_in.flush().await;
        Ok(())
    }
}

/// Ends when the process is told to stop; a second time ends the process at once. Listens from now on.
fn stop_signal() -> BoxFuture<'static, ()> {
    let mut signalled = Box::pin(server::stop_signal());
    // The first look at it is what makes it listen.
    let early = signalled.as_mut().now_or_never();
    async move {
        let told = match early {
            Some(told) => told,
            None => signalled.await,
        };
        if let Err(error) = told {
            tracing::error!(%error, "signals cannot be listened to: stop the process otherwise");
            std::future::pending::<()>().await;
        }
        tokio::spawn(async {
            if server::stop_signal().await.is_ok() {
                std::process::exit(1);
            }
        });
    }
    .boxed()
}

fn authenticator(context: &Context, store: &Store, issuer: Option<&DevIssuer>) -> Result<Authenticator, Failure> {
    let mut trusted = Vec::new();
    for settings in &context.config.issuers {
        trusted.push(TrustedIssuer::from_settings(settings, &context.clock).map_err(Failure::usage)?);
    }
    if let Some(issuer) = issuer {
        trusted.push(issuer.trusted().map_err(Failure::problem)?);
    }
    let directory = Arc::new(store.clone());
    let token_bytes = context.config.connections.token_bytes;
    let authenticator = Authenticator::within(trusted, directory, context.clock.clone(), token_bytes);
    let authenticator = authenticator.map_err(Failure::usage)?;
    let warming = authenticator.clone();
    tokio::spawn(async move { warming.warm_up().await });
    Ok(authenticator)
}

/// The settings' limits, in the wire's own words.
pub(super) fn limits(config: &Config) -> (Limits, EdgeLimits) {
    let given = &config.limits;
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let limits = Limits {
        document_bytes: given.document_bytes,
        tokens: given.document_tokens,
        bracket_depth: given.bracket_depth,
        operations: given.operations,
        fragments: given.fragments,
        variables: given.variables,
        aliases: given.aliases,
        directives: given.directives,
        root_fields: given.root_fields,
        key_repeats: given.repeats,
        selections: given.expanded_selections as u64,
        field_depth: given.depth,
    };
    let edge = EdgeLimits {
        body_bytes: given.body_bytes,
        header_bytes: config.connections.header_bytes,
        headers: config.connections.headers,
        header_time: config.connections.header_time,
        body_time: config.connections.body_time,
        connections: config.connections.most,
        strangers: config.connections.strangers,
        strangers_per_address: config.connections.strangers_per_address,
        stranger_time: config.connections.stranger_time,
        request_time: config.request_timeout,
        // An operation holds one connection; the queue stands in front of them, not behind.
        running: count(config.database.connections),
        waiting: count(config.database.queue),
        waiting_time: config.database.wait,
        requests_per_client: given.requests_per_client,
        write_time: config.live.write,
        leave_time: config.leave,
        live: LiveLimits {
            sockets: config.live.sockets,
            sockets_per_client: config.live.sockets_per_client,
            operations: config.live.operations,
            message_bytes: config.live.message_bytes,
            init_time: config.live.init,
            keep_alive: config.live.keep_alive,
        },
        ..EdgeLimits::default()
    };
    (limits, edge)
}
