//! The delivery worker: claims deliveries that are due, with limited concurrency, and is woken whenever
//! something may have become due.
//!
//! The table is the source of truth. A process claims a delivery for a limited time only, so that none is
//! lost if the process dies; it is then sent again. Delivery is at least once, in no particular order.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use tokio::{sync::watch, task::JoinSet};
use uuid::Uuid;

use super::{
    attempt::attempt,
    context::{Context, Counters, PublicId, Stats},
    resolver::{self, Lookup},
    seal::Sealer,
    sender::Sender,
    settings::Settings,
};
use crate::{
    audit::Trail,
    store::{Store, outbox::Due, session::StoreError},
};

/// The most concurrent attempts.
const MAX_CONCURRENT: usize = 64;
/// The most concurrent attempts to one endpoint.
const MAX_PER_ENDPOINT: usize = 4;
/// How much longer a claim lasts than its attempt may take.
const CLAIM_MARGIN: Duration = Duration::from_secs(15);
/// How long a process that shuts down waits for attempts in progress.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Delivers webhooks. Cheap to clone.
#[derive(Clone)]
pub struct Deliverer {
    context: Arc<Context>,
}

impl std::fmt::Debug for Deliverer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deliverer").finish_non_exhaustive()
    }
}

/// The attempts in progress, by endpoint.
#[derive(Default)]
struct InProgress {
    attempts: JoinSet<Uuid>,
    by_endpoint: HashMap<Uuid, usize>,
}

impl InProgress {
    fn begin(&mut self, endpoint: Uuid, attempt: impl Future<Output = ()> + Send + 'static) {
        *self.by_endpoint.entry(endpoint).or_default() += 1;
        self.attempts.spawn(async move {
            // An attempt that panics has failed; its delivery is due again when the claim expires.
            let _ = tokio::spawn(attempt).await;
            endpoint
        });
    }

    /// Waits until an attempt has ended; for ever if none is in progress.
    async fn ended(&mut self) {
        match self.attempts.join_next().await {
            Some(Ok(endpoint)) => {
                if let Some(count) = self.by_endpoint.get_mut(&endpoint) {
                    *count -= 1;
                    if *count == 0 {
                        self.by_endpoint.remove(&endpoint);
                    }
                }
            }
            Some(Err(_)) => {}
            None => std::future::pending().await,
        }
    }
}

impl Deliverer {
    /// A delivery worker.
    ///
    /// # Errors
    /// If the HTTP client cannot be built with these settings.
    pub fn new(
        store: Store,
        trail: Trail,
        sealer: Arc<Sealer>,
        public_id: PublicId,
        settings: Settings,
    ) -> Result<Self, reqwest::Error> {
        Self::with_lookup(store, trail, sealer, public_id, settings, resolver::system())
    }

    /// As [`new`](Self::new), with a custom DNS look-up.
    ///
    /// # Errors
    /// If the HTTP client cannot be built with these settings.
    pub fn with_lookup(
        store: Store,
        trail: Trail,
        sealer: Arc<Sealer>,
        public_id: PublicId,
        settings: Settings,
        lookup: Lookup,
    ) -> Result<Self, reqwest::Error> {
        let sender = Sender::new(&settings, lookup)?;
        let context = Context {
            store,
            trail,
            sealer,
            sender,
            public_id,
            settings,
            counters: Counters::default(),
        };
        Ok(Self {
            context: Arc::new(context),
        })
    }

    /// Counts of deliveries since the start.
    pub fn stats(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            delivered: read(&self.context.counters.delivered),
            failed: read(&self.context.counters.failed),
            dead: read(&self.context.counters.dead),
        }
    }

    /// Delivers whatever is due until `stop` completes. Attempts in progress may then finish.
    pub async fn run(self, mut wake: watch::Receiver<u64>, stop: impl Future<Output = ()>) {
        let mut in_progress = InProgress::default();
        tokio::pin!(stop);
        loop {
            let pause = match self.claim_due(&mut in_progress).await {
                Ok(()) => self.pause().await,
                Err(error) => {
                    tracing::warn!(%error, "webhook.not_looked_for");
                    self.context.settings.poll
                }
            };
            tokio::select! {
                () = &mut stop => break,
                () = in_progress.ended() => {}
                () = tokio::time::sleep(pause) => {}
                woken = wake.changed() => if woken.is_err() {
                    // Nobody can wake it any more, so only polling is left.
                    tokio::time::sleep(pause).await;
                },
            }
        }
        let all = async {
            while !in_progress.attempts.is_empty() {
                in_progress.ended().await;
            }
        };
        // What is left is due again when its claim expires.
        let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, all).await;
    }

    /// Delivers everything that is due now, and returns when every attempt has ended.
    ///
    /// # Errors
    /// If the database cannot say what is due.
    pub async fn pass(&self) -> Result<(), StoreError> {
        let mut in_progress = InProgress::default();
        loop {
            self.claim_due(&mut in_progress).await?;
            if in_progress.attempts.is_empty() {
                return Ok(());
            }
            in_progress.ended().await;
        }
    }

    /// Starts attempts for due deliveries, up to the limit.
    async fn claim_due(&self, in_progress: &mut InProgress) -> Result<(), StoreError> {
        let store = &self.context.store;
        loop {
            let room = MAX_CONCURRENT.saturating_sub(in_progress.attempts.len());
            if room == 0 {
                return Ok(());
            }
            let (now, most) = (store.clock().now(), u32::try_from(MAX_CONCURRENT).unwrap_or(u32::MAX));
            let found = store.due_deliveries(now, most / 16, most).await?;
            let mut begun = false;
            for due in found {
                let by_endpoint = in_progress
                    .by_endpoint
                    .get(&due.endpoint_id)
                    .copied()
                    .unwrap_or_default();
                if by_endpoint >= MAX_PER_ENDPOINT || in_progress.attempts.len() >= MAX_CONCURRENT {
                    continue;
                }
                begun |= self.begin(due, in_progress).await?;
            }
            if !begun {
                return Ok(());
            }
        }
    }

    async fn begin(&self, due: Due, in_progress: &mut InProgress) -> Result<bool, StoreError> {
        let context = Arc::clone(&self.context);
        let in_hand = TimeDelta::from_std(context.settings.timeout + CLAIM_MARGIN).unwrap_or(TimeDelta::MAX);
        let now = context.store.clock().now();
        let until = now + in_hand;
        let Some(claimed) = context.store.claim_delivery(due, now, until).await? else {
            return Ok(false);
        };
        in_progress.begin(due.endpoint_id, async move {
            if let Err(error) = attempt(&context, due, &claimed, until).await {
                // It stays claimed until the claim expires, and is then retried.
                tracing::warn!(%error, delivery = %due.id, "webhook.not_settled");
            }
        });
        Ok(true)
    }

    /// How long until something is due, as far as is known.
    async fn pause(&self) -> Duration {
        let poll = self.context.settings.poll;
        match self.context.store.next_delivery().await {
            Ok(Some(at)) => {
                let wait = (at - self.context.store.clock().now()).to_std().unwrap_or_default();
                // A due delivery that could not be started waits for an attempt to end, or for the next poll.
                if wait.is_zero() { poll } else { wait.min(poll) }
            }
            Ok(None) | Err(_) => poll,
        }
    }
}
