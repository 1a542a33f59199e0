//! The settings of one trusted token issuer: an `[[issuer]]` table of the configuration file.

use std::{collections::BTreeSet, fmt, net::IpAddr, path::PathBuf, str::FromStr, time::Duration};

use serde::Deserialize;

use super::error::ConfigError;

/// Largest clock skew that may be configured for an issuer, in seconds: the default of the most widely used
/// libraries.
const MAX_LEEWAY_SECONDS: u32 = 300;

/// The signature algorithms that tokens may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenAlgorithm {
    /// RSA PKCS #1 v1.5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl TokenAlgorithm {
    /// The name in a token's header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm with exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256, Self::EdDsa]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

/// How an issuer's tokens must be bound, so that only the client they were issued to can use them
/// (sender-constrained tokens).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenBinding {
    /// Binding is optional; a bound token must still be proved.
    #[default]
    Optional,
    /// Bound to a key or a certificate.
    Required,
    /// Bound to a key, proved by `DPoP` (RFC 9449).
    Dpop,
    /// Bound to a client certificate (RFC 8705).
    Certificate,
}

impl TokenBinding {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "optional" => Some(Self::Optional),
            "required" => Some(Self::Required),
            "dpop" => Some(Self::Dpop),
            "certificate" => Some(Self::Certificate),
            _ => None,
        }
    }
}

/// An agency, by its authority's code and its own: `cambridgeshire/cambs-police`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgencyName {
    /// The authority's code.
    pub authority: String,
    /// The agency's code within the authority.
    pub agency: String,
}

impl fmt::Display for AgencyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.authority, self.agency)
    }
}

impl FromStr for AgencyName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (authority, agency) = text.split_once('/').ok_or(())?;
        let code = |text: &str| {
            (1..=200).contains(&text.len())
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        (code(authority) && code(agency))
            .then(|| Self {
                authority: authority.to_owned(),
                agency: agency.to_owned(),
            })
            .ok_or(())
    }
}

/// Where an issuer's public keys are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyLocation {
    /// A JWKS file.
    File(PathBuf),
    /// A JWKS URL: https, or http on this machine.
    Address(String),
}

/// One trusted issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerSettings {
    /// The `iss` of its tokens, compared as text.
    pub issuer: String,
    /// The audience that its tokens must name.
    pub audience: String,
    /// The algorithms its tokens may use.
    pub algorithms: BTreeSet<TokenAlgorithm>,
    /// Where its keys are read from.
    pub keys: KeyLocation,
    /// The agencies it may speak for.
    pub agencies: BTreeSet<AgencyName>,
    /// The agencies whose portals may act in its tokens, besides those it may speak for.
    pub portals: BTreeSet<AgencyName>,
    /// Allowed clock skew.
    pub leeway: Duration,
    /// Longest remaining lifetime of a token.
    pub max_lifetime: Duration,
    /// Interval at which its keys are fetched again.
    pub refresh: Duration,
    /// How its tokens must be bound.
    pub binding: TokenBinding,
}

/// An `[[issuer]]` table as it is in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssuerTable {
    issuer: String,
    audience: Option<String>,
    algorithms: Vec<String>,
    jwks_file: Option<PathBuf>,
    jwks_address: Option<String>,
    agencies: Vec<String>,
    #[serde(default)]
    portals: Vec<String>,
    leeway_seconds: Option<u32>,
    longest_life_minutes: Option<u32>,
    refresh_minutes: Option<u32>,
    binding: Option<String>,
}

impl IssuerTable {
    /// Validates the table, the `index`-th (from 1) of the file.
    pub(super) fn read(self, index: usize, audience: &str) -> Result<IssuerSettings, ConfigError> {
        let refused = |key: &str, wanted: &str| ConfigError::new(format!("issuer[{index}].{key}"), wanted);
        if !is_name(&self.issuer) {
            return Err(refused(
                "issuer",
                "want the issuer's `iss` text, 1 to 200 characters without spaces",
            ));
        }
        let algorithms: Option<BTreeSet<_>> = self
            .algorithms
            .iter()
            .map(|name| TokenAlgorithm::from_name(name))
            .collect();
        let algorithms = algorithms
            .filter(|all| !all.is_empty())
            .ok_or_else(|| refused("algorithms", "want one or more of \"RS256\", \"ES256\", \"EdDSA\""))?;
        let keys = match (self.jwks_file, self.jwks_address) {
            (Some(file), None) => KeyLocation::File(file),
            (None, Some(address)) if is_key_address(&address) => KeyLocation::Address(address),
            (None, Some(_)) => {
                return Err(refused(
                    "jwks_address",
                    "want an https address, or an http one on this machine",
                ));
            }
            _ => return Err(refused("jwks_file", "want exactly one of jwks_file and jwks_address")),
        };
        let agencies = |key: &str, names: &[String]| {
            names
                .iter()
                .map(|name| name.parse().ok())
                .collect::<Option<BTreeSet<AgencyName>>>()
                .ok_or_else(|| refused(key, "want a list of \"authority/agency\""))
        };
        let portals = agencies("portals", &self.portals)?;
        let agencies = agencies("agencies", &self.agencies)?;
        if agencies.is_empty() {
            return Err(refused(
                "agencies",
                "want at least one \"authority/agency\" that it may speak for",
            ));
        }
        let binding = match self.binding.as_deref() {
            None => TokenBinding::default(),
            Some(name) => TokenBinding::from_name(name).ok_or_else(|| {
                refused(
                    "binding",
                    "want \"optional\", \"required\", \"dpop\" or \"certificate\"",
                )
            })?,
        };
        let audience = self.audience.unwrap_or_else(|| audience.to_owned());
        if !is_name(&audience) {
            return Err(refused("audience", "want 1 to 200 characters without spaces"));
        }
        let within = |key: &str, value: Option<u32>, default: u32, most: u32, least: u32| match value.unwrap_or(default)
        {
            value if (least..=most).contains(&value) => Ok(u64::from(value)),
            _ => Err(refused(key, &format!("want a whole number from {least} to {most}"))),
        };
        Ok(IssuerSettings {
            issuer: self.issuer,
            audience,
            algorithms,
            keys,
            agencies,
            portals,
            leeway: Duration::from_secs(within("leeway_seconds", self.leeway_seconds, 5, MAX_LEEWAY_SECONDS, 0)?),
            max_lifetime: Duration::from_secs(
                60 * within("longest_life_minutes", self.longest_life_minutes, 1440, 10_080, 1)?,
            ),
            refresh: Duration::from_secs(60 * within("refresh_minutes", self.refresh_minutes, 10, 1440, 1)?),
            binding,
        })
    }
}

/// Whether a text is a valid name of an issuer or an audience.
pub(super) fn is_name(text: &str) -> bool {
    (1..=200).contains(&text.chars().count()) && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// Whether keys may be fetched from this URL: https, or http on a loopback address; no user name, no
/// fragment.
pub fn is_key_address(address: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(address) else {
        return false;
    };
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return false;
    }
    match (url.scheme(), url.host_str()) {
        ("https", Some(host)) => !host.is_empty(),
        ("http", Some(host)) => is_loopback_host(host),
        _ => false,
    }
}

/// Whether a host is the loopback interface.
pub(super) fn is_loopback_host(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
