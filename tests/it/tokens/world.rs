//! Two issuers of the tests' own, whom the server is told to trust, and the claims that are right until a test spoils them.

use serde_json::{Value, json};
use thinkfamily::clock::{Clock, Ids};

use super::keys::{Key, sha256};

pub(crate) const AUDIENCE: &str = "https://thinkfamily.example/graphql";
pub(crate) const POLICE: &str = "https://login.police.example";
pub(crate) const COUNCIL: &str = "https://login.council.example";

/// The claims of somebody of the police who is welcome, at the present time.
pub(crate) fn officer() -> Value {
    officer_at(Clock::system().now().timestamp())
}

/// The same at a time in seconds since 1970.
pub(crate) fn officer_at(now: i64) -> Value {
    json!({
        "iss": POLICE, "aud": AUDIENCE, "iat": now - 10, "nbf": now - 10, "exp": now + 3000, "jti": "one",
        "sub": "officer-zebra7", "client_id": "police-records", "authority": "cambridgeshire", "agency": "cambs-police",
        "role": "marker_lookup", "purposes": ["safeguarding"],
    })
}

/// The same claims, changed.
pub(crate) fn officer_but(change: impl FnOnce(&mut Value)) -> Value {
    let mut claims = officer();
    change(&mut claims);
    claims
}

/// The keys of both issuers.
pub(crate) struct Issuers {
    pub(crate) rsa: &'static Key,
    pub(crate) ec: Key,
    pub(crate) ed: Key,
    pub(crate) council: Key,
}

impl Issuers {
    pub(crate) fn new() -> Self {
        Self {
            rsa: Key::rsa(),
            ec: Key::ec(),
            ed: Key::ed(),
            council: Key::ed(),
        }
    }

    /// The key set of the police.
    pub(crate) fn police_keys(&self) -> Value {
        json!({"keys": [self.rsa.jwk("rsa"), self.ec.jwk("ec"), self.ed.jwk("ed")]})
    }

    /// Puts both key sets into a folder, with a file of settings that trusts them, and gives the file's name.
    pub(crate) fn settle(&self, folder: &std::path::Path) -> &'static str {
        self.settle_bound(folder, "optional")
    }

    /// The same, with what the police's tokens must be bound to.
    pub(crate) fn settle_bound(&self, folder: &std::path::Path, binding: &str) -> &'static str {
        let council = json!({"keys": [self.council.jwk("council")]});
        let issuer = |name: &str, algorithms: &str, keys: &str, agency: &str| {
            format!(
                "[[issuer]]\nissuer = \"{name}\"\nalgorithms = {algorithms}\njwks_file = \"{keys}\"\n\
                 agencies = [\"cambridgeshire/{agency}\"]\n"
            )
        };
        let settings = [
            issuer(
                POLICE,
                "[\"RS256\", \"ES256\", \"EdDSA\"]",
                "police.json",
                "cambs-police",
            ),
            format!("binding = \"{binding}\"\n"),
            issuer(COUNCIL, "[\"EdDSA\"]", "council.json", "cambs-early-help"),
        ];
        for (file, text) in [
            ("police.json", self.police_keys().to_string()),
            ("council.json", council.to_string()),
            ("trusting.toml", settings.concat()),
        ] {
            std::fs::write(folder.join(file), text).unwrap();
        }
        "trusting.toml"
    }
}

/// A proof of possession for a request of the present time, changed in its header and its claims.
pub(crate) fn proof_but(
    key: &Key,
    method: &str,
    url: &str,
    token: &str,
    change: impl FnOnce(&mut Value, &mut Value),
) -> String {
    let mut header = json!({"typ": "dpop+jwt", "alg": key.algorithm(), "jwk": key.public()});
    let mut claims = json!({
        "htm": method, "htu": url, "iat": Clock::system().now().timestamp(), "ath": sha256(token),
        "jti": Ids::random().uuid(),
    });
    change(&mut header, &mut claims);
    key.token_of(header.to_string(), claims.to_string())
}

/// A proof as it must be.
pub(crate) fn proof(key: &Key, method: &str, url: &str, token: &str) -> String {
    proof_but(key, method, url, token, |_, _| ())
}
