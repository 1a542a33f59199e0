//! Runs the readiness checks concurrently, and caches their last result.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::{BoxFuture, join_all};
use tokio::{sync::Mutex as AsyncMutex, time::timeout};

use super::Condition;

/// A check that takes longer counts as failed.
const CHECK_TIMEOUT: Duration = Duration::from_secs(4);
/// For this long the last result is returned again: unauthenticated clients may ask, and each check costs
/// work.
const CACHE_TIME: Duration = Duration::from_millis(200);

/// A readiness check: finds some of the conditions, by real work where possible.
pub struct Check {
    on_timeout: Condition,
    run: Box<dyn Fn() -> BoxFuture<'static, Vec<Condition>> + Send + Sync>,
}

impl Check {
    /// A check, and the condition it reports when it times out.
    pub fn new(
        on_timeout: Condition,
        run: impl Fn() -> BoxFuture<'static, Vec<Condition>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            on_timeout,
            run: Box::new(run),
        }
    }
}

/// The readiness of the server. Clones share the result.
#[derive(Clone)]
pub struct Readiness {
    checks: Arc<Vec<Check>>,
    timeout_after: Duration,
    cache_time: Duration,
    found: Arc<Mutex<BTreeSet<Condition>>>,
    last_check: Arc<AsyncMutex<Option<Instant>>>,
    has_result: Arc<AtomicBool>,
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readiness")
            .field("found", &self.found())
            .finish_non_exhaustive()
    }
}

impl Readiness {
    /// Readiness by these checks.
    pub fn new(checks: Vec<Check>) -> Self {
        Self {
            checks: Arc::new(checks),
            timeout_after: CHECK_TIMEOUT,
            cache_time: CACHE_TIME,
            found: Arc::default(),
            last_check: Arc::default(),
            has_result: Arc::default(),
        }
    }

    /// Sets the timeout of a check.
    #[cfg(test)]
    pub(super) fn with_timeout(self, timeout_after: Duration) -> Self {
        Self { timeout_after, ..self }
    }

    /// Sets for how long a result is cached.
    #[cfg(test)]
    pub(super) fn with_cache_time(self, cache_time: Duration) -> Self {
        Self { cache_time, ..self }
    }

    /// Runs the checks unless the last result is recent enough, and returns whether the server is ready. Logs
    /// conditions that appear and clear.
    pub async fn check(&self) -> bool {
        let mut last = match self.last_check.try_lock() {
            Ok(last) => last,
            // Checks are running: return the previous result, if there is one.
            Err(_) if self.has_result.load(Ordering::Acquire) => return self.is_ready(),
            Err(_) => self.last_check.lock().await,
        };
        if last.is_none_or(|at| at.elapsed() >= self.cache_time) {
            let results = self.checks.iter().map(|check| async move {
                let results = timeout(self.timeout_after, (check.run)()).await;
                results.unwrap_or_else(|_| vec![check.on_timeout])
            });
            let now: BTreeSet<Condition> = join_all(results).await.into_iter().flatten().collect();
            self.record(now);
            *last = Some(Instant::now());
            self.has_result.store(true, Ordering::Release);
        }
        self.is_ready()
    }

    fn is_ready(&self) -> bool {
        !self.found().into_iter().any(Condition::blocks_readiness)
    }

    fn record(&self, now: BTreeSet<Condition>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for appeared in now.difference(&found) {
            if appeared.blocks_readiness() {
                tracing::error!(condition = appeared.label(), "not ready: {}", appeared.description());
            } else {
                tracing::warn!(condition = appeared.label(), "{}", appeared.description());
            }
        }
        for cleared in found.difference(&now) {
            tracing::info!(condition = cleared.label(), "it has passed");
        }
        *found = now;
    }

    /// The conditions found by the last check.
    pub fn found(&self) -> BTreeSet<Condition> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs the checks at this interval, for the log and the metrics, until dropped.
    pub async fn watch(&self, interval: Duration) {
        loop {
            self.check().await;
            tokio::time::sleep(interval).await;
        }
    }
}
