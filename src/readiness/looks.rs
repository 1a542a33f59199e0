//! The looks, made together, and what they found last.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::{BoxFuture, join_all};
use tokio::{sync::Mutex as Turn, time::timeout};

use super::Condition;

/// A look that takes longer has found nothing good.
const PATIENCE: Duration = Duration::from_secs(4);
/// Who asks within this time after a look is told what that found: strangers may ask, and each look is work.
const FRESH: Duration = Duration::from_millis(200);

/// Finds some of the conditions, by real work where that is possible.
pub struct Look {
    otherwise: Condition,
    of: Box<dyn Fn() -> BoxFuture<'static, Vec<Condition>> + Send + Sync>,
}

impl Look {
    /// A look, and what it has found when it does not end in time.
    pub fn new(
        otherwise: Condition,
        of: impl Fn() -> BoxFuture<'static, Vec<Condition>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            otherwise,
            of: Box::new(of),
        }
    }
}

/// Whether the server can do its work. Clones share what was found.
#[derive(Clone)]
pub struct Readiness {
    looks: Arc<Vec<Look>>,
    patience: Duration,
    fresh: Duration,
    found: Arc<Mutex<BTreeSet<Condition>>>,
    turn: Arc<Turn<Option<Instant>>>,
    has_looked: Arc<AtomicBool>,
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readiness")
            .field("found", &self.found())
            .finish_non_exhaustive()
    }
}

impl Readiness {
    /// Over these looks.
    pub fn new(looks: Vec<Look>) -> Self {
        Self {
            looks: Arc::new(looks),
            patience: PATIENCE,
            fresh: FRESH,
            found: Arc::default(),
            turn: Arc::default(),
            has_looked: Arc::default(),
        }
    }

    /// The same, with another time that a look may take.
    #[cfg(test)]
    pub(super) fn waiting(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same, with another time for which what was found is told again.
    #[cfg(test)]
    pub(super) fn looking_anew_after(self, fresh: Duration) -> Self {
        Self { fresh, ..self }
    }

    /// Looks, unless somebody just has, and says whether nothing stands in the way. What comes and goes is told to the log.
    pub async fn look(&self) -> bool {
        let mut looked = match self.turn.try_lock() {
            Ok(looked) => looked,
            // Somebody looks just now: whoever asks meanwhile is told what was found before, once there is such a thing.
            Err(_) if self.has_looked.load(Ordering::Acquire) => return self.is_well(),
            Err(_) => self.turn.lock().await,
        };
        if looked.is_none_or(|at| at.elapsed() >= self.fresh) {
            let made = self.looks.iter().map(|look| async move {
                let made = timeout(self.patience, (look.of)()).await;
                made.unwrap_or_else(|_| vec![look.otherwise])
            });
            let now: BTreeSet<Condition> = join_all(made).await.into_iter().flatten().collect();
            self.keep(now);
            *looked = Some(Instant::now());
            self.has_looked.store(true, Ordering::Release);
        }
        self.is_well()
    }

    fn is_well(&self) -> bool {
        !self.found().into_iter().any(Condition::stands_in_the_way)
    }

    fn keep(&self, now: BTreeSet<Condition>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for came in now.difference(&found) {
            if came.stands_in_the_way() {
                tracing::error!(condition = came.word(), "not ready: {}", came.sentence());
            } else {
                tracing::warn!(condition = came.word(), "{}", came.sentence());
            }
        }
        for went in found.difference(&now) {
            tracing::info!(condition = went.word(), "it has passed");
        }
        *found = now;
    }

    /// What the last look found.
    pub fn found(&self) -> BTreeSet<Condition> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks every so often, for the log and the metrics, until it is dropped.
    pub async fn watch(&self, every: Duration) {
        loop {
            self.look().await;
            tokio::time::sleep(every).await;
        }
    }
}
