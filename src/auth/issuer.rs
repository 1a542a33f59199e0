//! The trusted issuers, and the agencies that each may speak for.

use std::{collections::BTreeSet, time::Duration};

use super::{
    keys::{Keys, KeysError},
    refusal::AuthRefusal,
};
use crate::{
    clock::Clock,
    config::{AgencyName, IssuerSettings, TokenAlgorithm, TokenBinding},
};

/// Why an issuer is refused at start.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// It may speak for no agency.
    #[error("issuer {0}: want at least one agency that it may speak for")]
    NoAgency(String),
    /// It may use no algorithm.
    #[error("issuer {0}: want at least one algorithm")]
    NoAlgorithm(String),
    /// Its keys cannot be read.
    #[error("issuer {0}: {1}")]
    Keys(String, #[source] KeysError),
    /// Two issuers have the same name.
    #[error("issuer {0} is given twice")]
    Twice(String),
    /// No issuer is trusted: nobody could be authenticated.
    #[error("no trusted issuer: configure an [[issuer]], or switch dev_issuer on")]
    None,
}

/// The agencies that an issuer may speak for.
#[derive(Clone, Debug)]
pub(super) enum Trust {
    /// All agencies: the development issuer only.
    AllAgencies,
    /// These agencies, and the portals of these.
    Named {
        agencies: BTreeSet<AgencyName>,
        portals: BTreeSet<AgencyName>,
    },
}

/// A trusted issuer of access tokens.
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    pub(super) name: String,
    pub(super) audience: String,
    pub(super) algorithms: BTreeSet<TokenAlgorithm>,
    pub(super) keys: Keys,
    pub(super) trust: Trust,
    pub(super) leeway: Duration,
    pub(super) max_lifetime: Duration,
    pub(super) binding: TokenBinding,
}

impl TrustedIssuer {
    /// The issuer of an `[[issuer]]` table. A key file is read now; a key URL is fetched when its first token
    /// comes.
    pub fn from_settings(settings: &IssuerSettings, clock: &Clock) -> Result<Self, IssuerError> {
        let name = settings.issuer.clone();
        if settings.agencies.is_empty() {
            return Err(IssuerError::NoAgency(name));
        }
        if settings.algorithms.is_empty() {
            return Err(IssuerError::NoAlgorithm(name));
        }
        let keys = Keys::open(
            &settings.keys,
            settings.algorithms.clone(),
            settings.refresh,
            clock.clone(),
        )
        .map_err(|error| IssuerError::Keys(name.clone(), error))?;
        Ok(Self {
            name,
            audience: settings.audience.clone(),
            algorithms: settings.algorithms.clone(),
            keys,
            trust: Trust::Named {
                agencies: settings.agencies.clone(),
                portals: settings.portals.clone(),
            },
            leeway: settings.leeway,
            max_lifetime: settings.max_lifetime,
            binding: settings.binding,
        })
    }

    /// The `iss` of its tokens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Refuses a token for an agency, or with a portal, that the issuer may not speak for.
    pub(super) fn check_trusted_for(
        &self,
        agency: &AgencyName,
        portal: Option<&AgencyName>,
    ) -> Result<(), AuthRefusal> {
        let Trust::Named { agencies, portals } = &self.trust else {
            return Ok(());
        };
        if !agencies.contains(agency) {
            return Err(AuthRefusal::AgencyNotTrusted);
        }
        match portal {
            Some(portal) if !agencies.contains(portal) && !portals.contains(portal) => {
                Err(AuthRefusal::PortalNotTrusted)
            }
            _ => Ok(()),
        }
    }
}
