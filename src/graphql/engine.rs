//! One operation from beginning to end: ceiling, reading, deciding, the trail, and only then the answer.

mod finish;
mod retry;
mod subscribe;
mod understand;

use std::{
    sync::{
        Arc, Mutex, OnceLock, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_graphql::{Schema, ValidationMode};
use async_graphql_parser::types::{ExecutableDocument, OperationType};

use tokio::{sync::Semaphore, time::timeout};
use tracing::{Instrument as _, info_span};

pub use self::subscribe::Subscription;
use self::{retry::Attempt, understand::select};
use super::{
    answer,
    api_error::ApiError,
    context::Request,
    feed::Feeds,
    introspection::Schemas,
    language::Language,
    loaders::Loaders,
    lookups::Desk,
    matrix,
    mutations::Mutation,
    operation::{Allowed, Answer, Asked, OperationRequest, WithheldMode},
    plan::Plan,
    query::Query,
    services::Services,
    shape::{Shape, Unclassified},
    spending::Spending,
    subscriptions::{SubscriptionRoot, source::Turn},
    trail,
    wants::wants,
};
use crate::{
    error::{ErrorCode, RequestError, request_id},
    sharing::{
        caller::Caller,
        ceiling::Ceiling,
        decide::Withheld,
        disclosure::Account,
        reason::{Reason, Told},
        register::{self, field},
    },
    store::{
        documents::ClientKey,
        policy::Policies,
        session::{Mode, Session, StoreError},
    },
};

/// The operation's account, the values, and what was asked of the schema itself.
type Executed = (Arc<Request>, async_graphql::Response, Option<async_graphql::Value>);

/// How many subscriptions look for their next event at the same time. Each needs one connection for a moment.
const LOOKS: usize = 4;

/// What operations may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationLimits {
    /// Cost of one operation.
    pub cost: u64,
    /// Cost of all operations of one client in any minute, counted in this process alone.
    pub cost_per_minute: u64,
    /// How long an operation may read and make its answer, from when the server had it whole. Then whatever it does is stopped.
    pub time: Duration,
}

/// Executes operations. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    parts: Arc<Parts>,
}

struct Parts {
    services: Arc<Services>,
    schema: Schema<Query, Mutation, SubscriptionRoot>,
    library: String,
    shape: Shape,
    language: Language,
    schemas: Schemas,
    limits: OperationLimits,
    spending: Spending,
    spent: AtomicU64,
    again: AtomicU64,
    feeds: Feeds,
    looks: Semaphore,
}

/// The library's schema, for what needs no running server.
pub fn library_sdl() -> String {
    schema().finish().sdl()
}

/// What is executed has been compared with the schema by [`Language`], more strictly than the library does it.
fn schema() -> async_graphql::SchemaBuilder<Query, Mutation, SubscriptionRoot> {
    Schema::build(Query, Mutation, SubscriptionRoot)
        .disable_introspection()
        .validation_mode(ValidationMode::Fast)
}

impl Engine {
    /// An engine over the server's parts, within limits.
    ///
    /// # Errors
    /// When a field of the schema is not classified: such a server must not start.
    pub fn new(services: Services, limits: OperationLimits) -> Result<Self, Unclassified> {
        let library = library_sdl();
        let shape = Shape::of(&library)?;
        let language = Language::of(&library)?;
        let parts = Parts {
            services: Arc::new(services),
            schema: schema().finish(),
            library,
            shape,
            language,
            schemas: Schemas::default(),
            limits,
            spending: Spending::new(limits.cost_per_minute),
            spent: AtomicU64::new(0),
            again: AtomicU64::new(0),
            feeds: Feeds::default(),
            looks: Semaphore::new(LOOKS),
        };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// The server's parts.
    pub fn services(&self) -> &Arc<Services> {
        &self.parts.services
    }

    /// What all operations that were executed have cost together, by the measure of `extensions.cost`.
    pub fn spent(&self) -> u64 {
        self.parts.spent.load(Ordering::Relaxed)
    }

    /// How often a change was made again because another came first.
    pub fn made_again(&self) -> u64 {
        self.parts.again.load(Ordering::Relaxed)
    }

    /// Executes one operation. Whatever the answer discloses is in the trail before this returns.
    ///
    /// A client that goes away does not cut it short: what is written and what the trail says of it belong together.
    pub async fn execute(&self, request: OperationRequest) -> Answer {
        let engine = self.clone();
        let working = request_id::scope(request.request_id, async move { engine.run(request).await });
        let running = tokio::spawn(working.in_current_span());
        match running.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(refusal)) => Answer::Refused(refusal),
            Err(_) => Answer::Refused(internal()),
        }
    }

    async fn run(&self, asked: OperationRequest) -> Result<Answer, RequestError> {
        let operation = select(&asked)?;
        let mode = match operation.ty {
            OperationType::Query => Mode::Read,
            OperationType::Mutation if asked.allowed == Allowed::Queries => return Ok(Answer::NotByThisMethod),
            OperationType::Mutation => Mode::Write,
            OperationType::Subscription => {
                return Err(RequestError::new(
                    ErrorCode::BadUserInput,
                    "Subscriptions are not carried by this transport.",
                ));
            }
        };
        let (asked, plan) = self.plan(&asked, operation).instrument(info_span!("plan")).await?;
        // Where everything is left out, nothing is written.
        let mode = if plan.reads { mode } else { Mode::Read };
        if plan.used.contains(field::QUERY_MARKER_CHANGES) {
            let (feeds, services) = (&self.parts.feeds, &self.parts.services);
            feeds.catch_up(services, &asked.caller).await.map_err(refusal)?;
        }
        match mode {
            Mode::Write | Mode::Exclusive => self.until_made(&asked, &plan).await,
            Mode::Read | Mode::Feed => self.attempt(&asked, &plan, &Attempt::only(mode)).await,
        }
    }

    /// Executes an operation, and keeps and tells what came of it.
    async fn attempt(&self, asked: &Asked, plan: &Plan, attempt: &Attempt) -> Result<Answer, RequestError> {
        let (request, response, introspected) = self.executed(asked, plan, attempt).await?;
        let finishing = self.finish(asked, plan, request, response, introspected);
        finishing.instrument(info_span!("answer")).await
    }

    /// What comes of it, unless the operation's time is over before. Then it is dropped where it is.
    async fn in_time<F: Future>(&self, asked: &Asked, doing: F) -> Result<F::Output, ApiError> {
        let left = self.parts.limits.time.saturating_sub(asked.began.passed());
        timeout(left, doing).await.map_err(|_| {
            tracing::warn!(request_id = %asked.request_id, "graphql.took_too_long");
            ApiError::TookTooLong
        })
    }

    /// Executes an operation as far as its values. One whose time is over fails like any other that was begun: what it tried is in the trail, and what it counted stays counted.
    async fn executed(&self, asked: &Asked, plan: &Plan, attempt: &Attempt) -> Result<Executed, RequestError> {
        let began = self.in_time(asked, self.begin(&asked.caller, attempt.mode)).await;
        let (session, policies, ceiling) = began.map_err(|late| refused(&late))??;
        if asked.withheld == WithheldMode::Fail && !within(plan, &ceiling) {
            self.refuse(asked, Reason::NotInAgreement).await?;
            return Err(beyond_the_agreement());
        }
        let introspected = if plan.introspects {
            let published = self.parts.schemas.within(&self.parts.library, ceiling.fields())?;
            Some(published.introspect(&asked.resolved)?)
        } else {
            None
        };
        let request = self.request(asked, plan, session, policies, ceiling, Turn::None, attempt);
        let response = if plan.reads {
            let mut document = asked.resolved.to_document();
            if plan.introspects {
                answer::without_introspection(&mut document);
            }
            let executing = self.parts.schema.execute(to_execute(document, &request));
            let executing = request.loaders.drive(executing);
            let executing = executing.instrument(info_span!("execute", cost = plan.cost));
            self.in_time(asked, executing).await.unwrap_or_else(|late| {
                request.fail(late);
                nothing()
            })
        } else {
            nothing()
        };
        if answer::was_never_executed(&response) {
            return Err(answer::invalid(&response));
        }
        Ok((request, response, introspected))
    }

    /// What the resolvers share, with the arguments that are beyond the ceiling noted as withheld.
    #[expect(clippy::too_many_arguments, reason = "each is a part of what the resolvers share")]
    fn request(
        &self,
        asked: &Asked,
        plan: &Plan,
        session: Session,
        policies: Arc<Policies>,
        ceiling: Arc<Ceiling>,
        turn: Turn,
        attempt: &Attempt,
    ) -> Arc<Request> {
        let request = Arc::new_cyclic(|request: &Weak<Request>| Request {
            loaders: Loaders::of(Weak::clone(request) as Weak<_>),
            wants: if self.parts.services.narrows {
                wants(&plan.used)
            } else {
                wants(&plan.used).deciding_anything()
            },
            used: plan.used.clone(),
            ceiling,
            session,
            policies,
            services: Arc::clone(&self.parts.services),
            mode: asked.withheld,
            account: Mutex::new(Account::default()),
            kept: AtomicBool::default(),
            lookups: Desk::default(),
            began: asked.began,
            failure: OnceLock::new(),
            turn,
            missed: AtomicBool::default(),
            admitted: Arc::clone(&attempt.admitted),
            again: attempt.again,
        });
        for input in plan.inputs.iter().filter(|input| !input.is_within(&request.ceiling)) {
            let beyond = Withheld {
                reason: Reason::NotInAgreement,
                told: Told::NotInAgreement,
            };
            let entry = register::get(input.field);
            // A handle's own arguments are withheld with it, or not at all.
            if entry.access == crate::sharing::agreement::Access::Read && !entry.handle {
                request.withhold(input.field, beyond, input.path.clone());
            }
        }
        request
    }

    /// Begins a session and works out the ceiling from what that very session reads.
    async fn begin(&self, caller: &Caller, mode: Mode) -> Result<(Session, Arc<Policies>, Arc<Ceiling>), RequestError> {
        let store = &self.parts.services.store;
        let begun = async {
            let session = Session::begin(store, caller.authority, mode).await?;
            let policies = session.policies(store).await?;
            let ceiling = Ceiling::of(&policies.policy, Arc::new(caller.clone()), session.today());
            Ok((session, policies, Arc::new(ceiling)))
        };
        begun.instrument(info_span!("session")).await.map_err(refusal)
    }

    /// The text of the document that was registered for the caller's client under this SHA-256, if there is one. With a portal, the client is the
    /// portal's.
    pub async fn registered(&self, caller: &Caller, sha256: &str) -> Result<Option<String>, RequestError> {
        let key = ClientKey {
            authority: caller.authority,
            agency: caller.portal.as_ref().unwrap_or(&caller.principal).agency,
            client: &caller.client,
        };
        self.parts.services.store.document(key, sha256).await.map_err(refusal)
    }

    /// The schema as this caller could ever see it.
    pub async fn sdl_for(&self, caller: &Caller) -> Result<String, RequestError> {
        let (_, _, ceiling) = self.begin(caller, Mode::Read).await?;
        Ok(self
            .parts
            .schemas
            .within(&self.parts.library, ceiling.fields())?
            .sdl
            .clone())
    }

    /// The page of who sees what, for those who look after the agreement.
    pub async fn sharing_table(&self, caller: &Caller) -> Result<String, RequestError> {
        let (session, policies, _) = self.begin(caller, Mode::Read).await?;
        if caller.principal.role != matrix::READER {
            return Err(RequestError::new(
                ErrorCode::NotInAgreement,
                "This page is for those who look after the agreement (role agreement_manager).",
            ));
        }
        Ok(matrix::page(&policies.policy, session.today()))
    }

    /// Records that an operation was refused as a whole.
    async fn refuse(&self, asked: &Asked, reason: Reason) -> Result<(), RequestError> {
        let now = self.parts.services.store.clock().now();
        let entry = trail::refusal(asked, reason, now);
        self.parts.services.trail.append(entry).await.map(|_| ()).map_err(|_| {
            RequestError::new(
                ErrorCode::Unavailable,
                "The refusal could not be recorded. Try again later.",
            )
        })
    }
}

/// An answer without values.
fn nothing() -> async_graphql::Response {
    async_graphql::Response::new(async_graphql::Value::Object(async_graphql::indexmap::IndexMap::new()))
}

/// The operation for the library, which has nothing to fill in or leave out.
fn to_execute(document: ExecutableDocument, request: &Arc<Request>) -> async_graphql::Request {
    let mut execute = async_graphql::Request::new(String::new()).data(Arc::clone(request));
    execute.set_parsed_query(document);
    execute
}

fn beyond_the_agreement() -> RequestError {
    RequestError::new(
        ErrorCode::NotInAgreement,
        "The operation names fields that the agreement does not give you for this purpose.",
    )
}

/// Whether the ceiling covers all that an operation names.
fn within(plan: &Plan, ceiling: &Ceiling) -> bool {
    let mut fields = register::fields().filter(|field| plan.used.contains(field.id));
    fields.all(|field| ceiling.covers(field.id)) && plan.inputs.iter().all(|input| input.is_within(ceiling))
}

fn refusal(error: StoreError) -> RequestError {
    refused(&ApiError::from(error))
}

fn refused(error: &ApiError) -> RequestError {
    RequestError::new(error.code(), error.message()).retry(error.retry())
}

fn internal() -> RequestError {
    RequestError::new(ErrorCode::Internal, ApiError::Internal.message())
}
