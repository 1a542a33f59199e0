//! Back-pressure between operations and the connection that carries them. An operation produces its next
//! output only when the previous one was written, and all operations of a connection together hold only a few
//! unwritten ones: so a slow reader can hold only bounded memory.

use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use uuid::Uuid;

use crate::error::RequestError;

/// Most answers and events of one connection being produced or waiting to be written.
const MAX_UNWRITTEN: usize = 4;

/// An output of an operation.
#[derive(Debug)]
pub(super) enum Output {
    /// A response: a JSON object with `data`.
    Next(Vec<u8>),
    /// It was refused, or ends with this error; nothing follows.
    Refused(RequestError),
    /// Nothing follows.
    Complete,
    /// It ends together with the connection; nothing follows.
    EarlyEnd(EarlyEnd),
}

/// Why a subscription is ended by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EarlyEnd {
    /// The token has expired.
    Expired,
    /// The server is shutting down.
    ShutdownSignal,
}

/// An output to be written, and whom to notify when it is.
#[derive(Debug)]
pub(super) struct QueuedOutput {
    /// The client's id of the operation.
    pub(super) id: Arc<str>,
    /// The request id, which tells apart operations that reused the same client id.
    pub(super) request_id: Uuid,
    pub(super) output: Output,
    pub(super) written: oneshot::Sender<()>,
}

/// The queue of one connection's outputs.
#[derive(Debug)]
pub(super) struct OutputQueue {
    sender: mpsc::Sender<QueuedOutput>,
    slots: Arc<Semaphore>,
}

impl OutputQueue {
    /// A queue and its receiver.
    pub(super) fn new() -> (Self, mpsc::Receiver<QueuedOutput>) {
        let (sender, receiver) = mpsc::channel(1);
        let slots = Arc::new(Semaphore::new(MAX_UNWRITTEN));
        (Self { sender, slots }, receiver)
    }

    /// A sender for one operation.
    pub(super) fn sender(&self, id: Arc<str>, request_id: Uuid) -> OutputSender {
        OutputSender {
            id,
            request_id,
            sender: self.sender.clone(),
            slots: Arc::clone(&self.slots),
            cancel_signal: Arc::default(),
        }
    }
}

/// One operation's end of the queue.
#[derive(Clone, Debug)]
pub(super) struct OutputSender {
    id: Arc<str>,
    request_id: Uuid,
    sender: mpsc::Sender<QueuedOutput>,
    slots: Arc<Semaphore>,
    cancel_signal: Arc<Notify>,
}

impl OutputSender {
    /// Reserves a slot for an output about to be produced, to be held until it is written.
    pub(super) async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        self.slots.clone().acquire_owned().await.ok()
    }

    /// Sends an output and waits until it is written; `false` when it is no longer wanted.
    pub(super) async fn send(&self, output: Output) -> bool {
        let (written, confirmation) = oneshot::channel();
        let queued = QueuedOutput {
            id: Arc::clone(&self.id),
            request_id: self.request_id,
            output,
            written,
        };
        self.sender.send(queued).await.is_ok() && confirmation.await.is_ok()
    }

    /// Completes when the client has cancelled the operation or the connection is gone.
    pub(super) async fn cancelled(&self) {
        tokio::select! {
            () = self.sender.closed() => {}
            () = self.cancel_signal.notified() => {}
        }
    }

    /// The signal by which the connection cancels this operation.
    pub(super) fn cancel_signal(&self) -> Arc<Notify> {
        Arc::clone(&self.cancel_signal)
    }
}
