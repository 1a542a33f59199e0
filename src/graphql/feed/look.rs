//! Looking after one feed: what changed is decided again, and what differs from what was told becomes an event.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Bound,
    sync::Arc,
};

use chrono::TimeDelta;
use uuid::Uuid;

use super::mark::mark;
use crate::{
    graphql::{objects::Marker, services::Services},
    records::Table,
    sharing::{ceiling::Ceiling, register::field},
    store::{
        dossier::{Dossier, Wants},
        feed::{Consumer, FeedProgress, KnownMarker, MarkerEvent},
        policy::Policies,
        reach::{FamilySet, Reach, Window},
        session::{Mode, Session, StoreError},
    },
};

/// Families of one stretch.
const STRETCH: usize = 256;
/// So many changes may tell nothing until it is written down that they were looked at.
const FAR: i64 = 1000;
/// How long changes are kept. A feed needs those of the day on which it was looked after as a whole; the rest is for clocks that differ.
const NEEDED: TimeDelta = TimeDelta::days(2);

/// Up to where nothing was to be told, as long as nobody has written the consumer's row anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    row: FeedProgress,
    until: i64,
}

/// What one session sees of a feed.
struct Look<'a> {
    services: &'a Services,
    consumer: &'a Consumer,
    session: Session,
    policies: Arc<Policies>,
    ceiling: Arc<Ceiling>,
    row: Option<FeedProgress>,
    newest: i64,
    /// Whether what changes next gets a greater number.
    rises: bool,
}

/// What is to be told, and what the families that it is about were told to be.
struct Found {
    events: Vec<(Uuid, MarkerEvent)>,
    told: HashMap<Uuid, KnownMarker>,
}

impl<'a> Look<'a> {
    async fn begin(services: &'a Services, consumer: &'a Consumer, mode: Mode) -> Result<Self, StoreError> {
        let store = &services.store;
        let session = Session::begin(store, consumer.caller.authority, mode).await?;
        let row = match mode {
            Mode::Read => session.looked(consumer.id).await?,
            Mode::Write | Mode::Exclusive | Mode::Feed => session.lock_feed(consumer.id).await?,
        };
        let policies = session.policies(store).await?;
        let (newest, rises) = session.newest_change().await?;
        let caller = Arc::new(consumer.caller.clone());
        let ceiling = Arc::new(Ceiling::of(&policies.policy, caller, session.today()));
        Ok(Self {
            services,
            consumer,
            session,
            policies,
            ceiling,
            row,
            newest,
            rises,
        })
    }

    /// How far the feed was looked after, if what was decided then by agreements and dates holds still, and the number of what changed since is greater.
    fn holding(&self) -> Option<FeedProgress> {
        self.row.filter(|row| {
            row.policy_version == self.policies.version
                && row.looked_on == self.session.today()
                && self.rises
                && row.seq <= self.newest
        })
    }

    /// The families that changed after that.
    async fn changed(&self, after: i64) -> Result<Found, StoreError> {
        let families = self.session.changed_families(after, self.newest).await?;
        let told = self.session.known_markers(self.consumer.id, Some(&families)).await?;
        let mut now = HashMap::new();
        if self.ceiling.covers(field::MARKER_ID) {
            for keys in families.chunks(STRETCH) {
                self.read(FamilySet::Keys(keys.to_vec()), &mut now).await?;
            }
        }
        Ok(found(families, told, &mut now))
    }

    /// Every family that could be visible, and every one that was told.
    async fn everything(&self) -> Result<Found, StoreError> {
        let told = self.session.known_markers(self.consumer.id, None).await?;
        let mut now = HashMap::new();
        if self.ceiling.covers(field::MARKER_ID) {
            let reach = Reach::of(&self.ceiling, field::MARKER_ID, self.session.today());
            let mut from = None;
            loop {
                let window = Window {
                    reach: reach.clone(),
                    from,
                    limit: STRETCH as u64,
                    beside: None,
                };
                let read = self.read(FamilySet::Window(window), &mut now).await?;
                match read.last() {
                    Some(last) if read.len() == STRETCH => from = Some(Bound::Excluded(last.key())),
                    _ => break,
                }
            }
        }
        let families: BTreeSet<Uuid> = told.keys().chain(now.keys()).copied().collect();
        Ok(found(families, told, &mut now))
    }

    /// Reads families, and notes the marks of those whose markers are there for the consumer.
    async fn read(
        &self,
        families: FamilySet,
        marks: &mut HashMap<Uuid, String>,
    ) -> Result<Vec<Arc<Dossier>>, StoreError> {
        let wants = Wants::of(&[Table::Plan]);
        let dossiers = self.session.dossiers(&self.ceiling, &families, wants).await?;
        for dossier in &dossiers {
            if let Some(marker) = Marker::seen(dossier) {
                marks.insert(dossier.key(), mark(&self.services.codec, &marker));
            }
        }
        Ok(dossiers)
    }
}

fn found(
    families: impl IntoIterator<Item = Uuid>,
    told: HashMap<Uuid, KnownMarker>,
    now: &mut HashMap<Uuid, String>,
) -> Found {
    let events = families.into_iter().filter_map(|family| {
        let fate = match (told.get(&family), now.remove(&family)) {
            (None, Some(mark)) => MarkerEvent::Set(mark),
            (Some(told), Some(mark)) if told.fingerprint != mark => MarkerEvent::Updated(mark),
            (Some(_), None) => MarkerEvent::Removed,
            (Some(_), Some(_)) | (None, None) => return None,
        };
        Some((family, fate))
    });
    Found {
        events: events.collect(),
        told,
    }
}

/// Brings one feed up to date. It fails with a conflict where another process did so at the same time.
pub(super) async fn after(services: &Services, consumer: &Consumer, seen: &mut Option<Seen>) -> Result<(), StoreError> {
    // Most changes tell one consumer nothing: that is found out without writing anything.
    let look = Look::begin(services, consumer, Mode::Read).await?;
    match (look.row, look.holding()) {
        // Whoever was never told anything and may see nothing has no feed.
        (None, _) if !look.ceiling.covers(field::MARKER_ID) => return look.session.end().await,
        (_, Some(row)) => {
            let known = seen.filter(|seen| seen.row == row).map_or(row.seq, |seen| seen.until);
            let newest = look.newest;
            if newest <= known {
                return look.session.end().await;
            }
            let nothing = look.changed(known).await?.events.is_empty();
            look.session.end().await?;
            if nothing && newest - row.seq < FAR {
                *seen = Some(Seen { row, until: newest });
                return Ok(());
            }
        }
        _ => look.session.end().await?,
    }
    let look = Look::begin(services, consumer, Mode::Feed).await?;
    let holding = look.holding();
    let found = match holding {
        Some(row) => look.changed(row.seq).await?,
        None => look.everything().await?,
    };
    let looked = FeedProgress {
        seq: look.newest,
        policy_version: look.policies.version,
        looked_on: look.session.today(),
        position: 0,
    };
    let session = look.session;
    session
        .append_events(consumer, look.row, looked, &found.told, &found.events)
        .await?;
    *seen = None;
    let (authority, long_ago) = (session.authority(), session.now() - NEEDED);
    session.commit().await?;
    if holding.is_none()
        && let Err(error) = services.store.delete_old_changes(authority, long_ago).await
    {
        // Whoever looks next tries again.
        tracing::warn!(%error, "feed.changes_not_forgotten");
    }
    Ok(())
}
