//! The feed of markers: for each consumer (an agency in a role for a purpose) what became of the markers that it may see, in the order in which
//! that was committed.
//!
//! A feed is looked after when somebody reads it, never by those who write: what changed since the last time is decided again for the consumer,
//! and what differs from what the consumer was told becomes an event. An event only says that a marker was set, is different or is no longer
//! there; what it holds is decided once more when it is sent.

mod look;
mod mark;
mod page;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use uuid::Uuid;

use self::look::Seen;
pub(super) use self::page::{Place, change_of, page};
use super::services::Services;
use crate::{
    sharing::caller::Caller,
    store::{feed::Consumer, session::StoreError},
};

/// How often it is tried again when another process looked after the same feed first.
const TRIES: u32 = 20;
/// How many consumers' turns are remembered before those that nobody waits for are forgotten.
const REMEMBERED: usize = 1024;

/// The feeds that this process looks after.
#[derive(Debug, Default)]
pub struct Feeds {
    turns: Mutex<HashMap<(i32, Uuid), Arc<Turns>>>,
}

/// Whoever reads one feed at the same time shares the looking after it.
#[derive(Debug, Default)]
struct Turns {
    arrived: AtomicU64,
    done: tokio::sync::Mutex<Done>,
}

/// What was done for one feed last.
#[derive(Debug, Default)]
struct Done {
    /// It began after this many had arrived, and so is done for all of them.
    covers: u64,
    /// Changes that were looked at and told nothing, so that nothing was written down.
    seen: Option<Seen>,
}

impl Feeds {
    /// Brings the feed of a caller up to all that was committed before this was called.
    pub async fn catch_up(&self, services: &Services, caller: &Caller) -> Result<(), StoreError> {
        let consumer = Consumer::of(caller);
        let turns = self.turns(caller.authority, consumer.id);
        let place = turns.arrived.fetch_add(1, Ordering::SeqCst) + 1;
        let mut done = turns.done.lock().await;
        if done.covers >= place {
            return Ok(());
        }
        let covers = turns.arrived.load(Ordering::SeqCst);
        let mut tries = 0;
        loop {
            match look::after(services, &consumer, &mut done.seen).await {
                Err(StoreError::Conflict) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(u64::from(tries))).await;
                }
                looked => {
                    looked?;
                    done.covers = covers;
                    return Ok(());
                }
            }
        }
    }

    fn turns(&self, authority: i32, consumer: Uuid) -> Arc<Turns> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.len() >= REMEMBERED {
            turns.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        Arc::clone(turns.entry((authority, consumer)).or_default())
    }
}
