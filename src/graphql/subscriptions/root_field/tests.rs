//! Tests of `root_field`.

use super::with_one_root_field;
use crate::graphql::language::Resolved;

fn fields(text: &str) -> Option<usize> {
    let one = with_one_root_field(&Resolved::as_written(text))?;
    Some(one.operation().selection_set.node.items.len())
}

#[test]
fn there_is_one_field_wherever_it_stands() {
    assert_eq!(fields("subscription { a { b } }"), Some(1));
    assert_eq!(
        fields("subscription { ... { ... on Subscription { a { b } } } }"),
        Some(1)
    );
    let spread = "subscription { ...f } fragment f on Subscription { a { ...g } } fragment g on A { b }";
    assert_eq!(fields(spread), Some(1));
    for not_one in [
        "subscription { a b }",
        "subscription { __typename }",
        "subscription { a __typename }",
        "subscription { ...f ...f } fragment f on Subscription { a }",
        "subscription { ...f }",
    ] {
        assert_eq!(fields(not_one), None, "{not_one}");
    }
}
