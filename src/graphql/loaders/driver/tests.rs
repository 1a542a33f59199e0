//! Tests of `driver`.

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
