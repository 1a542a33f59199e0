//! Requests without exactly one token, and tokens that are not three clean parts.

use super::{Case, Sent, token};

/// What is not exactly one `Authorization: Bearer` with a token.
pub(super) fn headers(good: &str) -> Vec<Case> {
    let with = |name, lines: &[Vec<u8>], cause| Case {
        name,
        sent: Sent::Headers(lines.to_vec()),
        cause,
    };
    let one = |name, value: &[u8], cause| {
        let line = [b"authorization: ".as_slice(), value].concat();
        with(name, &[line], cause)
    };
    let bearer = format!("Bearer {good}").into_bytes();
    let line = [b"authorization: ".as_slice(), &bearer].concat();
    let long = format!("Bearer {}", "a".repeat(16 * 1024 + 1));
    vec![
        with("no header", &[], "no_authorization"),
        with("two headers", &[line.clone(), line.clone()], "several_authorizations"),
        with(
            "a bad one behind a good one",
            &[line.clone(), b"Authorization: Bearer a.b.c".to_vec()],
            "several_authorizations",
        ),
        with(
            "a good one behind another scheme",
            &[b"authorization: Basic YTpi".to_vec(), line],
            "several_authorizations",
        ),
        with(
            "in a cookie",
            &[format!("cookie: access_token={good}").into_bytes()],
            "no_authorization",
        ),
        with(
            "in another header",
            &[format!("x-authorization: Bearer {good}").into_bytes()],
            "no_authorization",
        ),
        Case {
            name: "in the query string",
            sent: Sent::Address(format!("/graphql?access_token={good}")),
            cause: "no_authorization",
        },
        one("empty header", b"", "scheme_not_accepted"),
        one("another scheme", b"Basic b2ZmaWNlcjpzZWNyZXQ=", "scheme_not_accepted"),
        one("no scheme", good.as_bytes(), "scheme_not_accepted"),
        one(
            "a tab behind the scheme",
            format!("Bearer\t{good}").as_bytes(),
            "scheme_not_accepted",
        ),
        one(
            "a colon behind the scheme",
            format!("Bearer: {good}").as_bytes(),
            "scheme_not_accepted",
        ),
        one("scheme only", b"Bearer", "token_empty"),
        one(
            "two tokens in one",
            format!("Bearer {good} {good}").as_bytes(),
            "token_malformed",
        ),
        one(
            "a list of two",
            format!("Bearer {good}, Bearer {good}").as_bytes(),
            "token_malformed",
        ),
        one(
            "a space inside",
            format!("Bearer {} {}", &good[..9], &good[9..]).as_bytes(),
            "token_malformed",
        ),
        one(
            "in quotation marks",
            format!("Bearer \"{good}\"").as_bytes(),
            "token_malformed",
        ),
        one("not text", b"Bearer \xff\xfe\x80", "token_malformed"),
        one(
            "text with bytes that are none",
            &[&bearer[..], b"\xff"].concat(),
            "token_malformed",
        ),
        one("too long", long.as_bytes(), "token_too_long"),
    ]
}

/// What is not three parts in unpadded, canonical base64url.
pub(super) fn parts(good: &str) -> Vec<Case> {
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let malformed = "token_malformed";
    // The last letter of 64 bytes carries four bits that count for nothing; a lax reader does not see that they are set.
    let last = char::from(*good.as_bytes().last().unwrap());
    let next = char::from(u8::try_from(last).unwrap() + 1);
    let spelt_otherwise = format!("{}{next}", &good[..good.len() - 1]);
    [
        ("one part", header.to_owned()),
        ("two parts", signed.to_owned()),
        ("only dots", "..".to_owned()),
        (
            "four dots, as encrypted tokens have",
            format!("{good}.{payload}.{signature}"),
        ),
        ("a dot more in front", format!(".{good}")),
        ("a dot more behind", format!("{good}.")),
        ("no header", format!(".{payload}.{signature}")),
        ("no payload", format!("{header}..{signature}")),
        ("no signature", format!("{signed}.")),
        ("padding", format!("{good}==")),
        ("padding in the header", format!("{header}=.{payload}.{signature}")),
        (
            "the other alphabet",
            format!("{header}.{payload}.+/{}", &signature[2..]),
        ),
        ("the same bytes spelt otherwise", spelt_otherwise),
        ("a space inside", format!("{header}.{payload}. {signature}")),
        ("a tab inside", format!("{header}.\t{payload}.{signature}")),
        ("percent signs", good.replace('.', "%2E")),
        ("JSON instead", r#"{"payload":"a","signatures":[]}"#.to_owned()),
    ]
    .into_iter()
    .map(|(name, text)| token(name, text, malformed))
    .collect()
}
