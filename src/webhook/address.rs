//! Which addresses webhooks may be sent to: https on the public internet (a guard against server-side request
//! forgery). Pure.
//!
//! Partners choose the endpoints, and the server is inside a network. So no host name or IP address may lead
//! to that network, to the server itself or to anything that is not a single host on the internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// The longest address of an endpoint, in characters.
pub const MAX_LENGTH: usize = 2000;

/// The rules for endpoint addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Whether private addresses and http are allowed: for trials, and where all partners are on one private
    /// network.
    pub private_addresses: bool,
}

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a valid address, or too long.
    #[error("It is not an address: https://, a host and a path, of at most 2000 characters.")]
    Form,
    /// Not https.
    #[error("It must begin with https://.")]
    Insecure,
    /// It contains a user name, a password or a fragment.
    #[error("It must not have a user name, a password or a fragment (#) in it.")]
    Context,
    /// It leads into a private network.
    #[error("It must lead to a machine on the internet, not to a private or special address.")]
    Private,
}

impl Guard {
    /// Parses an address, if its text is allowed. What a host name resolves to is checked whenever it is
    /// used.
    pub fn url(self, text: &str) -> Result<Url, Refused> {
        if text.len() > MAX_LENGTH || text.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
            return Err(Refused::Form);
        }
        let url = Url::parse(text).map_err(|_| Refused::Form)?;
        match url.scheme() {
            "https" => {}
            "http" if self.private_addresses => {}
            "http" => return Err(Refused::Insecure),
            _ => return Err(Refused::Form),
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(Refused::Form)?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(Refused::Context);
        }
        // However an IP address was written, the parser has normalised it.
        let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let local = host.trim_end_matches('.').eq_ignore_ascii_case("localhost");
        if (local && !self.private_addresses) || ip.is_ok_and(|ip| !self.permits(ip)) {
            return Err(Refused::Private);
        }
        Ok(url)
    }

    /// Whether a connection to this IP address is allowed.
    pub fn permits(self, ip: IpAddr) -> bool {
        self.private_addresses || is_public(ip)
    }
}

/// Whether an IP address belongs to a single host on the public internet.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// The IPv4 blocks that are not public.
const NOT_PUBLIC_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // Carrier-grade NAT.
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Link-local, including the metadata services of cloud providers.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    // 6to4 relay anycast.
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast, and everything reserved, up to the broadcast address.
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let ip = ip.to_bits();
    !NOT_PUBLIC_V4.iter().any(|(block, length)| {
        let block = Ipv4Addr::from_octets(*block).to_bits();
        (ip ^ block) >> (32 - length) == 0
    })
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let context = ip.segments();
    // IPv4 addresses inside IPv6: mapped ones, and those of NAT64.
    let embedded = match context {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            let [.., a, b, c, d] = ip.octets();
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    };
    if let Some(embedded) = embedded {
        return is_public_v4(embedded);
    }
    // Otherwise only global unicast; and of that not the protocol assignments (Teredo among them),
    // documentation, or 6to4, which leads to any IPv4 address.
    let global = context[0] & 0xe000 == 0x2000;
    let special = match context[0] {
        0x2001 => context[1] < 0x0200 || context[1] == 0x0db8,
        0x2002 => true,
        0x3fff => context[1] < 0x1000,
        _ => false,
    };
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Guard = Guard {
        private_addresses: false,
    };
    const LENIENT: Guard = Guard {
        private_addresses: true,
    };

    #[test]
    fn only_hosts_on_the_internet_are_public() {
        for (ip, public) in [
            ("8.8.8.8", true),
            ("1.1.1.1", true),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("9.255.255.255", true),
            ("10.0.0.0", false),
            ("10.255.255.255", false),
            ("11.0.0.0", true),
            ("100.63.255.255", true),
            ("100.64.0.0", false),
            ("100.127.255.255", false),
            ("100.128.0.0", true),
            ("126.255.255.255", true),
            ("127.0.0.1", false),
            ("127.255.255.255", false),
            ("128.0.0.0", true),
            ("169.253.255.255", true),
            ("169.254.169.254", false),
            ("169.255.0.0", true),
            ("172.15.255.255", true),
            ("172.16.0.0", false),
            ("172.31.255.255", false),
            ("172.32.0.0", true),
            ("192.0.0.8", false),
            ("192.0.1.0", true),
            ("192.0.2.1", false),
            ("192.88.99.1", false),
            ("192.167.255.255", true),
            ("192.168.0.0", false),
            ("192.169.0.0", true),
            ("198.17.255.255", true),
            ("198.18.0.0", false),
            ("198.19.255.255", false),
            ("198.20.0.0", true),
            ("198.51.100.7", false),
            ("203.0.113.7", false),
            ("223.255.255.255", true),
            ("224.0.0.1", false),
            ("239.255.255.255", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700::1111", true),
            ("2a00:1450::1", true),
            ("3ffe::1", true),
            ("3fff::1", false),
            ("3fff:1000::1", true),
            ("::", false),
            ("::1", false),
            ("::8.8.8.8", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.1.2.3", false),
            ("::ffff:169.254.169.254", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b::a9fe:a9fe", false),
            ("64:ff9b::808:808", true),
            ("64:ff9b:1::808:808", false),
            ("100::1", false),
            ("2001::1", false),
            ("2001:1ff::1", false),
            ("2001:200::1", true),
            ("2001:db8::1", false),
            ("2001:db9::1", true),
            ("2002:7f00:1::", false),
            ("2002:808:808::", false),
            ("fc00::1", false),
            ("fdff::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
            ("5f00::1", false),
            ("4000::1", false),
        ] {
            let parsed: IpAddr = ip.parse().expect("a number");
            assert_eq!(STRICT.permits(parsed), public, "{ip}");
            assert!(LENIENT.permits(parsed), "{ip}");
        }
    }

    #[test]
    fn addresses_are_https_and_public() {
        for (text, wanted) in [
            ("https://hooks.example.org/contacts?key=1", Ok(())),
            ("https://hooks.example.org:8443/", Ok(())),
            ("https://8.8.8.8/", Ok(())),
            ("http://hooks.example.org/", Err(Refused::Insecure)),
            ("ftp://hooks.example.org/", Err(Refused::Form)),
            ("file:///etc/passwd", Err(Refused::Form)),
            ("hooks.example.org", Err(Refused::Form)),
            ("", Err(Refused::Form)),
            ("https://", Err(Refused::Form)),
            ("https://hooks.example.org/a b", Err(Refused::Form)),
            ("https://hooks.example.org/\u{0}", Err(Refused::Form)),
            ("https://user@hooks.example.org/", Err(Refused::Context)),
            ("https://:secret@hooks.example.org/", Err(Refused::Context)),
            ("https://hooks.example.org/#part", Err(Refused::Context)),
            ("https://localhost/", Err(Refused::Private)),
            ("https://LOCALHOST./", Err(Refused::Private)),
            ("https://127.0.0.1/", Err(Refused::Private)),
            ("https://2130706433/", Err(Refused::Private)),
            ("https://0x7f.1/", Err(Refused::Private)),
            ("https://0177.0.0.1/", Err(Refused::Private)),
            ("https://①②⑦.0.0.1/", Err(Refused::Private)),
            ("https://127.0.0.1./", Err(Refused::Private)),
            ("https://[::1]/", Err(Refused::Private)),
            ("https://[::ffff:127.0.0.1]/", Err(Refused::Private)),
            ("https://[fd00::1]:8443/", Err(Refused::Private)),
            ("https://169.254.169.254/latest", Err(Refused::Private)),
        ] {
            assert_eq!(STRICT.url(text).map(|_| ()), wanted, "{text}");
        }
        assert_eq!(
            STRICT.url(&format!("https://a.example/{}", "a".repeat(MAX_LENGTH))),
            Err(Refused::Form)
        );
        for text in ["http://127.0.0.1:8080/", "https://localhost/", "http://[::1]/"] {
            assert!(LENIENT.url(text).is_ok(), "{text}");
        }
        for text in ["ftp://127.0.0.1/", "https://user@127.0.0.1/", ""] {
            assert!(LENIENT.url(text).is_err(), "{text}");
        }
    }
}
