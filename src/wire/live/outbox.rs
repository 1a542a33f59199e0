//! From an operation to the connection that carries it. An operation makes the next thing only when the one before was
//! written, and all operations of a connection together hold only a few things that are not: so what a slow reader can
//! make the server keep is bounded, however much there would be to tell.

use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use uuid::Uuid;

use crate::error::RequestError;

/// Answers and events of one connection that are being made or wait to be written.
const UNWRITTEN: usize = 4;

/// What an operation gives.
#[derive(Debug)]
pub(super) enum Given {
    /// A response: a JSON object with `data`.
    Next(Vec<u8>),
    /// It is refused, or ends for that reason; nothing follows.
    Refused(RequestError),
    /// Nothing follows.
    Complete,
    /// It is ended with the connection; nothing follows.
    Cut(Cut),
}

/// Why a subscription ends that might have gone on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The token has ended.
    Expired,
    /// The server stops.
    Stopping,
}

/// Something to be written, and whom to tell when it is.
#[derive(Debug)]
pub(super) struct Outgoing {
    /// The operation's id as the client gave it.
    pub(super) id: Arc<str>,
    /// Tells operations apart that had the same id one after another.
    pub(super) request: Uuid,
    pub(super) given: Given,
    pub(super) written: oneshot::Sender<()>,
}

/// The connection's end of all outboxes.
#[derive(Debug)]
pub(super) struct Post {
    sender: mpsc::Sender<Outgoing>,
    places: Arc<Semaphore>,
}

impl Post {
    /// A connection's post, and what arrives.
    pub(super) fn new() -> (Self, mpsc::Receiver<Outgoing>) {
        let (sender, receiver) = mpsc::channel(1);
        let places = Arc::new(Semaphore::new(UNWRITTEN));
        (Self { sender, places }, receiver)
    }

    /// An outbox for one operation.
    pub(super) fn outbox(&self, id: Arc<str>, request: Uuid) -> Outbox {
        Outbox {
            id,
            request,
            sender: self.sender.clone(),
            places: Arc::clone(&self.places),
            given_up: Arc::default(),
        }
    }
}

/// Where one operation puts what it gives.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    id: Arc<str>,
    request: Uuid,
    sender: mpsc::Sender<Outgoing>,
    places: Arc<Semaphore>,
    given_up: Arc<Notify>,
}

impl Outbox {
    /// A place for something that is going to be made. It is held until that is written.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().acquire_owned().await.ok()
    }

    /// Gives something and waits until it is written; `false` when nobody wants it any more.
    pub(super) async fn give(&self, given: Given) -> bool {
        let (written, when) = oneshot::channel();
        let outgoing = Outgoing {
            id: Arc::clone(&self.id),
            request: self.request,
            given,
            written,
        };
        self.sender.send(outgoing).await.is_ok() && when.await.is_ok()
    }

    /// Ends when nobody wants any more: the client said so, or the connection is gone.
    pub(super) async fn gone(&self) {
        tokio::select! {
            () = self.sender.closed() => {}
            () = self.given_up.notified() => {}
        }
    }

    /// What the connection says when the client wants no more of this operation.
    pub(super) fn given_up(&self) -> Arc<Notify> {
        Arc::clone(&self.given_up)
    }
}
