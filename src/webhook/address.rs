//! Where a webhook may go: to https addresses that are on the public internet. Pure.
//!
//! Endpoints are named by partners, and the server that sends to them stands inside a network. So no name or number may lead to that network, to
//! the machine itself or to anything that is not one machine on the internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// The longest address of an endpoint.
pub const LONGEST: usize = 2000;

/// What addresses an endpoint may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Whether private addresses and http may be used: for trying, and where all partners are on one private network.
    pub private_addresses: bool,
}

/// Why an address cannot be an endpoint's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not an address, or too long.
    #[error("It is not an address: https://, a host and a path, of at most 2000 characters.")]
    Form,
    /// Not https.
    #[error("It must begin with https://.")]
    Insecure,
    /// It has a user name, a password or a fragment in it.
    #[error("It must not have a user name, a password or a fragment (#) in it.")]
    Parts,
    /// It leads into a private network.
    #[error("It must lead to a machine on the internet, not to a private or special address.")]
    Private,
}

impl Guard {
    /// The address, if an endpoint may have it as far as its text tells. What a name leads to is looked at whenever it is used.
    pub fn url(self, text: &str) -> Result<Url, Refused> {
        if text.len() > LONGEST || text.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
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
            return Err(Refused::Parts);
        }
        // Whatever way a number was written in, the parser has made four or eight numbers of it.
        let number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let local = host.trim_end_matches('.').eq_ignore_ascii_case("localhost");
        if (local && !self.private_addresses) || number.is_ok_and(|number| !self.permits(number)) {
            return Err(Refused::Private);
        }
        Ok(url)
    }

    /// Whether a connection to that number may be made.
    pub fn permits(self, number: IpAddr) -> bool {
        self.private_addresses || is_public(number)
    }
}

/// Whether a number is one machine's on the public internet.
fn is_public(number: IpAddr) -> bool {
    match number {
        IpAddr::V4(number) => is_public_v4(number),
        IpAddr::V6(number) => is_public_v6(number),
    }
}

/// The blocks of version 4 that are not.
const NOT_PUBLIC_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // Shared by the customers of a carrier.
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Link-local, where clouds keep what their machines may know of themselves.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    // Relays to version 6.
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast, and all that is reserved, to the broadcast address.
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

fn is_public_v4(number: Ipv4Addr) -> bool {
    let number = number.to_bits();
    !NOT_PUBLIC_V4.iter().any(|(block, length)| {
        let block = Ipv4Addr::from_octets(*block).to_bits();
        (number ^ block) >> (32 - length) == 0
    })
}

fn is_public_v6(number: Ipv6Addr) -> bool {
    let parts = number.segments();
    // Numbers of version 4 in those of version 6: mapped ones, and what a translator at the edge of the network makes of them.
    let inside = match parts {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            let [.., a, b, c, d] = number.octets();
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    };
    if let Some(inside) = inside {
        return is_public_v4(inside);
    }
    // Of the rest only what is given out to single machines; and of that not protocols' own numbers (Teredo among them), documentation,
    // and 6to4, which leads to any number of version 4.
    let given_out = parts[0] & 0xe000 == 0x2000;
    let special = match parts[0] {
        0x2001 => parts[1] < 0x0200 || parts[1] == 0x0db8,
        0x2002 => true,
        0x3fff => parts[1] < 0x1000,
        _ => false,
    };
    given_out && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHUT: Guard = Guard {
        private_addresses: false,
    };
    const OPEN: Guard = Guard {
        private_addresses: true,
    };

    #[test]
    fn only_machines_on_the_internet_are_public() {
        for (number, public) in [
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
            let parsed: IpAddr = number.parse().expect("a number");
            assert_eq!(SHUT.permits(parsed), public, "{number}");
            assert!(OPEN.permits(parsed), "{number}");
        }
    }

    #[test]
    fn addresses_are_https_and_lead_outside() {
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
            ("https://user@hooks.example.org/", Err(Refused::Parts)),
            ("https://:secret@hooks.example.org/", Err(Refused::Parts)),
            ("https://hooks.example.org/#part", Err(Refused::Parts)),
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
            assert_eq!(SHUT.url(text).map(|_| ()), wanted, "{text}");
        }
        assert_eq!(
            SHUT.url(&format!("https://a.example/{}", "a".repeat(LONGEST))),
            Err(Refused::Form)
        );
        for text in ["http://127.0.0.1:8080/", "https://localhost/", "http://[::1]/"] {
            assert!(OPEN.url(text).is_ok(), "{text}");
        }
        for text in ["ftp://127.0.0.1/", "https://user@127.0.0.1/", ""] {
            assert!(OPEN.url(text).is_err(), "{text}");
        }
    }
}
