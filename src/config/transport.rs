//! The transport settings: public URL, TLS, trusted proxies and CORS origins.

use std::{net::IpAddr, path::PathBuf};

use ipnet::IpNet;

use super::{error::ConfigError, issuer::is_loopback_host, source::RawSettings};

/// The TLS files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
    /// The CA certificates for client certificates. Without them clients are not asked for one.
    pub client_ca: Option<PathBuf>,
}

/// How clients reach the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transport {
    /// The public base URL, without a slash at the end; the listen address by default.
    pub public_url: Option<String>,
    /// TLS, if the server terminates it.
    pub tls: Option<Tls>,
    /// Trusted proxies: they may state a client's address and certificate.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they pass the client certificate, in lower case.
    pub certificate_header: Option<String>,
    /// Origins allowed by CORS, as browsers write them.
    pub cors_origins: Vec<String>,
}

impl Transport {
    pub(super) fn read(settings: &RawSettings) -> Result<Self, ConfigError> {
        let file = |name| {
            settings.get(name, "a file", |text| {
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
        let trusted_proxies = settings
            .get(
                "trusted_proxies",
                "addresses and networks such as 10.0.0.7, 10.1.0.0/16",
                |text| list(text, proxy),
            )?
            .unwrap_or_default();
        let certificate_header = settings.get(
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
            public_url: settings.get(
                "public_url",
                "https://HOST or http://HOST, perhaps with a port and a path",
                public_url,
            )?,
            tls,
            trusted_proxies,
            certificate_header,
            cors_origins: settings
                .get(
                    "cors_origins",
                    "origins such as https://portal.example, or http ones on this machine",
                    |text| list(text, origin),
                )?
                .unwrap_or_default(),
        })
    }
}

/// Parses a list separated by commas; an empty text is an empty list.
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
    let supported = matches!(url.scheme(), "http" | "https") && url.has_host();
    (plain && supported).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// An origin exactly as browsers serialise it: any other spelling would never match.
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
        Transport::read(&RawSettings::from_toml(file)?)
    }

    #[test]
    fn no_proxy_or_origin_is_trusted_by_default() {
        assert_eq!(read(""), Ok(Transport::default()));
        assert_eq!(
            read("trusted_proxies = []\ncors_origins = \"\""),
            Ok(Transport::default())
        );
    }

    #[test]
    fn lists_and_addresses_are_normalised() {
        let settings = read(
            "trusted_proxies = [\"10.0.0.7\", \"10.1.2.3/16\", \"::1\"]\nclient_certificate_header = \"Client-Cert\"\n\
             cors_origins = [\"https://portal.example\", \"http://localhost:5173\"]\npublic_url = \"https://TF.example:443/a/\"",
        )
        .unwrap();
        let proxies: Vec<String> = settings.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(proxies, ["10.0.0.7/32", "10.1.0.0/16", "::1/128"]);
        assert_eq!(settings.certificate_header.as_deref(), Some("client-cert"));
        assert_eq!(
            settings.cors_origins,
            ["https://portal.example", "http://localhost:5173"]
        );
        assert_eq!(settings.public_url.as_deref(), Some("https://tf.example/a"));
    }

    #[test]
    fn unsafe_or_useless_values_are_refused() {
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
