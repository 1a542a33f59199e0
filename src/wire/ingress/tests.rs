//! Tests of `ingress`.

use super::*;

fn ingress() -> Ingress {
    Ingress {
        proxies: ["10.0.0.7/32", "192.168.0.0/16"]
            .map(|net| net.parse().expect("a network"))
            .to_vec(),
        certificate_header: Some(HeaderName::from_static("client-cert")),
        ..Ingress::default()
    }
}

fn seen(address: &str, own: Option<Thumbprint>, values: &[&str]) -> Option<Thumbprint> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append("client-cert", value.parse().expect("a value"));
    }
    let peer = Peer {
        address: address.parse().expect("an address"),
        certificate: own,
    };
    ingress().certificate(Some(&peer), &headers)
}

#[test]
fn only_a_trusted_proxy_says_which_certificate_the_client_showed() {
    let expected = Some(thumbprint(b"abc"));
    for proxy in ["10.0.0.7", "192.168.77.1", "::ffff:10.0.0.7"] {
        assert_eq!(seen(proxy, None, &[":YWJj:"]), expected, "{proxy}");
    }
    for other in ["10.0.0.8", "127.0.0.1", "::1", "::ffff:10.0.0.8"] {
        assert_eq!(seen(other, None, &[":YWJj:"]), None, "{other}");
        assert_eq!(seen(other, Some([7; 32]), &[":YWJj:"]), Some([7; 32]), "{other}");
    }
    assert_eq!(ingress().certificate(None, &HeaderMap::new()), None);
}

#[test]
fn a_trusted_proxy_says_whom_it_speaks_for() {
    let expected = |peer: &str, values: &[&str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", value.parse().expect("a value"));
        }
        let peer = Peer {
            address: peer.parse().expect("an address"),
            certificate: None,
        };
        ingress()
            .client(Some(&peer), &headers)
            .map(|address| address.to_string())
    };
    for (values, client) in [
        (&["192.0.2.1"][..], Some("192.0.2.1")),
        (&["2001:db8::1"], Some("2001:db8::1")),
        // What the client wrote itself stands before what the proxies appended.
        (&["203.0.113.9, 192.0.2.1"], Some("192.0.2.1")),
        (&["203.0.113.9", "192.0.2.1,192.168.1.1"], Some("192.0.2.1")),
        (&["192.168.1.1"], None),
        (&["unknown"], None),
        (&["192.0.2.1, unknown"], None),
        (&[""], None),
        (&[], None),
    ] {
        assert_eq!(expected("10.0.0.7", values).as_deref(), client, "{values:?}");
        assert_eq!(expected("10.0.0.8", values), None, "{values:?}");
    }
}

#[test]
fn a_proxys_own_certificate_is_not_the_clients() {
    assert_eq!(seen("10.0.0.7", Some([7; 32]), &[]), None);
}

#[test]
fn what_is_not_one_certificate_is_none() {
    for values in [
        &["YWJj"][..],
        &[":YWJj"],
        &["::"],
        &[":YWJ:"],
        &[":YW Jj:"],
        &[":YWJj:, :YWJj:"],
        &[":YWJj:;a=1"],
        &[":YWJj:", ":YWJj:"],
    ] {
        assert_eq!(seen("10.0.0.7", Some([7; 32]), values), None, "{values:?}");
    }
}
