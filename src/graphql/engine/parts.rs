//! What an engine is made of, and what every kind of operation begins with.

use std::{
    sync::{
        Arc, Mutex, OnceLock, Weak,
        atomic::{AtomicBool, AtomicU64},
    },
    time::Duration,
};

use async_graphql_parser::types::ExecutableDocument;
use tokio::sync::Semaphore;
use tracing::{Instrument as _, info_span};

use super::attempt::Attempt;
use crate::{
    error::{ErrorCode, RequestError},
    graphql::{
        api_error::ApiError,
        context::Request,
        feed::Feeds,
        introspection::Schemas,
        language::Language,
        library::{Library, library_sdl, schema},
        loaders::Loaders,
        lookups::Desk,
        operation::Asked,
        plan::Plan,
        services::Services,
        shape::{Shape, Unclassified},
        spending::Spending,
        subscriptions::source::Turn,
        trail,
        wants::wants,
    },
    sharing::{
        agreement::Access,
        caller::Caller,
        ceiling::Ceiling,
        decide::Withheld,
        disclosure::Account,
        reason::{Reason, Told},
        register,
    },
    store::{
        policy::Policies,
        session::{Mode, Session, StoreError},
    },
};

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
    pub(super) parts: Arc<Parts>,
}

/// What an engine is made of.
pub(super) struct Parts {
    pub(super) services: Arc<Services>,
    pub(super) schema: Library,
    pub(super) library: String,
    pub(super) shape: Shape,
    pub(super) language: Language,
    pub(super) schemas: Schemas,
    pub(super) limits: OperationLimits,
    pub(super) spending: Spending,
    pub(super) spent: AtomicU64,
    pub(super) again: AtomicU64,
    pub(super) feeds: Feeds,
    pub(super) looks: Semaphore,
}

/// One operation as it is executed: what all its resolvers share, and what those of one area alone know of.
pub(super) struct Execution {
    /// What all share.
    pub(super) request: Arc<Request>,
    /// Who is looked up.
    pub(super) desk: Arc<Desk>,
    /// Which event of a subscription it is executed for.
    pub(super) turn: Arc<Turn>,
}

impl Execution {
    /// The operation for the library, which has nothing to fill in or leave out.
    pub(super) fn of(&self, document: ExecutableDocument) -> async_graphql::Request {
        let mut execute = async_graphql::Request::new(String::new())
            .data(Arc::clone(&self.request))
            .data(Arc::clone(&self.desk))
            .data(Arc::clone(&self.turn));
        execute.set_parsed_query(document);
        execute
    }
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

    /// What the resolvers share, with the arguments that are beyond the ceiling noted as withheld.
    #[expect(clippy::too_many_arguments, reason = "each is a part of what the resolvers share")]
    pub(super) fn request(
        &self,
        asked: &Asked,
        plan: &Plan,
        session: Session,
        policies: Arc<Policies>,
        ceiling: Arc<Ceiling>,
        turn: Turn,
        attempt: &Attempt,
    ) -> Execution {
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
            began: asked.began,
            failure: OnceLock::new(),
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
            if entry.access == Access::Read && !entry.handle {
                request.withhold(input.field, beyond, input.path.clone());
            }
        }
        Execution {
            request,
            desk: Arc::default(),
            turn: Arc::new(turn),
        }
    }

    /// Begins a session and works out the ceiling from what that very session reads.
    pub(super) async fn begin(
        &self,
        caller: &Caller,
        mode: Mode,
    ) -> Result<(Session, Arc<Policies>, Arc<Ceiling>), RequestError> {
        let store = &self.parts.services.store;
        let begun = async {
            let session = Session::begin(store, caller.authority, mode).await?;
            let policies = session.policies(store).await?;
            let ceiling = Ceiling::of(&policies.policy, Arc::new(caller.clone()), session.today());
            Ok((session, policies, Arc::new(ceiling)))
        };
        begun.instrument(info_span!("session")).await.map_err(refusal)
    }

    /// Records that an operation was refused as a whole.
    pub(super) async fn refuse(&self, asked: &Asked, reason: Reason) -> Result<(), RequestError> {
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

/// The refusal of what the agreement does not give.
pub(super) fn beyond_the_agreement() -> RequestError {
    RequestError::new(
        ErrorCode::NotInAgreement,
        "The operation names fields that the agreement does not give you for this purpose.",
    )
}

/// Whether the ceiling covers all that an operation names.
pub(super) fn within(plan: &Plan, ceiling: &Ceiling) -> bool {
    let mut fields = register::fields().filter(|field| plan.used.contains(field.id));
    fields.all(|field| ceiling.covers(field.id)) && plan.inputs.iter().all(|input| input.is_within(ceiling))
}

/// The refusal that a failure of the store comes to.
pub(super) fn refusal(error: StoreError) -> RequestError {
    refused(&ApiError::from(error))
}

/// The refusal that a failure comes to.
pub(super) fn refused(error: &ApiError) -> RequestError {
    RequestError::new(error.code(), error.message()).retry(error.retry())
}

/// The refusal where something of ours went wrong.
pub(super) fn internal() -> RequestError {
    RequestError::new(ErrorCode::Internal, ApiError::Internal.message())
}
