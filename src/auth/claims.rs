//! Parses and validates the claims of an access token. Pure: the time is a parameter.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{binding::Confirmation, refusal::AuthRefusal};

/// The roles that tokens may name. `portal` is the role of an actor only.
pub const ROLES: [&str; 12] = [
    "marker_lookup",
    "practitioner",
    "lead_professional",
    "manager",
    "coordinator",
    "data_analyst",
    "family_researcher",
    "auditor",
    "agreement_manager",
    "programme_lead",
    "researcher",
    PORTAL_ROLE,
];

pub use crate::sharing::caller::PORTAL_ROLE;

/// Longest text of a claim, in characters.
const MAX_TEXT_CHARS: usize = 200;
/// Most audiences and most purposes of a token.
const MAX_LIST_ITEMS: usize = 20;
/// The last second of the year 9999.
const LAST_INSTANT: i64 = 253_402_300_799;

/// The claims of an access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claims {
    /// `sub`: the person or system.
    pub(super) subject: String,
    /// The client the token was issued to: `client_id`, or its provider's own name for it.
    pub(super) client: String,
    /// `authority`: the authority's code.
    pub(super) authority: String,
    /// `agency`: the agency's code.
    pub(super) agency: String,
    /// `role`: one of [`ROLES`], never `portal`.
    pub(super) role: String,
    /// `purposes`: without duplicates, in the token's order.
    pub(super) purposes: Vec<String>,
    /// `act`: the portal that acts for the subject.
    pub(super) actor: Option<Actor>,
    /// `cnf`: what the token is bound to.
    pub(super) confirmation: Option<Confirmation>,
    /// `aud`.
    pub(super) audiences: Vec<String>,
    /// `exp`, in seconds since 1970.
    pub(super) expires_at: i64,
    /// `nbf`, in seconds since 1970.
    pub(super) not_before: Option<i64>,
    /// `iat`, in seconds since 1970.
    pub(super) issued_at: Option<i64>,
}

/// A portal that acts for a user (`act`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Actor {
    /// The portal's own `sub`.
    pub(super) subject: String,
    /// The portal's client.
    pub(super) client: String,
    /// The code of the portal's agency, in the token's authority.
    pub(super) agency: String,
}

impl Claims {
    /// Parses the payload of a token whose issuer and signature have been checked.
    pub(super) fn read(payload: &Map<String, Value>) -> Result<Self, AuthRefusal> {
        if payload.contains_key("jti") {
            text(payload, "jti", "jti")?;
        }
        let role = text(payload, "role", "role")?;
        if role == PORTAL_ROLE {
            return Err(AuthRefusal::RoleIsPortal);
        }
        if !ROLES.contains(&role) {
            return Err(AuthRefusal::RoleUnknown);
        }
        Ok(Self {
            subject: text(payload, "sub", "sub")?.to_owned(),
            client: client(payload)?.to_owned(),
            authority: text(payload, "authority", "authority")?.to_owned(),
            agency: text(payload, "agency", "agency")?.to_owned(),
            role: role.to_owned(),
            purposes: purposes(payload)?,
            actor: payload.get("act").map(Actor::read).transpose()?,
            confirmation: Confirmation::read(payload)?,
            audiences: audiences(payload)?,
            expires_at: instant(payload, "exp")?.ok_or(AuthRefusal::ClaimMissing("exp"))?,
            not_before: instant(payload, "nbf")?,
            issued_at: instant(payload, "iat")?,
        })
    }

    /// Checks that the token is for `audience` and is valid at `now` (seconds since 1970).
    pub(super) fn check(
        &self,
        audience: &str,
        now: i64,
        leeway: Duration,
        max_lifetime: Duration,
    ) -> Result<(), AuthRefusal> {
        if !self.audiences.iter().any(|named| named == audience) {
            return Err(AuthRefusal::AudienceMismatch);
        }
        let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        let latest_start = now.saturating_add(seconds(leeway));
        if self.expires_at.saturating_add(seconds(leeway)) <= now {
            return Err(AuthRefusal::Expired);
        }
        if self.not_before.is_some_and(|start| start > latest_start) {
            return Err(AuthRefusal::NotYetValid);
        }
        if self.issued_at.is_some_and(|issued| issued > latest_start) {
            return Err(AuthRefusal::IssuedInFuture);
        }
        if self.expires_at > latest_start.saturating_add(seconds(max_lifetime)) {
            return Err(AuthRefusal::LivesTooLong);
        }
        Ok(())
    }
}

impl Actor {
    fn read(value: &Value) -> Result<Self, AuthRefusal> {
        let actor = value.as_object().ok_or(AuthRefusal::ClaimMalformed("act"))?;
        if actor.contains_key("act") {
            return Err(AuthRefusal::ActorNested);
        }
        if actor.get("role").is_some_and(|role| role != PORTAL_ROLE) {
            return Err(AuthRefusal::ClaimMalformed("act.role"));
        }
        Ok(Self {
            subject: text(actor, "sub", "act.sub")?.to_owned(),
            client: text(actor, "client_id", "act.client_id")?.to_owned(),
            agency: text(actor, "agency", "act.agency")?.to_owned(),
        })
    }
}

/// Whether a text is valid in a claim: 1 to 200 characters, no control characters, no white space at either
/// end.
fn is_valid_text(text: &str) -> bool {
    (1..=MAX_TEXT_CHARS).contains(&text.chars().count())
        && !text.chars().any(char::is_control)
        && !text.starts_with(char::is_whitespace)
        && !text.ends_with(char::is_whitespace)
}

fn text<'a>(object: &'a Map<String, Value>, key: &str, name: &'static str) -> Result<&'a str, AuthRefusal> {
    object
        .get(key)
        .ok_or(AuthRefusal::ClaimMissing(name))?
        .as_str()
        .filter(|text| is_valid_text(text))
        .ok_or(AuthRefusal::ClaimMalformed(name))
}

fn texts(list: &[Value], name: &'static str) -> Result<Vec<String>, AuthRefusal> {
    if !(1..=MAX_LIST_ITEMS).contains(&list.len()) {
        return Err(AuthRefusal::ClaimMalformed(name));
    }
    let mut texts: Vec<String> = Vec::with_capacity(list.len());
    for item in list {
        let text = item
            .as_str()
            .filter(|text| is_valid_text(text))
            .ok_or(AuthRefusal::ClaimMalformed(name))?;
        if !texts.iter().any(|seen| seen == text) {
            texts.push(text.to_owned());
        }
    }
    Ok(texts)
}

fn purposes(payload: &Map<String, Value>) -> Result<Vec<String>, AuthRefusal> {
    match payload.get("purposes") {
        None => Err(AuthRefusal::ClaimMissing("purposes")),
        Some(Value::Array(list)) => texts(list, "purposes"),
        // Some providers write a list of one as its single item.
        Some(one) => texts(std::slice::from_ref(one), "purposes"),
    }
}

/// The client. The standard claim is `client_id` (RFC 9068); without it `azp` (`OpenID` Connect: Keycloak,
/// Entra) or `appid` (AD FS). If there is a `client_id` it must be valid, whatever the others say.
fn client(payload: &Map<String, Value>) -> Result<&str, AuthRefusal> {
    let names = ["client_id", "azp", "appid"];
    let present = names.into_iter().find(|name| payload.contains_key(*name));
    let name = present.unwrap_or("client_id");
    text(payload, name, name)
}

fn audiences(payload: &Map<String, Value>) -> Result<Vec<String>, AuthRefusal> {
    match payload.get("aud") {
        None => Err(AuthRefusal::ClaimMissing("aud")),
        Some(Value::Array(list)) => texts(list, "aud"),
        Some(one) => texts(std::slice::from_ref(one), "aud"),
    }
}

/// A `NumericDate` between 1970 and 9999; a fraction of a second is dropped.
fn instant(payload: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, AuthRefusal> {
    let Some(value) = payload.get(name) else {
        return Ok(None);
    };
    let malformed = AuthRefusal::ClaimMalformed(name);
    let Value::Number(number) = value else {
        return Err(malformed);
    };
    let seconds = match (number.as_i64(), number.as_f64()) {
        (Some(seconds), _) => seconds,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole after floor and within i64, as the guard says"
        )]
        (None, Some(seconds)) if (0.0..=253_402_300_799.0).contains(&seconds) => seconds.floor() as i64,
        _ => return Err(malformed),
    };
    if !(0..=LAST_INSTANT).contains(&seconds) {
        return Err(malformed);
    }
    Ok(Some(seconds))
}
