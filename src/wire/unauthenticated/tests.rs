//! Tests of `unauthenticated`.

use futures_util::FutureExt as _;

use super::*;

fn unauthenticated(limit: usize, per_address_limit: usize) -> UnauthenticatedConnections {
    let limits = EdgeLimits {
        connections: 1,
        unauthenticated_connections: limit,
        unauthenticated_per_address: per_address_limit,
        ..EdgeLimits::default()
    };
    let proxies = vec!["10.0.0.0/8".parse().expect("a network")];
    UnauthenticatedConnections::new(&limits, proxies, &Metrics::new().expect("distinct names"))
}

fn connect(unauthenticated: &UnauthenticatedConnections, address: &str) -> ConnectionHandle {
    unauthenticated.register(address.parse().expect("an address"))
}

fn is_evicted(connection: &ConnectionHandle) -> bool {
    connection.evicted().now_or_never().is_some()
}

#[test]
fn the_oldest_connection_of_a_full_address_is_evicted() {
    let unauthenticated = unauthenticated(10, 2);
    let [oldest, second] = ["192.0.2.1"; 2].map(|address| connect(&unauthenticated, address));
    let other = connect(&unauthenticated, "192.0.2.2");
    let third = connect(&unauthenticated, "::ffff:192.0.2.1");
    assert!(is_evicted(&oldest) && !is_evicted(&second) && !is_evicted(&third) && !is_evicted(&other));
    drop(second);
    let fourth = connect(&unauthenticated, "192.0.2.1");
    assert!(!is_evicted(&third) && !is_evicted(&fourth), "a place was given back");
    assert_eq!(unauthenticated.0.metrics.unauthenticated.get(), 3);
    assert_eq!(unauthenticated.0.metrics.evicted.get(), 1);
}

#[test]
fn ipv6_addresses_are_grouped_by_64() {
    let unauthenticated = unauthenticated(10, 1);
    let oldest = connect(&unauthenticated, "2001:db8:0:1::1");
    let other = connect(&unauthenticated, "2001:db8:0:2::1");
    let second = connect(&unauthenticated, "2001:db8:0:1:ffff::2");
    assert!(is_evicted(&oldest) && !is_evicted(&second) && !is_evicted(&other));
}

#[test]
fn at_the_overall_limit_the_largest_group_is_evicted_from() {
    let unauthenticated = unauthenticated(4, 3);
    let one = connect(&unauthenticated, "192.0.2.1");
    let many = ["192.0.2.2"; 3].map(|address| connect(&unauthenticated, address));
    let new = connect(&unauthenticated, "192.0.2.3");
    assert!(is_evicted(&many[0]) && !is_evicted(&one) && !is_evicted(&new));
    let another = connect(&unauthenticated, "192.0.2.4");
    assert!(is_evicted(&many[1]) && !is_evicted(&another));
    // All have one now: the oldest is evicted.
    let last = connect(&unauthenticated, "192.0.2.5");
    assert!(is_evicted(&one) && !is_evicted(&last) && !is_evicted(&many[2]));
}

#[test]
fn a_connection_with_a_request_in_flight_is_evicted_last() {
    let unauthenticated = unauthenticated(10, 2);
    let busy = connect(&unauthenticated, "192.0.2.1");
    let at_work = busy.begin_request();
    let silent = connect(&unauthenticated, "192.0.2.1");
    let third = connect(&unauthenticated, "192.0.2.1");
    assert!(is_evicted(&silent) && !is_evicted(&busy));
    let _at_work_too = third.begin_request();
    let fourth = connect(&unauthenticated, "192.0.2.1");
    assert!(is_evicted(&busy) && !is_evicted(&third) && !is_evicted(&fourth));
    drop(at_work);
    assert!(busy.has_sent_request() && !fourth.has_sent_request());
}

#[test]
fn an_authenticated_connection_takes_a_slot_if_there_is_one() {
    let unauthenticated = unauthenticated(10, 1);
    let known = connect(&unauthenticated, "192.0.2.1");
    known.mark_authenticated();
    known.mark_authenticated();
    let beyond = connect(&unauthenticated, "192.0.2.1");
    assert!(!is_evicted(&known));
    // The only slot is taken.
    beyond.mark_authenticated();
    let next = connect(&unauthenticated, "192.0.2.1");
    assert!(is_evicted(&beyond) && !is_evicted(&known));
    drop(known);
    next.mark_authenticated();
    let socket = connect(&unauthenticated, "192.0.2.1");
    socket.release();
    let last = connect(&unauthenticated, "192.0.2.1");
    assert!(!is_evicted(&next) && !is_evicted(&socket) && !is_evicted(&last));
}

#[test]
fn a_proxied_connection_counts_by_the_address_the_proxy_states() {
    let unauthenticated = unauthenticated(10, 1);
    let through = ["10.0.0.1"; 3].map(|address| connect(&unauthenticated, address));
    assert!(!through.iter().any(is_evicted), "the proxy speaks for many");
    let client: IpAddr = "192.0.2.1".parse().expect("an address");
    through[0].set_client_address(client);
    through[1].set_client_address(client);
    assert!(is_evicted(&through[0]) && !is_evicted(&through[1]));
    // An evicted connection cannot come back under another address.
    through[0].set_client_address("192.0.2.9".parse().expect("an address"));
    through[0].release();
    drop(through);
    assert_eq!(unauthenticated.pool().count, 0);
    assert!(unauthenticated.pool().groups.is_empty());
    assert_eq!(unauthenticated.0.metrics.unauthenticated.get(), 0);
}
