//! A client that means no harm, asks all the time, and must be answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{task::JoinHandle, time::timeout};

use crate::support::client::Client;

const QUESTION: &str = "{ family(reference: \"TF-10001\") { reference onCohort leadProfessional { name } } }";
/// Longer than anything takes that is to come.
const PATIENCE: Duration = Duration::from_mins(2);

/// One who asks.
pub(super) struct Honest {
    answered: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
    asking: JoinHandle<Vec<Duration>>,
}

impl Honest {
    /// Asks again and again from now on. An answer that is not right is a failure.
    pub(super) fn begin(client: &Client) -> Self {
        let (answered, enough) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let asking = tokio::spawn({
            let (answered, enough, client) = (Arc::clone(&answered), Arc::clone(&enough), client.clone());
            async move {
                let mut times = Vec::new();
                while !enough.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    let answer = client.post(QUESTION, json!({})).await.expect("an answer");
                    times.push(began.elapsed());
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    assert_eq!(answer.json()["data"]["family"]["reference"], "TF-10001");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                times
            }
        });
        Self {
            answered,
            enough,
            asking,
        }
    }

    /// Waits for so many answers more.
    pub(super) async fn goes_on(&self, more: usize) {
        let wanted = self.answered.load(Ordering::Relaxed) + more;
        let waiting = async {
            while self.answered.load(Ordering::Relaxed) < wanted && !self.asking.is_finished() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("the honest client is served");
    }

    /// How long each answer took, the shortest first.
    pub(super) async fn end(self) -> Vec<Duration> {
        self.enough.store(true, Ordering::Relaxed);
        let mut times = self.asking.await.expect("every answer was right");
        times.sort_unstable();
        times
    }
}
