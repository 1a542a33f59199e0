//! Connections on which nobody has signed in, strangers: so many in all, and so many of one address. Whoever has signed in has a place of their own and is
//! counted here no more, so that no number of strangers is in their way.
//!
//! Nobody is turned away at the door: whoever comes when there is no room has the one leave that has been there longest, of the same address or of the
//! address that has most. So an honest client needs no more than the moment until its token is seen, whatever others hold open. One whose request is being
//! worked on stays as long as there is another one to leave.

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

/// Whose a connection is, as far as its address tells: of version 6 whoever has one has all of a /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Origin {
    One(Ipv4Addr),
    Net([u16; 4]),
    /// A proxy that is trusted: it speaks for many.
    Proxy,
}

impl Origin {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::One(address),
            IpAddr::V6(address) => Self::Net(net(address)),
        }
    }
}

fn net(address: Ipv6Addr) -> [u16; 4] {
    let [a, b, c, d, ..] = address.segments();
    [a, b, c, d]
}

/// The strangers, and the places of those who are none.
#[derive(Clone, Debug)]
pub(super) struct Strangers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    of_one: usize,
    proxies: Vec<IpNet>,
    signed_in: Arc<Semaphore>,
    crowd: Mutex<Crowd>,
    metrics: Metrics,
}

/// Everybody, the one who came first first.
#[derive(Debug, Default)]
struct Crowd {
    came: u64,
    count: usize,
    by_origin: HashMap<Origin, BTreeMap<u64, Arc<Seat>>>,
}

/// What a stranger is asked to leave by.
#[derive(Debug, Default)]
struct Seat {
    busy: AtomicBool,
    leave: Notify,
}

impl Strangers {
    /// Nobody yet. Connections from these proxies count together and not by address.
    pub(super) fn new(limits: &EdgeLimits, proxies: Vec<IpNet>, metrics: &Metrics) -> Self {
        Self(Arc::new(Inner {
            most: limits.strangers.max(1),
            of_one: limits.strangers_per_address.max(1),
            proxies,
            signed_in: Arc::new(Semaphore::new(limits.connections.clamp(1, Semaphore::MAX_PERMITS))),
            crowd: Mutex::default(),
            metrics: metrics.clone(),
        }))
    }

    /// A connection has come from there.
    pub(super) fn enter(&self, address: IpAddr) -> Standing {
        let canonical = address.to_canonical();
        let origin = if self.0.proxies.iter().any(|proxy| proxy.contains(&canonical)) {
            Origin::Proxy
        } else {
            Origin::of(address)
        };
        let seat = Arc::<Seat>::default();
        let mut crowd = self.crowd();
        crowd.came += 1;
        let ticket = crowd.came;
        self.make_room(&mut crowd, origin);
        crowd.add(origin, ticket, Arc::clone(&seat));
        self.0.metrics.strangers.inc();
        drop(crowd);
        Standing(Arc::new(Held {
            strangers: self.clone(),
            at: Mutex::new(At::Stranger { origin, ticket }),
            seat,
            spoke: AtomicBool::default(),
        }))
    }

    fn crowd(&self) -> MutexGuard<'_, Crowd> {
        self.0.crowd.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has somebody leave, if there is no room for one more of that origin.
    fn make_room(&self, crowd: &mut Crowd, origin: Origin) {
        let of_origin = crowd.by_origin.get(&origin).map_or(0, BTreeMap::len);
        let from = if origin != Origin::Proxy && of_origin >= self.0.of_one {
            Some(origin)
        } else if crowd.count >= self.0.most {
            crowd.fullest()
        } else {
            None
        };
        if let Some(seat) = from.and_then(|from| crowd.dismiss(from)) {
            seat.leave.notify_one();
            self.0.metrics.strangers.dec();
            self.0.metrics.dismissed.inc();
        }
    }
}

impl Crowd {
    fn add(&mut self, origin: Origin, ticket: u64, seat: Arc<Seat>) {
        self.by_origin.entry(origin).or_default().insert(ticket, seat);
        self.count += 1;
    }

    /// Whether somebody was there, who is now gone.
    fn remove(&mut self, origin: Origin, ticket: u64) -> Option<Arc<Seat>> {
        let of_origin = self.by_origin.get_mut(&origin)?;
        let seat = of_origin.remove(&ticket)?;
        if of_origin.is_empty() {
            self.by_origin.remove(&origin);
        }
        self.count -= 1;
        Some(seat)
    }

    /// The origin that has most; of several the one whose first came first, so that those leave who have been there longest.
    fn fullest(&self) -> Option<Origin> {
        let most = self.by_origin.iter().max_by_key(|(_, seats)| {
            let first = seats.keys().next().copied().unwrap_or(u64::MAX);
            (seats.len(), std::cmp::Reverse(first))
        });
        most.map(|(origin, _)| *origin)
    }

    /// The one of that origin who came first and waits for nothing of ours; if there is none, the one who came first.
    fn dismiss(&mut self, origin: Origin) -> Option<Arc<Seat>> {
        let seats = self.by_origin.get(&origin)?;
        let idle = seats.iter().find(|(_, seat)| !seat.busy.load(Ordering::Relaxed));
        let ticket = *idle.or_else(|| seats.first_key_value())?.0;
        self.remove(origin, ticket)
    }
}

/// How one connection stands. Clones are the same connection's; when the last is dropped, it is gone.
#[derive(Clone, Debug)]
pub(super) struct Standing(Arc<Held>);

#[derive(Debug)]
struct Held {
    strangers: Strangers,
    at: Mutex<At>,
    seat: Arc<Seat>,
    spoke: AtomicBool,
}

#[derive(Debug)]
enum At {
    Stranger { origin: Origin, ticket: u64 },
    SignedIn { _place: Option<OwnedSemaphorePermit> },
}

impl Standing {
    /// The head of a request has come; it is worked on until what is given back is dropped.
    pub(super) fn begins(&self) -> Busy {
        self.0.spoke.store(true, Ordering::Relaxed);
        self.0.seat.busy.store(true, Ordering::Relaxed);
        Busy(Arc::clone(&self.0.seat))
    }

    /// Whether any head has come yet.
    pub(super) fn has_spoken(&self) -> bool {
        self.0.spoke.load(Ordering::Relaxed)
    }

    /// Somebody has signed in on it. It has one of the places of such connections from now on; where all of these are taken, it stays where it is.
    pub(super) fn signs_in(&self) {
        let mut at = self.0.at.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*at, At::Stranger { .. })
            && let Ok(place) = Arc::clone(&self.0.strangers.0.signed_in).try_acquire_owned()
        {
            self.0.leave(&mut at, Some(place));
        }
    }

    /// It has a place elsewhere.
    pub(super) fn moves_on(&self) {
        let mut at = self.0.at.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.leave(&mut at, None);
    }

    /// It is known better where it comes from: a proxy has said so.
    pub(super) fn comes_from(&self, address: IpAddr) {
        let mut at = self.0.at.lock().unwrap_or_else(PoisonError::into_inner);
        let At::Stranger { origin, ticket } = &mut *at else {
            return;
        };
        let mut crowd = self.0.strangers.crowd();
        // Whoever has been told to leave is not there.
        if let Some(seat) = crowd.remove(*origin, *ticket) {
            *origin = Origin::of(address);
            self.0.strangers.make_room(&mut crowd, *origin);
            crowd.add(*origin, *ticket, seat);
        }
    }

    /// Ends when it has to leave.
    pub(super) async fn dismissed(&self) {
        self.0.seat.leave.notified().await;
    }
}

impl Held {
    fn leave(&self, at: &mut At, place: Option<OwnedSemaphorePermit>) {
        if let At::Stranger { origin, ticket } = *at
            && self.strangers.crowd().remove(origin, ticket).is_some()
        {
            self.strangers.0.metrics.strangers.dec();
        }
        *at = At::SignedIn { _place: place };
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let at = self.at.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let At::Stranger { origin, ticket } = *at
            && self.strangers.crowd().remove(origin, ticket).is_some()
        {
            self.strangers.0.metrics.strangers.dec();
        }
    }
}

/// A request is being worked on.
#[derive(Debug)]
pub(super) struct Busy(Arc<Seat>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn strangers(most: usize, of_one: usize) -> Strangers {
        let limits = EdgeLimits {
            connections: 1,
            strangers: most,
            strangers_per_address: of_one,
            ..EdgeLimits::default()
        };
        let proxies = vec!["10.0.0.0/8".parse().expect("a network")];
        Strangers::new(&limits, proxies, &Metrics::new().expect("distinct names"))
    }

    fn from(strangers: &Strangers, address: &str) -> Standing {
        strangers.enter(address.parse().expect("an address"))
    }

    fn has_to_leave(standing: &Standing) -> bool {
        standing.dismissed().now_or_never().is_some()
    }

    #[test]
    fn the_one_who_came_first_of_a_full_address_leaves() {
        let strangers = strangers(10, 2);
        let [first, second] = ["192.0.2.1"; 2].map(|address| from(&strangers, address));
        let other = from(&strangers, "192.0.2.2");
        let third = from(&strangers, "::ffff:192.0.2.1");
        assert!(has_to_leave(&first) && !has_to_leave(&second) && !has_to_leave(&third) && !has_to_leave(&other));
        drop(second);
        let fourth = from(&strangers, "192.0.2.1");
        assert!(
            !has_to_leave(&third) && !has_to_leave(&fourth),
            "a place was given back"
        );
        assert_eq!(strangers.0.metrics.strangers.get(), 3);
        assert_eq!(strangers.0.metrics.dismissed.get(), 1);
    }

    #[test]
    fn addresses_of_version_6_are_one_in_a_64() {
        let strangers = strangers(10, 1);
        let first = from(&strangers, "2001:db8:0:1::1");
        let other = from(&strangers, "2001:db8:0:2::1");
        let second = from(&strangers, "2001:db8:0:1:ffff::2");
        assert!(has_to_leave(&first) && !has_to_leave(&second) && !has_to_leave(&other));
    }

    #[test]
    fn where_all_is_full_the_fullest_address_makes_room() {
        let strangers = strangers(4, 3);
        let one = from(&strangers, "192.0.2.1");
        let many = ["192.0.2.2"; 3].map(|address| from(&strangers, address));
        let new = from(&strangers, "192.0.2.3");
        assert!(has_to_leave(&many[0]) && !has_to_leave(&one) && !has_to_leave(&new));
        let another = from(&strangers, "192.0.2.4");
        assert!(has_to_leave(&many[1]) && !has_to_leave(&another));
        // All have one now: the one who has been there longest.
        let last = from(&strangers, "192.0.2.5");
        assert!(has_to_leave(&one) && !has_to_leave(&last) && !has_to_leave(&many[2]));
    }

    #[test]
    fn whose_request_is_worked_on_stays_as_long_as_another_can_leave() {
        let strangers = strangers(10, 2);
        let busy = from(&strangers, "192.0.2.1");
        let at_work = busy.begins();
        let silent = from(&strangers, "192.0.2.1");
        let third = from(&strangers, "192.0.2.1");
        assert!(has_to_leave(&silent) && !has_to_leave(&busy));
        let _at_work_too = third.begins();
        let fourth = from(&strangers, "192.0.2.1");
        assert!(has_to_leave(&busy) && !has_to_leave(&third) && !has_to_leave(&fourth));
        drop(at_work);
        assert!(busy.has_spoken() && !fourth.has_spoken());
    }

    #[test]
    fn whoever_signs_in_is_no_stranger_while_there_are_places() {
        let strangers = strangers(10, 1);
        let known = from(&strangers, "192.0.2.1");
        known.signs_in();
        known.signs_in();
        let beyond = from(&strangers, "192.0.2.1");
        assert!(!has_to_leave(&known));
        // There is one place only, which is taken.
        beyond.signs_in();
        let next = from(&strangers, "192.0.2.1");
        assert!(has_to_leave(&beyond) && !has_to_leave(&known));
        drop(known);
        next.signs_in();
        let socket = from(&strangers, "192.0.2.1");
        socket.moves_on();
        let last = from(&strangers, "192.0.2.1");
        assert!(!has_to_leave(&next) && !has_to_leave(&socket) && !has_to_leave(&last));
    }

    #[test]
    fn whoever_comes_through_a_proxy_counts_by_what_it_says() {
        let strangers = strangers(10, 1);
        let through = ["10.0.0.1"; 3].map(|address| from(&strangers, address));
        assert!(!through.iter().any(has_to_leave), "the proxy speaks for many");
        let client: IpAddr = "192.0.2.1".parse().expect("an address");
        through[0].comes_from(client);
        through[1].comes_from(client);
        assert!(has_to_leave(&through[0]) && !has_to_leave(&through[1]));
        // Whoever had to leave cannot come back by another name.
        through[0].comes_from("192.0.2.9".parse().expect("an address"));
        through[0].moves_on();
        drop(through);
        assert_eq!(strangers.crowd().count, 0);
        assert!(strangers.crowd().by_origin.is_empty());
        assert_eq!(strangers.0.metrics.strangers.get(), 0);
    }
}
