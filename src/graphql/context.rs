//! What every resolver of one operation shares. The only file that takes anything out of the library's context.

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{Context, ContextSelectionSet, PathSegment, QueryPathSegment, ServerError};
use uuid::Uuid;

use super::{
    api_error::ApiError,
    ids::{Codec, Key, Kind},
    loaders::{Loaders, Origin},
    operation::WithheldMode,
    services::Services,
    write_budget::Admitted,
};
use crate::{
    clock::Stopwatch,
    sharing::{
        caller::Caller,
        ceiling::Ceiling,
        decide::Withheld,
        disclosure::{Account, Step},
        grant::{Disclosed, Grant, NoFamily},
        register::{FieldId, FieldSet},
    },
    store::{dossier::Wants, policy::Policies, session::Session},
};

/// One operation.
#[derive(Debug)]
pub struct Request {
    /// All that the caller could ever see.
    pub ceiling: Arc<Ceiling>,
    /// The database as of the operation's moment.
    pub session: Session,
    /// Reads what is wanted by key and belongs to no family.
    pub loaders: Loaders,
    /// The agreements as of that moment.
    pub policies: Arc<Policies>,
    /// The fields that the operation names.
    pub used: FieldSet,
    /// The tables that they need.
    pub wants: Wants,
    /// The server's own parts.
    pub services: Arc<Services>,
    /// How withheld values are told.
    pub mode: WithheldMode,
    /// What is disclosed and withheld.
    pub account: Mutex<Account>,
    /// Whether the outcome of a change is kept under its caller's key, even where nothing was changed.
    pub kept: AtomicBool,
    /// Since when it runs.
    pub began: Stopwatch,
    /// The failure that ends the operation as a whole.
    pub failure: OnceLock<ApiError>,
    /// Whether something was named that is not given.
    pub missed: AtomicBool,
    /// The changes of this operation that were counted.
    pub admitted: Arc<Admitted>,
    /// Whether it is made again where another change comes first. Then that it was tried tells nobody anything.
    pub again: bool,
}

impl Origin for Request {
    fn session(&self) -> &Session {
        &self.session
    }

    fn caller(&self) -> &Caller {
        self.ceiling.caller()
    }
}

impl Request {
    /// The operation's own parts, from the library's context.
    pub fn of<'a>(ctx: &Context<'a>) -> &'a Self {
        ctx.data_unchecked::<Arc<Self>>()
    }

    fn of_selection<'a>(ctx: &ContextSelectionSet<'a>) -> &'a Self {
        ctx.data_unchecked::<Arc<Self>>()
    }

    /// The authority asked about.
    pub fn authority(&self) -> i32 {
        self.ceiling.caller().authority
    }

    /// What the caller may see of rows that no family holds.
    pub fn of_no_family(&self) -> Arc<Grant<NoFamily>> {
        Arc::new(Grant::new(Arc::clone(&self.ceiling), NoFamily))
    }

    /// Makes and reads ids.
    pub fn codec(&self) -> &Codec {
        &self.services.codec
    }

    /// The public id of a row.
    pub fn id(&self, kind: Kind, family: Uuid, row: Uuid) -> async_graphql::ID {
        self.codec().id(self.authority(), Key { kind, family, row }).into()
    }

    /// What a public id names, or the error that says it is none of ours.
    pub fn key(&self, id: &str) -> Result<Key, ApiError> {
        self.codec().key(self.authority(), id).ok_or(ApiError::BadUserInput(
            "An id is not one that this server gave out for this authority. Use ids exactly as they came.",
        ))
    }

    /// Notes what is disclosed.
    pub fn disclose(&self, disclosed: &Disclosed) {
        self.account
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .disclose(disclosed);
    }

    /// Notes that a field is withheld, where no value would have stood.
    pub fn withhold(&self, field: FieldId, withheld: Withheld, path: Vec<Step>) {
        self.account
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .withhold(field, withheld, path);
    }

    /// Notes that something has to be kept although it is no change of the trail's concern.
    pub fn keep(&self) {
        self.kept.store(true, Ordering::Relaxed);
    }

    /// Ends the operation as a whole.
    pub fn fail(&self, error: ApiError) {
        // The first failure is the cause; later ones follow from it.
        let _ = self.failure.set(error);
    }
}

/// Another part of the operation, which the resolvers of one area alone know of.
pub fn beside<'a, T: Send + Sync + 'static>(ctx: &Context<'a>) -> &'a T {
    ctx.data_unchecked::<Arc<T>>()
}

/// The operation's parts where a value is resolved.
pub fn request<'a>(ctx: &ContextSelectionSet<'a>) -> &'a Request {
    Request::of_selection(ctx)
}

/// Where in the answer a value stands.
pub fn path(ctx: &ContextSelectionSet<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = ctx.path_node.as_ref();
    while let Some(node) = at {
        steps.push(match &node.segment {
            QueryPathSegment::Name(name) => Step::Key((*name).to_owned()),
            QueryPathSegment::Index(index) => Step::Index(*index),
        });
        at = node.parent;
    }
    steps.reverse();
    steps
}

/// An error of one value: it becomes null, its neighbours stay. Where the value is withheld, `withheld` is its schema coordinate.
pub fn add_error(
    ctx: &ContextSelectionSet<'_>,
    pos: async_graphql::Pos,
    code: &'static str,
    message: &str,
    withheld: Option<&'static str>,
) {
    let mut error = ServerError::new(message, Some(pos));
    error.path = path(ctx)
        .into_iter()
        .map(|step| match step {
            Step::Key(key) => PathSegment::Field(key),
            Step::Index(index) => PathSegment::Index(index),
        })
        .collect();
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code);
    if let Some(field) = withheld {
        extensions.set("field", field);
    }
    ctx.add_error(error);
}
