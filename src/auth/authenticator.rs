//! From a request's headers to its caller, step by step, refusing at the first doubt.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{
    asking::Asking,
    bearer::{self, Scheme},
    binding::Confirmation,
    cache::{self, TokenCache, Verified},
    claims::{Claims, PORTAL_ROLE},
    directory::{AgencyEntry, Directory},
    issuer::{IssuerError, TrustedIssuer},
    jwks::KeyName,
    keys::Known,
    proof::Proof,
    refusal::AuthRefusal,
    replays::Replays,
    token::Unverified,
};
use crate::{
    clock::Clock,
    config::AgencyName,
    error::request_id,
    sharing::caller::{Caller, Party},
};

/// Most verified tokens that are remembered.
const REMEMBERED_TOKENS: usize = 10_000;
/// Most proofs that are remembered of a minute, some 16 MiB of them.
const REMEMBERED_PROOFS: usize = 300_000;

/// A caller, and until when the token holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who is asking.
    pub caller: Caller,
    /// The token's `exp`: a connection that lives longer must end then.
    pub expires_at: DateTime<Utc>,
    /// Whether the client may send registered documents only.
    pub only_registered: bool,
}

/// Tells who is asking. Clones share everything.
#[derive(Clone)]
pub struct Authenticator(Arc<Inner>);

struct Inner {
    issuers: Vec<TrustedIssuer>,
    directory: Arc<dyn Directory>,
    clock: Clock,
    cache: TokenCache,
    replays: Replays,
    token_bytes: usize,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.0.issuers.iter().map(TrustedIssuer::name).collect();
        formatter.debug_tuple("Authenticator").field(&names).finish()
    }
}

impl Authenticator {
    /// An authenticator that believes these issuers. Refused: none at all, or two of one name.
    pub fn new(issuers: Vec<TrustedIssuer>, directory: Arc<dyn Directory>, clock: Clock) -> Result<Self, IssuerError> {
        Self::within(issuers, directory, clock, bearer::TOKEN_BYTES)
    }

    /// The same for tokens of at most so many bytes.
    pub fn within(
        issuers: Vec<TrustedIssuer>,
        directory: Arc<dyn Directory>,
        clock: Clock,
        token_bytes: usize,
    ) -> Result<Self, IssuerError> {
        if issuers.is_empty() {
            return Err(IssuerError::None);
        }
        for (at, issuer) in issuers.iter().enumerate() {
            if issuers[..at].iter().any(|other| other.name == issuer.name) {
                return Err(IssuerError::Twice(issuer.name.clone()));
            }
        }
        Ok(Self(Arc::new(Inner {
            issuers,
            directory,
            clock,
            cache: TokenCache::new(REMEMBERED_TOKENS),
            replays: Replays::new(REMEMBERED_PROOFS),
            token_bytes,
        })))
    }

    /// Asks every key address once, so that the first caller need not wait; failures are logged only.
    pub async fn warm_up(&self) {
        for issuer in &self.0.issuers {
            issuer.keys.current().await;
        }
    }

    /// Whether the keys of one issuer at least were read lately. Where they were of none, nobody could safely sign in; where of some, the others' people can,
    /// and another server has no newer ones.
    pub fn has_current_keys(&self) -> bool {
        self.0.issuers.iter().any(|issuer| issuer.keys.are_current())
    }

    /// How long ago the keys were read that are oldest, in seconds; nothing where none change.
    pub fn oldest_keys(&self) -> u64 {
        let ages = self.0.issuers.iter().filter_map(|issuer| issuer.keys.age());
        ages.max()
            .map_or(0, |age| u64::try_from(age.num_seconds()).unwrap_or(0))
    }

    /// Who is asking, and until when the token holds.
    pub async fn sign_in(&self, asking: &Asking<'_>) -> Result<SignedIn, AuthRefusal> {
        let signed_in = async {
            let (scheme, token) = bearer::token(asking.headers, self.0.token_bytes)?;
            // The proof is looked at first: what is wrong with it tells nothing of the token.
            let proof = match scheme {
                Scheme::Bearer => None,
                Scheme::Dpop => Some(Proof::check(asking, token, self.0.clock.now().timestamp())?),
            };
            let verified = self.0.verified(token).await?;
            self.0.bound(&verified, asking, proof.as_ref())?;
            self.0.signed_in(&verified, bearer::purpose(asking.headers)?).await
        };
        let signed_in = signed_in.await;
        if let Err(refusal) = &signed_in {
            note(*refusal);
        }
        signed_in
    }
}

/// Writes the true cause of a refusal to the log. Nothing of the token goes there.
fn note(refusal: AuthRefusal) {
    tracing::info!(cause = refusal.log_code(), claim = refusal.claim(), "sign-in refused");
}

impl Inner {
    /// The claims of a token that holds now.
    async fn verified(&self, token: &str) -> Result<Verified, AuthRefusal> {
        let hash = cache::hash(token);
        if let Some(verified) = self.cache.get(&hash) {
            let issuer = &self.issuers[verified.issuer];
            let held = self.check(&verified.claims, issuer);
            let current = issuer.keys.current().await.version == verified.keys_version;
            if held.is_ok() && current {
                return Ok(verified);
            }
            self.cache.remove(&hash);
            held?;
        }
        let verified = self.verify(token).await?;
        self.cache.insert(hash, verified.clone());
        Ok(verified)
    }

    async fn verify(&self, token: &str) -> Result<Verified, AuthRefusal> {
        let token = Unverified::parse(token)?;
        let at = self
            .issuers
            .iter()
            .position(|issuer| issuer.name == token.issuer)
            .ok_or(AuthRefusal::IssuerUnknown)?;
        let issuer = &self.issuers[at];
        if !issuer.algorithms.contains(&token.algorithm) {
            return Err(AuthRefusal::AlgorithmNotAllowed);
        }
        let mut known = issuer.keys.current().await;
        if !has_key(&known, &token.key) {
            known = issuer.keys.after_unknown_key().await;
        }
        let set = known.set.ok_or(AuthRefusal::KeysUnavailable)?;
        let key = set.get(&token.key).ok_or(AuthRefusal::KeyUnknown)?;
        let claims = Claims::read(&token.verify(key)?)?;
        self.check(&claims, issuer)?;
        let portal = claims.actor.as_ref().map(|actor| agency_name(&claims, &actor.agency));
        issuer.may_speak_for(&agency_name(&claims, &claims.agency), portal.as_ref())?;
        Ok(Verified {
            claims: Arc::new(claims),
            issuer: at,
            keys_version: known.version,
        })
    }

    /// Refuses a token that is bound to another sender, and a proof that was shown before.
    fn bound(&self, verified: &Verified, asking: &Asking<'_>, proof: Option<&Proof>) -> Result<(), AuthRefusal> {
        let required = self.issuers[verified.issuer].binding;
        let bound = verified.claims.confirmation.as_ref();
        let key = proof.map(|proof| &proof.key);
        Confirmation::check(bound, required, key, asking.certificate.as_ref())?;
        match proof {
            None => Ok(()),
            Some(proof) => self
                .replays
                .show(&proof.id, self.clock.now().timestamp(), asking.rehearsal),
        }
    }

    fn check(&self, claims: &Claims, issuer: &TrustedIssuer) -> Result<(), AuthRefusal> {
        let now = self.clock.now().timestamp();
        claims.check(&issuer.audience, now, issuer.leeway, issuer.longest_life)
    }

    /// The caller whom the claims name, as the register knows the agencies, for one purpose.
    async fn signed_in(&self, verified: &Verified, purpose: Option<&str>) -> Result<SignedIn, AuthRefusal> {
        let claims = &*verified.claims;
        let agency = self
            .registered(&claims.authority, &claims.agency, &claims.client)
            .await?
            .ok_or(AuthRefusal::AgencyUnknown)?;
        let authority = agency.authority;
        // The portal is the client where there is one; of the user's own client nothing is asked.
        let mut only_registered = agency.only_registered;
        let portal = match &claims.actor {
            None => None,
            Some(actor) => {
                let entry = self
                    .registered(&claims.authority, &actor.agency, &actor.client)
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
            purpose: chosen_purpose(&claims.purposes, purpose)?.to_owned(),
            purposes: claims.purposes.clone(),
        };
        Ok(SignedIn {
            caller,
            expires_at: DateTime::from_timestamp(claims.expires_at, 0).ok_or(AuthRefusal::ClaimMalformed("exp"))?,
            only_registered,
        })
    }

    async fn registered(
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

fn has_key(known: &Known, name: &KeyName) -> bool {
    known.set.as_ref().is_some_and(|set| set.get(name).is_some())
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

/// The purpose that the request names, or else the token's only one.
fn chosen_purpose<'a>(allowed: &'a [String], named: Option<&str>) -> Result<&'a str, AuthRefusal> {
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
