//! Tests of `documents`.

use super::*;

#[test]
fn identifiers_are_those_of_the_specification() {
    let pretty = "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}";
    assert_eq!(
        sha256(pretty),
        "7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e"
    );
    assert_eq!(
        sha256("query($id:ID!){user(id:$id){name}}"),
        "71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b"
    );
}

#[test]
fn what_the_schema_does_not_have_is_told() {
    let checker = Checker::of("type Query { a: Int, b(c: Int!): Int }").expect("a schema");
    assert_eq!(
        checker.check("query Q { a } query R { b(c: 1) }"),
        Ok(vec!["Q".to_owned(), "R".to_owned()])
    );
    assert_eq!(checker.check("{ a }"), Ok(vec![String::new()]));
    for wrong in ["{ d }", "{ b }", "query($v: Int) { a }", "{ a", "type T { a: Int }"] {
        assert!(checker.check(wrong).is_err(), "{wrong}");
    }
    assert!(Checker::of("type Query { a: Nothing }").is_none());
}
