//! How clients reach the server: by which address, with TLS or through proxies, and from which pages.

use std::{net::IpAddr, path::PathBuf};

use ipnet::IpNet;

use super::{error::ConfigError, issuer::is_loopback_host, source::Given};

/// The files of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Certificates, the server's own first.
    pub certificate: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
    /// Who vouches for clients' certificates. Without it clients are not asked for one.
    pub client_ca: Option<PathBuf>,
}

/// How clients reach the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transport {
    /// Where clients find it, without a slash at the end; where it listens if this is not said.
    pub public_url: Option<String>,
    /// TLS in the process.
    pub tls: Option<Tls>,
    /// Proxies that may say which certificate a client showed.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they say so, in lower case.
    pub certificate_header: Option<String>,
    /// Origins whose pages may ask from a browser, as browsers name them.
    pub cors_origins: Vec<String>,
}

impl Transport {
    pub(super) fn read(given: &Given) -> Result<Self, ConfigError> {
        let file = |name| {
            given.get(name, "a file", |text| {
                (!text.contains('\0')).then(|| PathBuf::from(text))
            })
        };
        let tls = match (file("tls_certificate")?, file("tls_key")?, file("tls_client_ca")?) {
            (Some(certificate), Some(key), client_ca) => Some(Tls {
                certificate,
                key,
                client_ca,
            }),
            (None, None, None) => None,
            (None, _, _) => {
                return Err(ConfigError::new(
                    "tls_certificate",
                    "want a file, since other files of TLS are given",
                ));
            }
            (_, None, _) => {
                return Err(ConfigError::new(
                    "tls_key",
                    "want a file, since there is a tls_certificate",
                ));
            }
        };
        let trusted_proxies = given
            .get(
                "trusted_proxies",
                "addresses and networks such as 10.0.0.7, 10.1.0.0/16",
                |text| list(text, proxy),
            )?
            .unwrap_or_default();
        let certificate_header = given.get(
            "client_certificate_header",
            "a header's name such as Client-Cert",
            |text| {
                let is_name =
                    !text.is_empty() && text.len() <= 60 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                is_name.then(|| text.to_ascii_lowercase())
            },
        )?;
        if certificate_header.is_some() && trusted_proxies.is_empty() {
            return Err(ConfigError::new(
                "trusted_proxies",
                "want at least one address, since anybody else could set the client_certificate_header",
            ));
        }
        Ok(Self {
            public_url: given.get(
                "public_url",
                "https://HOST or http://HOST, perhaps with a port and a path",
                public_url,
            )?,
            tls,
            trusted_proxies,
            certificate_header,
            cors_origins: given
                .get(
                    "cors_origins",
                    "origins such as https://portal.example, or http ones on this machine",
                    |text| list(text, origin),
                )?
                .unwrap_or_default(),
        })
    }
}

/// The items of a list that is separated by commas; an empty one is none at all.
fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    text.split(',').map(|item| read(item.trim())).collect()
}

fn proxy(text: &str) -> Option<IpNet> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address.or_else(|_| text.parse::<IpNet>().map(|net| net.trunc())).ok()
}

fn public_url(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let known = matches!(url.scheme(), "http" | "https") && url.has_host();
    (plain && known).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// An origin exactly as browsers write it: nothing else would ever be equal to theirs.
fn origin(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    let safe = match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => is_loopback_host(host),
        _ => false,
    };
    (safe && url.origin().ascii_serialization() == text).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> Result<Transport, ConfigError> {
        Transport::read(&Given::from_toml(file)?)
    }

    #[test]
    fn nothing_is_trusted_and_nobody_named_unless_set() {
        assert_eq!(read(""), Ok(Transport::default()));
        assert_eq!(
            read("trusted_proxies = []\ncors_origins = \"\""),
            Ok(Transport::default())
        );
    }

    #[test]
    fn lists_and_addresses_are_read_as_they_are_meant() {
        let given = read(
            "trusted_proxies = [\"10.0.0.7\", \"10.1.2.3/16\", \"::1\"]\nclient_certificate_header = \"Client-Cert\"\n\
             cors_origins = [\"https://portal.example\", \"http://localhost:5173\"]\npublic_url = \"https://TF.example:443/a/\"",
        )
        .unwrap();
        let proxies: Vec<String> = given.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(proxies, ["10.0.0.7/32", "10.1.0.0/16", "::1/128"]);
        assert_eq!(given.certificate_header.as_deref(), Some("client-cert"));
        assert_eq!(given.cors_origins, ["https://portal.example", "http://localhost:5173"]);
        assert_eq!(given.public_url.as_deref(), Some("https://tf.example/a"));
    }

    #[test]
    fn what_would_not_be_safe_or_never_fit_is_refused() {
        for (file, setting) in [
            ("trusted_proxies = [\"proxy.example\"]", "trusted_proxies"),
            ("trusted_proxies = [\"10.0.0.0/33\"]", "trusted_proxies"),
            ("trusted_proxies = [\"10.0.0.1\", \"\"]", "trusted_proxies"),
            ("client_certificate_header = \"Client-Cert\"", "trusted_proxies"),
            (
                "client_certificate_header = \"Client Cert\"",
                "client_certificate_header",
            ),
            ("cors_origins = [\"*\"]", "cors_origins"),
            ("cors_origins = [\"https://portal.example:443\"]", "cors_origins"),
            ("cors_origins = [\"http://portal.example\"]", "cors_origins"),
            ("public_url = \"thinkfamily.example\"", "public_url"),
            ("public_url = \"https://me@thinkfamily.example\"", "public_url"),
            ("public_url = \"https://thinkfamily.example/?a\"", "public_url"),
            ("tls_certificate = \"a.pem\"", "tls_key"),
            ("tls_client_ca = \"a.pem\"", "tls_certificate"),
        ] {
            assert_eq!(read(file).unwrap_err().setting, setting, "{file}");
        }
    }
}
