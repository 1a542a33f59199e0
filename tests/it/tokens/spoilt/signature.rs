//! Signatures that do not fit.

use serde_json::json;

use super::{Case, token};
use crate::tokens::{
    keys::{Key, base64},
    world::{Issuers, officer, officer_but},
};

pub(super) fn cases(issuers: &Issuers, good: &str) -> Vec<Case> {
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let header = signed.split_once('.').unwrap().0;
    let other = base64(officer_but(|claims| claims["role"] = json!("manager")).to_string());
    let by_ec = issuers.ec.token("ec", &officer());
    let (signed_by_ec, of_ec) = by_ec.rsplit_once('.').unwrap();
    let raw = issuers.ec.sign(signed_by_ec.as_bytes());
    let (r, s) = raw.split_at(32);
    // The order of the group of P-256: as a number it is zero there.
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let order: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&order[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    let with_ec = |bytes: &[u8]| format!("{signed_by_ec}.{}", base64(bytes));
    let rsa_header = json!({"typ": "at+jwt", "alg": "RS256", "kid": "rsa"}).to_string();
    let signed_by_rsa = format!("{}.{}", base64(rsa_header), base64(officer().to_string()));
    [
        ("cut off", good[..good.len() - 2].to_owned()),
        ("longer", format!("{good}AAAA")),
        ("another payload", format!("{header}.{other}.{signature}")),
        ("another header", {
            let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "ed"}).to_string();
            format!("{}.{}.{signature}", base64(header), signed.split_once('.').unwrap().1)
        }),
        ("zeros", format!("{signed}.{}", base64([0; 64]))),
        ("another key of that name", Key::ed().token("ed", &officer())),
        ("another issuer's key", issuers.council.token("ed", &officer())),
        ("zeros on the curve", with_ec(&[0; 64])),
        ("r and s are the group's order", with_ec(&[&order[..], &order].concat())),
        ("r and s exchanged", with_ec(&[s, r].concat())),
        ("r alone", with_ec(r)),
        ("r and s with a zero in front", with_ec(&[&[0], r, &[0], s].concat())),
        ("r and s in DER", {
            let number = |bytes: &[u8]| [&[2, 33, 0][..], bytes].concat();
            let both = [number(r), number(s)].concat();
            with_ec(&[&[0x30, 70][..], &both].concat())
        }),
        (
            "a signature of the curve made for another payload",
            format!("{header}.{other}.{of_ec}"),
        ),
        ("RSA with the padding of PSS", {
            let signature = issuers.rsa.sign_by_pss(signed_by_rsa.as_bytes());
            format!("{signed_by_rsa}.{}", base64(signature))
        }),
        ("RSA of zeros", format!("{signed_by_rsa}.{}", base64([0; 256]))),
        ("RSA of one", {
            let mut one = [0; 256];
            one[255] = 1;
            format!("{signed_by_rsa}.{}", base64(one))
        }),
    ]
    .into_iter()
    .map(|(name, text)| token(name, text, "signature_invalid"))
    .collect()
}
