//! The deliverer: takes up what is due, a bounded number at once, and is woken whenever something may have become so.
//!
//! The table is the truth. Whatever process takes a delivery in hand has it for a while only, so that one which ends half-way loses none: it is
//! then sent again. At least once, and in no certain order.

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
    parts::{Counters, Parts, PublicId, Stats},
    resolver::{self, Lookup},
    seal::Sealer,
    sender::Sender,
    settings::Settings,
};
use crate::{
    audit::Trail,
    store::{Store, outbox::Due, session::StoreError},
};

/// How many attempts are under way at once.
const AT_ONCE: usize = 64;
/// How many of them go to one endpoint.
const OF_ONE: usize = 4;
/// How much longer a delivery is in hand than its attempt may take.
const MARGIN: Duration = Duration::from_secs(15);
/// How long an ending process waits for the attempts under way.
const ENDING: Duration = Duration::from_secs(5);

/// Delivers webhooks. Cheap to clone.
#[derive(Clone)]
pub struct Deliverer {
    parts: Arc<Parts>,
}

impl std::fmt::Debug for Deliverer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deliverer").finish_non_exhaustive()
    }
}

/// The attempts under way, by endpoint.
#[derive(Default)]
struct UnderWay {
    attempts: JoinSet<Uuid>,
    of_one: HashMap<Uuid, usize>,
}

impl UnderWay {
    fn begin(&mut self, endpoint: Uuid, attempt: impl Future<Output = ()> + Send + 'static) {
        *self.of_one.entry(endpoint).or_default() += 1;
        self.attempts.spawn(async move {
            // An attempt that panics is an attempt that failed; it comes back when it is in nobody's hand.
            let _ = tokio::spawn(attempt).await;
            endpoint
        });
    }

    /// Waits until one has ended; for ever where none is under way.
    async fn ended(&mut self) {
        match self.attempts.join_next().await {
            Some(Ok(endpoint)) => {
                if let Some(count) = self.of_one.get_mut(&endpoint) {
                    *count -= 1;
                    if *count == 0 {
                        self.of_one.remove(&endpoint);
                    }
                }
            }
            Some(Err(_)) => {}
            None => std::future::pending().await,
        }
    }
}

impl Deliverer {
    /// A deliverer over the server's rooms.
    ///
    /// # Errors
    /// When the client cannot be made with these settings.
    pub fn new(
        store: Store,
        trail: Trail,
        sealer: Arc<Sealer>,
        public_id: PublicId,
        settings: Settings,
    ) -> Result<Self, reqwest::Error> {
        Self::with_lookup(store, trail, sealer, public_id, settings, resolver::system())
    }

    /// The same, with another way to look names up.
    ///
    /// # Errors
    /// When the client cannot be made with these settings.
    pub fn with_lookup(
        store: Store,
        trail: Trail,
        sealer: Arc<Sealer>,
        public_id: PublicId,
        settings: Settings,
        lookup: Lookup,
    ) -> Result<Self, reqwest::Error> {
        let sender = Sender::new(&settings, lookup)?;
        let parts = Parts {
            store,
            trail,
            sealer,
            sender,
            public_id,
            settings,
            counters: Counters::default(),
        };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// What has become of deliveries since the start.
    pub fn stats(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            delivered: read(&self.parts.counters.delivered),
            failed: read(&self.parts.counters.failed),
            dead: read(&self.parts.counters.dead),
        }
    }

    /// Delivers whenever something is due, until it is told to stop. Attempts under way then may end.
    pub async fn run(self, mut wake: watch::Receiver<u64>, stop: impl Future<Output = ()>) {
        let mut under_way = UnderWay::default();
        tokio::pin!(stop);
        loop {
            let pause = match self.take_up(&mut under_way).await {
                Ok(()) => self.pause().await,
                Err(error) => {
                    tracing::warn!(%error, "webhook.not_looked_for");
                    self.parts.settings.poll
                }
            };
            tokio::select! {
                () = &mut stop => break,
                () = under_way.ended() => {}
                () = tokio::time::sleep(pause) => {}
                woken = wake.changed() => if woken.is_err() {
                    // Nobody can wake it any more: only the time does.
                    tokio::time::sleep(pause).await;
                },
            }
        }
        let all = async {
            while !under_way.attempts.is_empty() {
                under_way.ended().await;
            }
        };
        // What is left comes back when it is in nobody's hand.
        let _ = tokio::time::timeout(ENDING, all).await;
    }

    /// Delivers all that is due now, and returns when every attempt has ended.
    ///
    /// # Errors
    /// When the database does not say what is due.
    pub async fn pass(&self) -> Result<(), StoreError> {
        let mut under_way = UnderWay::default();
        loop {
            self.take_up(&mut under_way).await?;
            if under_way.attempts.is_empty() {
                return Ok(());
            }
            under_way.ended().await;
        }
    }

    /// Begins attempts of what is due, as many as there is room for.
    async fn take_up(&self, under_way: &mut UnderWay) -> Result<(), StoreError> {
        let store = &self.parts.store;
        loop {
            let room = AT_ONCE.saturating_sub(under_way.attempts.len());
            if room == 0 {
                return Ok(());
            }
            let (now, most) = (store.clock().now(), u32::try_from(AT_ONCE).unwrap_or(u32::MAX));
            let found = store.due_deliveries(now, most / 16, most).await?;
            let mut begun = false;
            for due in found {
                let of_one = under_way.of_one.get(&due.endpoint_id).copied().unwrap_or_default();
                if of_one >= OF_ONE || under_way.attempts.len() >= AT_ONCE {
                    continue;
                }
                begun |= self.begin(due, under_way).await?;
            }
            if !begun {
                return Ok(());
            }
        }
    }

    async fn begin(&self, due: Due, under_way: &mut UnderWay) -> Result<bool, StoreError> {
        let parts = Arc::clone(&self.parts);
        let in_hand = TimeDelta::from_std(parts.settings.timeout + MARGIN).unwrap_or(TimeDelta::MAX);
        let now = parts.store.clock().now();
        let until = now + in_hand;
        let Some(claimed) = parts.store.claim_delivery(due, now, until).await? else {
            return Ok(false);
        };
        under_way.begin(due.endpoint_id, async move {
            if let Err(error) = attempt(&parts, due, &claimed, until).await {
                // It stays in hand until that runs out, and is tried again then.
                tracing::warn!(%error, delivery = %due.id, "webhook.not_settled");
            }
        });
        Ok(true)
    }

    /// How long nothing is due, as far as is known.
    async fn pause(&self) -> Duration {
        let poll = self.parts.settings.poll;
        match self.parts.store.next_delivery().await {
            Ok(Some(at)) => {
                let wait = (at - self.parts.store.clock().now()).to_std().unwrap_or_default();
                // What is due and could not be begun waits for one that ends, or for the next look.
                if wait.is_zero() { poll } else { wait.min(poll) }
            }
            Ok(None) | Err(_) => poll,
        }
    }
}
