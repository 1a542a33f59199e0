//! The request headers that the wire reads. Each is read strictly: a header sent twice is refused where one
//! is expected.

use http::{
    HeaderMap, HeaderName,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};

use super::{super::respond::Problem, accept::is_utf8};
use crate::graphql::operation::WithheldMode;

/// The header with the purpose of use.
pub(in crate::wire) const PURPOSE: HeaderName = HeaderName::from_static("x-purpose-of-use");
/// The header that says how withheld values are reported.
pub(in crate::wire) const WITHHELD: HeaderName = HeaderName::from_static("x-withheld");
/// The header that requests a receipt.
pub(in crate::wire) const RECEIPT: HeaderName = HeaderName::from_static("x-receipt");
const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// The single value of a header: `None` when absent, an error when sent twice or not text.
pub(in crate::wire) fn single_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(|text| Some(text.trim())).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

/// Refuses a body that is not uncompressed `application/json` in UTF-8.
pub(in crate::wire) fn check_body(headers: &HeaderMap) -> Result<(), Problem> {
    if !is_json(headers) {
        return Err(Problem::unsupported(
            "The body must be sent as Content-Type: application/json.",
        ));
    }
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Problem::unsupported("The body must be sent without Content-Encoding."));
    }
    Ok(())
}

fn is_json(headers: &HeaderMap) -> bool {
    let Ok(Some(value)) = single_value(headers, &CONTENT_TYPE) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    if !parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"))
    {
        return false;
    }
    match (parts.next(), parts.next()) {
        (None, _) => true,
        (Some(parameter), None) => parameter
            .split_once('=')
            .is_some_and(|(name, value)| name.trim().eq_ignore_ascii_case("charset") && is_utf8(value)),
        (Some(_), Some(_)) => false,
    }
}

/// Refuses a GET without a header that a page of another origin could send only after a CORS preflight (CSRF
/// protection).
pub(in crate::wire) fn check_get(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(PURPOSE) || headers.contains_key(REQUESTED_WITH) || is_json(headers) {
        return Ok(());
    }
    Err(Problem::bad_request(
        "A GET needs one of the headers x-purpose-of-use, x-requested-with or Content-Type: application/json.",
    ))
}

/// How withheld values are reported to the caller.
pub(in crate::wire) fn withheld(headers: &HeaderMap) -> Result<WithheldMode, Problem> {
    match single_value(headers, &WITHHELD) {
        Ok(None) => Ok(WithheldMode::default()),
        Ok(Some("report")) => Ok(WithheldMode::Report),
        Ok(Some("error")) => Ok(WithheldMode::Error),
        Ok(Some("fail")) => Ok(WithheldMode::Fail),
        _ => Err(Problem::bad_request("x-withheld must be report, error or fail.")),
    }
}

/// Whether the caller requests a receipt.
pub(in crate::wire) fn receipt(headers: &HeaderMap) -> Result<bool, Problem> {
    match single_value(headers, &RECEIPT) {
        Ok(None | Some("false")) => Ok(false),
        Ok(Some("true")) => Ok(true),
        _ => Err(Problem::bad_request("x-receipt must be true or false.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value.parse().expect("a header value"));
        }
        headers
    }

    #[test]
    fn only_plain_json_is_accepted_as_a_body() {
        for value in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
            "application/json; charset=utf8",
        ] {
            assert!(check_body(&with(&[(CONTENT_TYPE, value)])).is_ok(), "{value}");
        }
        for value in [
            "text/plain",
            "application/jsonx",
            "application/json; charset=latin1",
            "application/json; charset=utf-8; a=b",
            "application/graphql",
            "multipart/form-data",
            "",
        ] {
            assert!(check_body(&with(&[(CONTENT_TYPE, value)])).is_err(), "{value}");
        }
        assert!(check_body(&with(&[])).is_err());
        assert!(
            check_body(&with(&[
                (CONTENT_TYPE, "application/json"),
                (CONTENT_TYPE, "application/json")
            ]))
            .is_err()
        );
        assert!(
            check_body(&with(&[
                (CONTENT_TYPE, "application/json"),
                (CONTENT_ENCODING, "identity")
            ]))
            .is_err()
        );
    }

    #[test]
    fn the_withheld_mode_is_read_strictly() {
        assert_eq!(withheld(&with(&[])).ok(), Some(WithheldMode::Report));
        assert_eq!(withheld(&with(&[(WITHHELD, "fail")])).ok(), Some(WithheldMode::Fail));
        assert_eq!(withheld(&with(&[(WITHHELD, "error")])).ok(), Some(WithheldMode::Error));
        assert!(withheld(&with(&[(WITHHELD, "FAIL")])).is_err());
        assert!(withheld(&with(&[(WITHHELD, "fail"), (WITHHELD, "report")])).is_err());
    }

    #[test]
    fn a_receipt_is_requested_by_true_only() {
        for (said, wanted) in [(&[][..], false), (&["true"], true), (&["false"], false)] {
            let headers: Vec<_> = said.iter().map(|value| (RECEIPT, *value)).collect();
            assert_eq!(receipt(&with(&headers)).ok(), Some(wanted), "{said:?}");
        }
        for said in [&["yes"][..], &["TRUE"], &[""], &["true", "true"]] {
            let headers: Vec<_> = said.iter().map(|value| (RECEIPT, *value)).collect();
            assert!(receipt(&with(&headers)).is_err(), "{said:?}");
        }
    }

    #[test]
    fn a_get_needs_a_header_that_forces_a_preflight() {
        assert!(check_get(&with(&[])).is_err());
        assert!(check_get(&with(&[(PURPOSE, "direct_support")])).is_ok());
        assert!(check_get(&with(&[(REQUESTED_WITH, "a-script")])).is_ok());
        assert!(check_get(&with(&[(CONTENT_TYPE, "application/json")])).is_ok());
        assert!(check_get(&with(&[(CONTENT_TYPE, "text/plain")])).is_err());
    }
}
