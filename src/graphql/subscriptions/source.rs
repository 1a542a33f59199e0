//! Where the events of a subscription come from, and how one of them gets to the field that gives it.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::future::BoxFuture;

use crate::{
    graphql::{api_error::ApiError, feed::Feeds, services::Services},
    sharing::{caller::Caller, ceiling::Ceiling, register::FieldId},
    store::{
        contacts::ContactPlace,
        feed::MarkerChangeRow,
        session::{Session, StoreError},
    },
};

/// Something to be told: keys alone. What is told of it is read and decided when it is given.
#[derive(Clone, Debug)]
pub enum Occurrence {
    /// Of a marker.
    Marker(MarkerEvent),
    /// A contact was reported.
    Contact(ContactPlace),
}

/// An event of a feed.
#[derive(Clone, Debug)]
pub struct MarkerEvent {
    /// The event.
    pub row: MarkerChangeRow,
    /// The newest event when its reader began (see [`crate::graphql::feed::Place`]).
    pub began: i64,
}

impl Occurrence {
    /// Its place, greater than that of any other before it.
    pub fn place(&self) -> i64 {
        match self {
            Self::Marker(event) => event.row.position,
            Self::Contact(contact) => contact.seq,
        }
    }
}

/// Where events come from.
pub trait Source: fmt::Debug + Send + Sync {
    /// What the caller must be able to see for anything to come: without it, what is still owed is told, and the subscription ends.
    fn right(&self) -> FieldId;

    /// Does what must be done before a look, outside of its session.
    fn prepare<'a>(
        &'a self,
        feeds: &'a Feeds,
        services: &'a Services,
        caller: &'a Caller,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// What comes after a place, in order, and at most so many. A place must never be given out while one before it can still come.
    fn after<'a>(
        &'a self,
        session: &'a Session,
        ceiling: &'a Ceiling,
        place: i64,
        most: u64,
    ) -> BoxFuture<'a, Result<Vec<Occurrence>, StoreError>>;
}

/// How a subscription begins.
#[derive(Debug)]
pub struct Begun {
    /// Where its events come from.
    pub source: Arc<dyn Source>,
    /// After which place; nought from the beginning.
    pub after: i64,
    /// Whether the caller was told something that may have to be taken back, although they may see nothing any more.
    pub owed: bool,
}

/// What an operation is executed for, as far as it is a subscription.
#[derive(Debug, Default)]
pub enum Turn {
    /// It is none.
    #[default]
    None,
    /// It begins: each field says where its events come from.
    Begin(Mutex<Vec<Result<Begun, ApiError>>>),
    /// One event is given.
    Give(Given),
}

/// The event that is given.
#[derive(Debug)]
pub struct Given {
    /// What happened.
    pub occurrence: Occurrence,
    /// The place of the event before it.
    pub after: i64,
    /// Whether there is nothing to be told after all.
    pub passed_over: AtomicBool,
}

impl Turn {
    /// A turn that asks where events come from.
    pub fn to_begin() -> Self {
        Self::Begin(Mutex::default())
    }

    /// A turn that gives an event.
    pub fn to_give(occurrence: Occurrence, after: i64) -> Self {
        Self::Give(Given {
            occurrence,
            after,
            passed_over: AtomicBool::default(),
        })
    }

    /// What happened, where an event is given.
    pub fn occurrence(&self) -> Option<&Occurrence> {
        match self {
            Self::Give(given) => Some(&given.occurrence),
            Self::None | Self::Begin(_) => None,
        }
    }

    /// The place of the event before.
    pub fn after(&self) -> i64 {
        match self {
            Self::Give(given) => given.after,
            Self::None | Self::Begin(_) => 0,
        }
    }

    /// Says where a field's events come from.
    pub fn begin(&self, begun: Result<Begun, ApiError>) {
        if let Self::Begin(all) = self {
            all.lock().unwrap_or_else(PoisonError::into_inner).push(begun);
        }
    }

    /// Says that there is nothing to be told after all: the event is passed over.
    pub fn pass_over(&self) {
        if let Self::Give(given) = self {
            given.passed_over.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was.
    pub fn was_passed_over(&self) -> bool {
        matches!(self, Self::Give(given) if given.passed_over.load(Ordering::Relaxed))
    }

    /// Takes what the fields said.
    pub fn take_begun(&self) -> Vec<Result<Begun, ApiError>> {
        match self {
            Self::Begin(all) => std::mem::take(&mut all.lock().unwrap_or_else(PoisonError::into_inner)),
            Self::None | Self::Give(_) => Vec::new(),
        }
    }
}
