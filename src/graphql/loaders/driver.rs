//! When what resolvers wait for is read: as soon as their operation gets on with nothing else.
//!
//! The library's loader waits a millisecond for more keys, on a task apart. Here it is polled by the operation itself, once every resolver that can run
//! has: so nothing waits, all keys of a level go together whatever the machine does, and what is read ends with the operation.

use std::{
    future::{poll_fn, ready},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use async_graphql::runtime::Timer;
use futures_util::{
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt as _},
    task::{FutureObj, Spawn, SpawnError},
};

type Load = FutureObj<'static, ()>;

/// Loads that were asked for and are not under way yet.
#[derive(Clone, Default)]
pub(super) struct Driver(Arc<Mutex<Vec<Load>>>);

impl Driver {
    /// Runs an operation with its loads.
    pub(super) async fn drive<F: Future>(&self, operation: F) -> F::Output {
        let mut operation = pin!(operation);
        let mut loads = FuturesUnordered::new();
        let work = poll_fn(|context| {
            loop {
                if let Poll::Ready(output) = operation.as_mut().poll(context) {
                    return Poll::Ready(output);
                }
                loads.extend(std::mem::take(&mut *self.asked()));
                // What came has to be taken up before anything else is read.
                if !matches!(loads.poll_next_unpin(context), Poll::Ready(Some(()))) {
                    return Poll::Pending;
                }
            }
        });
        work.await
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Vec<Load>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spawn for Driver {
    fn spawn_obj(&self, load: Load) -> Result<(), SpawnError> {
        self.asked().push(load);
        Ok(())
    }
}

impl Timer for Driver {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(ready(()))
    }
}

#[cfg(test)]
mod tests;
