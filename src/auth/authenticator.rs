//! Authenticates requests: from a request's headers to its caller, step by step, refusing at the first doubt.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{
    bearer::{self, Scheme},
    binding::Confirmation,
    claims::{Claims, PORTAL_ROLE},
    credentials::Credentials,
    directory::{AgencyEntry, Directory},
    issuer::{IssuerError, TrustedIssuer},
    jwks::KeyName,
    keys::KeyState,
    proof::Proof,
    refusal::AuthRefusal,
    replay_cache::ReplayCache,
    token::Unverified,
    token_cache::{self, TokenCache, Verified},
};
use crate::{
    clock::Clock,
    config::AgencyName,
    error::request_id,
    sharing::caller::{Caller, Party},
};

/// Most verified access tokens in the cache.
const CACHED_TOKENS: usize = 10_000;
/// Most `DPoP` proofs in the replay cache per minute, some 16 MiB.
const CACHED_PROOFS: usize = 300_000;

/// An authenticated caller, and the expiry of its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The caller.
    pub caller: Caller,
    /// The token's `exp`: a connection that lives longer must end then.
    pub expires_at: DateTime<Utc>,
    /// Whether the client may send registered documents only.
    pub only_registered: bool,
}

/// Authenticates requests. Clones share everything.
#[derive(Clone)]
pub struct Authenticator(Arc<Inner>);

struct Inner {
    issuers: Vec<TrustedIssuer>,
    directory: Arc<dyn Directory>,
    clock: Clock,
    token_cache: TokenCache,
    replay_cache: ReplayCache,
    token_bytes: usize,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.0.issuers.iter().map(TrustedIssuer::name).collect();
        formatter.debug_tuple("Authenticator").field(&names).finish()
    }
}

impl Authenticator {
    /// An authenticator that trusts these issuers. Refused: no issuer, or two of the same name.
    pub fn new(issuers: Vec<TrustedIssuer>, directory: Arc<dyn Directory>, clock: Clock) -> Result<Self, IssuerError> {
        Self::with_max_token_bytes(issuers, directory, clock, bearer::DEFAULT_MAX_TOKEN_BYTES)
    }

    /// The same, with a maximum token size in bytes.
    pub fn with_max_token_bytes(
        issuers: Vec<TrustedIssuer>,
        directory: Arc<dyn Directory>,
        clock: Clock,
        token_bytes: usize,
    ) -> Result<Self, IssuerError> {
        if issuers.is_empty() {
            return Err(IssuerError::None);
        }
        for (index, issuer) in issuers.iter().enumerate() {
            if issuers[..index].iter().any(|other| other.name == issuer.name) {
                return Err(IssuerError::Twice(issuer.name.clone()));
            }
        }
        Ok(Self(Arc::new(Inner {
            issuers,
            directory,
            clock,
            token_cache: TokenCache::new(CACHED_TOKENS),
            replay_cache: ReplayCache::new(CACHED_PROOFS),
            token_bytes,
        })))
    }

    /// Fetches every issuer's keys once, so that the first caller need not wait; failures are only logged.
    pub async fn warm_up(&self) {
        for issuer in &self.0.issuers {
            issuer.keys.current().await;
        }
    }

    /// Whether at least one issuer's keys are current. If none are, nobody can safely be authenticated. If
    /// some are, their users can, and another replica would have no newer keys.
    pub fn has_current_keys(&self) -> bool {
        self.0.issuers.iter().any(|issuer| issuer.keys.are_current())
    }

    /// Age of the oldest keys, in seconds; 0 if no keys ever change.
    pub fn oldest_keys(&self) -> u64 {
        let ages = self.0.issuers.iter().filter_map(|issuer| issuer.keys.age());
        ages.max()
            .map_or(0, |age| u64::try_from(age.num_seconds()).unwrap_or(0))
    }

    /// Authenticates a request.
    pub async fn sign_in(&self, credentials: &Credentials<'_>) -> Result<SignedIn, AuthRefusal> {
        let signed_in = async {
            let (scheme, token) = bearer::token(credentials.headers, self.0.token_bytes)?;
            // The proof is checked first: an error in it discloses nothing of the token.
            let proof = match scheme {
                Scheme::Bearer => None,
                Scheme::Dpop => Some(Proof::verify(credentials, token, self.0.clock.now().timestamp())?),
            };
            let verified = self.0.verified(token).await?;
            self.0.check_binding(&verified, credentials, proof.as_ref())?;
            self.0.signed_in(&verified, bearer::purpose(credentials.headers)?).await
        };
        let signed_in = signed_in.await;
        if let Err(refusal) = &signed_in {
            log_refusal(*refusal);
        }
        signed_in
    }
}

/// Logs the true cause of a refusal, and nothing of the token.
fn log_refusal(refusal: AuthRefusal) {
    tracing::info!(cause = refusal.log_code(), claim = refusal.claim(), "sign-in refused");
}

impl Inner {
    /// The claims of a token that is valid now, from the cache if possible.
    async fn verified(&self, token: &str) -> Result<Verified, AuthRefusal> {
        let hash = token_cache::hash(token);
        if let Some(verified) = self.token_cache.get(&hash) {
            let issuer = &self.issuers[verified.issuer];
            let still_valid = self.check(&verified.claims, issuer);
            let current = issuer.keys.current().await.version == verified.keys_version;
            if still_valid.is_ok() && current {
                return Ok(verified);
            }
            self.token_cache.remove(&hash);
            still_valid?;
        }
        let verified = self.verify(token).await?;
        self.token_cache.insert(hash, verified.clone());
        Ok(verified)
    }

    async fn verify(&self, token: &str) -> Result<Verified, AuthRefusal> {
        let token = Unverified::parse(token)?;
        let index = self
            .issuers
            .iter()
            .position(|issuer| issuer.name == token.issuer)
            .ok_or(AuthRefusal::IssuerUnknown)?;
        let issuer = &self.issuers[index];
        if !issuer.algorithms.contains(&token.algorithm) {
            return Err(AuthRefusal::AlgorithmNotAllowed);
        }
        let mut keys = issuer.keys.current().await;
        if !has_key(&keys, &token.key) {
            keys = issuer.keys.refresh_for_unknown_key().await;
        }
        let set = keys.set.ok_or(AuthRefusal::KeysUnavailable)?;
        let key = set.get(&token.key).ok_or(AuthRefusal::KeyUnknown)?;
        let claims = Claims::read(&token.verify(key)?)?;
        self.check(&claims, issuer)?;
        let portal = claims.actor.as_ref().map(|actor| agency_name(&claims, &actor.agency));
        issuer.check_trusted_for(&agency_name(&claims, &claims.agency), portal.as_ref())?;
        Ok(Verified {
            claims: Arc::new(claims),
            issuer: index,
            keys_version: keys.version,
        })
    }

    /// Refuses a token bound to another client, and a replayed proof.
    fn check_binding(
        &self,
        verified: &Verified,
        credentials: &Credentials<'_>,
        proof: Option<&Proof>,
    ) -> Result<(), AuthRefusal> {
        let required = self.issuers[verified.issuer].binding;
        let check_binding = verified.claims.confirmation.as_ref();
        let key = proof.map(|proof| &proof.key);
        Confirmation::check(check_binding, required, key, credentials.certificate.as_ref())?;
        match proof {
            None => Ok(()),
            Some(proof) => {
                self.replay_cache
                    .check_and_record(&proof.id, self.clock.now().timestamp(), credentials.dry_run)
            }
        }
    }

    fn check(&self, claims: &Claims, issuer: &TrustedIssuer) -> Result<(), AuthRefusal> {
        let now = self.clock.now().timestamp();
        claims.check(&issuer.audience, now, issuer.leeway, issuer.max_lifetime)
    }

    /// The caller named by the claims, with its agencies as the register has them, for one purpose.
    async fn signed_in(&self, verified: &Verified, purpose: Option<&str>) -> Result<SignedIn, AuthRefusal> {
        let claims = &*verified.claims;
        let agency = self
            .look_up_agency(&claims.authority, &claims.agency, &claims.client)
            .await?
            .ok_or(AuthRefusal::AgencyUnknown)?;
        let authority = agency.authority;
        // With a portal, the portal is the client; the user's own client need not be registered.
        let mut only_registered = agency.only_registered;
        let portal = match &claims.actor {
            None => None,
            Some(actor) => {
                let entry = self
                    .look_up_agency(&claims.authority, &actor.agency, &actor.client)
                    .await?
                    .filter(|entry| entry.authority == authority)
                    .ok_or(AuthRefusal::PortalUnknown)?;
                only_registered = entry.only_registered;
                Some(party(entry, &actor.agency, PORTAL_ROLE, &actor.subject))
            }
        };
        let client = claims.actor.as_ref().map_or(&claims.client, |actor| &actor.client);
        let caller = Caller {
            authority,
            authority_code: claims.authority.clone(),
            principal: party(agency, &claims.agency, &claims.role, &claims.subject),
            portal,
            client: client.clone(),
            purpose: selected_purpose(&claims.purposes, purpose)?.to_owned(),
            purposes: claims.purposes.clone(),
        };
        Ok(SignedIn {
            caller,
            expires_at: DateTime::from_timestamp(claims.expires_at, 0).ok_or(AuthRefusal::ClaimMalformed("exp"))?,
            only_registered,
        })
    }

    async fn look_up_agency(
        &self,
        authority: &str,
        agency: &str,
        client: &str,
    ) -> Result<Option<AgencyEntry>, AuthRefusal> {
        self.directory.agency(authority, agency, client).await.map_err(|error| {
            tracing::error!(%error, request_id = request_id::current(), "sign-in is not possible");
            AuthRefusal::DirectoryUnavailable
        })
    }
}

fn has_key(keys: &KeyState, name: &KeyName) -> bool {
    keys.set.as_ref().is_some_and(|set| set.get(name).is_some())
}

fn agency_name(claims: &Claims, agency: &str) -> AgencyName {
    AgencyName {
        authority: claims.authority.clone(),
        agency: agency.to_owned(),
    }
}

fn party(entry: AgencyEntry, code: &str, role: &str, subject: &str) -> Party {
    Party {
        agency: entry.agency,
        agency_code: code.to_owned(),
        agency_kind: entry.kind,
        role: role.to_owned(),
        subject: subject.to_owned(),
    }
}

/// The purpose named by the request, or else the token's only one.
fn selected_purpose<'a>(allowed: &'a [String], named: Option<&str>) -> Result<&'a str, AuthRefusal> {
    match (named, allowed) {
        (Some(named), _) => allowed
            .iter()
            .find(|purpose| *purpose == named)
            .map(String::as_str)
            .ok_or(AuthRefusal::PurposeNotAllowed),
        (None, [only]) => Ok(only),
        (None, _) => Err(AuthRefusal::PurposeRequired),
    }
}
