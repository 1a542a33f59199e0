//! Tests of `json`.

use super::{Wrong, object, parse};

#[test]
fn repeated_members_are_refused_at_any_depth() {
    assert!(object(br#"{"a":1,"b":{"c":[{"d":null}]}}"#).is_ok());
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"b":{"c":[{"d":1,"d":2}]}}"#,
    ] {
        assert_eq!(object(text.as_bytes()), Err(Wrong::Duplicate), "{text}");
    }
}

#[test]
fn only_one_value_is_accepted() {
    for text in [&b""[..], b"{}{}", b"{} x", b"{\"a\":\"\xff\"}", b"{\"a\":1,}"] {
        assert_eq!(parse(text), Err(Wrong::Malformed), "{text:?}");
    }
    assert_eq!(parse("[".repeat(1_000_000).as_bytes()), Err(Wrong::Malformed));
    for text in ["[]", "null"] {
        assert!(parse(text.as_bytes()).is_ok(), "{text}");
        assert_eq!(object(text.as_bytes()), Err(Wrong::Malformed), "{text}");
    }
}
