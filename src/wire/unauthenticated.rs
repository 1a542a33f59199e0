//! The limit on unauthenticated connections, overall and per address. An authenticated connection takes a
//! slot of its own and no longer counts here, so unauthenticated ones can never crowd it out.
//!
//! No new connection is refused. When the limit is reached, the oldest one is evicted: of the same address,
//! or of the address with most connections. So an honest client needs only the moment until its token is
//! read, whatever others hold open. A connection with a request in flight is evicted last.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use ipnet::IpNet;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::{limits::EdgeLimits, metrics::Metrics};

/// What connections are grouped by: the IPv4 address, or the /64 of an IPv6 address, which one client usually
/// has all of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum AddressGroup {
    V4(Ipv4Addr),
    V6Prefix([u16; 4]),
    /// A trusted proxy: its connections are of many clients.
    TrustedProxy,
}

impl AddressGroup {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6Prefix(prefix(address)),
        }
    }
}

fn prefix(address: Ipv6Addr) -> [u16; 4] {
    let [a, b, c, d, ..] = address.segments();
    [a, b, c, d]
}

/// The unauthenticated connections, and the slots of the authenticated ones.
#[derive(Clone, Debug)]
pub(super) struct UnauthenticatedConnections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: usize,
    per_address_limit: usize,
    proxies: Vec<IpNet>,
    authenticated: Arc<Semaphore>,
    pool: Mutex<Pool>,
    metrics: Metrics,
}

/// The unauthenticated connections by group, in order of arrival.
#[derive(Debug, Default)]
struct Pool {
    last_id: u64,
    count: usize,
    groups: HashMap<AddressGroup, BTreeMap<u64, Arc<Entry>>>,
}

/// One connection in the pool.
#[derive(Debug, Default)]
struct Entry {
    in_flight: AtomicBool,
    evicted: Notify,
}

impl UnauthenticatedConnections {
    /// An empty pool. Connections from these proxies count together, not by address.
    pub(super) fn new(limits: &EdgeLimits, proxies: Vec<IpNet>, metrics: &Metrics) -> Self {
        Self(Arc::new(Inner {
            limit: limits.unauthenticated_connections.max(1),
            per_address_limit: limits.unauthenticated_per_address.max(1),
            proxies,
            authenticated: Arc::new(Semaphore::new(limits.connections.clamp(1, Semaphore::MAX_PERMITS))),
            pool: Mutex::default(),
            metrics: metrics.clone(),
        }))
    }

    /// Registers a connection from this address.
    pub(super) fn register(&self, address: IpAddr) -> ConnectionHandle {
        let canonical = address.to_canonical();
        let group = if self.0.proxies.iter().any(|proxy| proxy.contains(&canonical)) {
            AddressGroup::TrustedProxy
        } else {
            AddressGroup::of(address)
        };
        let entry = Arc::<Entry>::default();
        let mut pool = self.pool();
        pool.last_id += 1;
        let id = pool.last_id;
        self.evict_if_full(&mut pool, group);
        pool.add(group, id, Arc::clone(&entry));
        self.0.metrics.unauthenticated.inc();
        drop(pool);
        ConnectionHandle(Arc::new(HandleInner {
            unauthenticated: self.clone(),
            state: Mutex::new(State::Unauthenticated { group, id }),
            entry,
            sent_request: AtomicBool::default(),
        }))
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.0.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Evicts a connection if there is no room for one more of this group.
    fn evict_if_full(&self, pool: &mut Pool, group: AddressGroup) {
        let in_group = pool.groups.get(&group).map_or(0, BTreeMap::len);
        let evict_from = if group != AddressGroup::TrustedProxy && in_group >= self.0.per_address_limit {
            Some(group)
        } else if pool.count >= self.0.limit {
            pool.largest_group()
        } else {
            None
        };
        if let Some(entry) = evict_from.and_then(|group| pool.evict(group)) {
            entry.evicted.notify_one();
            self.0.metrics.unauthenticated.dec();
            self.0.metrics.evicted.inc();
        }
    }
}

impl Pool {
    fn add(&mut self, group: AddressGroup, id: u64, entry: Arc<Entry>) {
        self.groups.entry(group).or_default().insert(id, entry);
        self.count += 1;
    }

    /// Removes a connection; `None` when it was not there any more.
    fn remove(&mut self, group: AddressGroup, id: u64) -> Option<Arc<Entry>> {
        let in_group = self.groups.get_mut(&group)?;
        let entry = in_group.remove(&id)?;
        if in_group.is_empty() {
            self.groups.remove(&group);
        }
        self.count -= 1;
        Some(entry)
    }

    /// The group with most connections; of several, the one with the oldest.
    fn largest_group(&self) -> Option<AddressGroup> {
        let largest = self.groups.iter().max_by_key(|(_, entries)| {
            let oldest = entries.keys().next().copied().unwrap_or(u64::MAX);
            (entries.len(), std::cmp::Reverse(oldest))
        });
        largest.map(|(group, _)| *group)
    }

    /// Evicts the group's oldest connection without a request in flight; failing that, its oldest.
    fn evict(&mut self, group: AddressGroup) -> Option<Arc<Entry>> {
        let entries = self.groups.get(&group)?;
        let idle = entries
            .iter()
            .find(|(_, entry)| !entry.in_flight.load(Ordering::Relaxed));
        let id = *idle.or_else(|| entries.first_key_value())?.0;
        self.remove(group, id)
    }
}

/// A connection's registration. Clones share it; dropping the last removes the connection.
#[derive(Clone, Debug)]
pub(super) struct ConnectionHandle(Arc<HandleInner>);

#[derive(Debug)]
struct HandleInner {
    unauthenticated: UnauthenticatedConnections,
    state: Mutex<State>,
    entry: Arc<Entry>,
    sent_request: AtomicBool,
}

#[derive(Debug)]
enum State {
    Unauthenticated { group: AddressGroup, id: u64 },
    Authenticated { _slot: Option<OwnedSemaphorePermit> },
}

impl ConnectionHandle {
    /// A request's headers have arrived; it is in flight until the result is dropped.
    pub(super) fn begin_request(&self) -> InFlight {
        self.0.sent_request.store(true, Ordering::Relaxed);
        self.0.entry.in_flight.store(true, Ordering::Relaxed);
        InFlight(Arc::clone(&self.0.entry))
    }

    /// Whether any request's headers have arrived yet.
    pub(super) fn has_sent_request(&self) -> bool {
        self.0.sent_request.load(Ordering::Relaxed)
    }

    /// Marks the connection authenticated: it takes a slot of the authenticated ones. If all are taken it
    /// stays unauthenticated.
    pub(super) fn mark_authenticated(&self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Unauthenticated { .. })
            && let Ok(slot) = Arc::clone(&self.0.unauthenticated.0.authenticated).try_acquire_owned()
        {
            self.0.leave_pool(&mut state, Some(slot));
        }
    }

    /// The connection is counted elsewhere from now on.
    pub(super) fn release(&self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.leave_pool(&mut state, None);
    }

    /// Sets the client's address, as a trusted proxy has stated it.
    pub(super) fn set_client_address(&self, address: IpAddr) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State::Unauthenticated { group, id } = &mut *state else {
            return;
        };
        let mut pool = self.0.unauthenticated.pool();
        // An evicted connection is not there any more.
        if let Some(entry) = pool.remove(*group, *id) {
            *group = AddressGroup::of(address);
            self.0.unauthenticated.evict_if_full(&mut pool, *group);
            pool.add(*group, *id, entry);
        }
    }

    /// Completes when the connection is evicted.
    pub(super) async fn evicted(&self) {
        self.0.entry.evicted.notified().await;
    }
}

impl HandleInner {
    fn leave_pool(&self, state: &mut State, slot: Option<OwnedSemaphorePermit>) {
        if let State::Unauthenticated { group, id } = *state
            && self.unauthenticated.pool().remove(group, id).is_some()
        {
            self.unauthenticated.0.metrics.unauthenticated.dec();
        }
        *state = State::Authenticated { _slot: slot };
    }
}

impl Drop for HandleInner {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let State::Unauthenticated { group, id } = *state
            && self.unauthenticated.pool().remove(group, id).is_some()
        {
            self.unauthenticated.0.metrics.unauthenticated.dec();
        }
    }
}

/// A request in flight.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Entry>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
