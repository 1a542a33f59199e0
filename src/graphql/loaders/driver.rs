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
mod tests {
    use std::{collections::HashMap, convert::Infallible};

    use async_graphql::dataloader::{DataLoader, Loader};
    use futures_util::future::join_all;

    use super::*;

    #[derive(Default)]
    struct Squares(Arc<Mutex<Vec<usize>>>);

    impl Loader<u64> for Squares {
        type Value = u64;
        type Error = Infallible;

        async fn load(&self, keys: &[u64]) -> Result<HashMap<u64, u64>, Infallible> {
            self.0.lock().unwrap().push(keys.len());
            // As a database would, it answers later.
            tokio::task::yield_now().await;
            Ok(keys.iter().map(|key| (*key, key * key)).collect())
        }
    }

    #[tokio::test]
    async fn whatever_waits_is_read_at_once_level_by_level() {
        let (driver, sizes) = (Driver::default(), Arc::default());
        let loader = DataLoader::new(Squares(Arc::clone(&sizes)), driver.clone(), driver.clone());
        let twice = async |key: u64| {
            let squared = loader.load_one(key).await.unwrap().unwrap();
            loader.load_one(squared).await.unwrap().unwrap()
        };
        let all = driver.drive(join_all((0..100).map(twice))).await;
        assert!((0..100_u64).map(|key| key.pow(4)).eq(all));
        assert_eq!(*sizes.lock().unwrap(), [100, 100]);
    }

    #[tokio::test]
    async fn what_waits_for_something_else_holds_nothing_up() {
        let (driver, sizes) = (Driver::default(), Arc::default());
        let loader = DataLoader::new(Squares(Arc::clone(&sizes)), driver.clone(), driver.clone());
        let (first, second) = tokio::sync::oneshot::channel();
        let early = async {
            let found = loader.load_one(3).await;
            first.send(()).unwrap();
            found
        };
        let late = async {
            second.await.unwrap();
            loader.load_one(4).await
        };
        let found = driver.drive(futures_util::future::join(early, late)).await;
        assert_eq!(found, (Ok(Some(9)), Ok(Some(16))));
        assert_eq!(*sizes.lock().unwrap(), [1, 1]);
    }
}
