//! Tests of `request`.

use super::*;

fn refused(body: &str) -> String {
    from_body(body.as_bytes()).expect_err("refused").message().to_owned()
}

#[test]
fn a_full_body_is_parsed() {
    let body = br#"{"query":"{ a }","operationName":"Q","variables":{"a":[1,null]},"extensions":{},"other":1}"#;
    let parts = from_body(body).expect("well formed");
    assert_eq!(parts.document, DocumentRef::Text("{ a }".to_owned()));
    assert_eq!(parts.operation_name.as_deref(), Some("Q"));
    assert_eq!(parts.variables["a"], serde_json::json!([1, null]));
    let nulls = from_body(br#"{"query":"{ a }","operationName":null,"variables":null,"extensions":null}"#);
    assert_eq!(nulls.expect("well formed").operation_name, None);
}

#[test]
fn members_of_a_wrong_type_are_refused_by_name() {
    assert!(refused(r#"{"query":1}"#).starts_with("query must"));
    assert!(refused(r#"{"query":null}"#).starts_with("query must"));
    assert!(refused("{}").starts_with("query is missing"));
    assert!(refused(r#"{"query":"{a}","operationName":1}"#).starts_with("operationName"));
    assert!(refused(r#"{"query":"{a}","variables":"{}"}"#).starts_with("variables"));
    assert!(refused(r#"{"query":"{a}","variables":[]}"#).starts_with("variables"));
    assert!(refused(r#"{"query":"{a}","extensions":[]}"#).starts_with("extensions"));
}

#[test]
fn a_body_that_is_not_one_object_is_refused() {
    assert!(refused(r#"[{"query":"{a}"}]"#).starts_with("Batches"));
    assert!(refused("\"query\"").contains("one JSON object"));
    assert!(refused("{\"query\":\"{a}\"").contains("well-formed JSON"));
    assert!(refused(r#"{"query":"{a}"} {}"#).contains("well-formed JSON"));
    assert!(refused("").contains("well-formed JSON"));
    assert!(from_body(b"{\"query\":\"\xff\"}").is_err());
    assert!(refused(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).contains("well-formed JSON"));
    assert!(refused(r#"{"query":"{a}","query":"{b}"}"#).contains("twice"));
    assert!(refused(r#"{"query":"{a}","variables":{"a":[{"b":1,"b":2}]}}"#).contains("twice"));
}

#[test]
fn a_query_string_is_parsed() {
    let uri: Uri = "/graphql?query=%7B%20a%20%7D&operationName=Q&variables=%7B%22a%22%3A1%7D&x=1"
        .parse()
        .expect("an address");
    let parts = from_uri(&uri).expect("well formed");
    assert_eq!(parts.document, DocumentRef::Text("{ a }".to_owned()));
    assert_eq!(parts.operation_name.as_deref(), Some("Q"));
    assert_eq!(parts.variables["a"], 1);
    for wrong in [
        "/graphql",
        "/graphql?query=a&query=b",
        "/graphql?query=a&documentId=b",
        "/graphql?documentId=sha256:a",
        "/graphql?query=a&variables=1",
        "/graphql?query=a&variables=%7B",
    ] {
        assert!(from_uri(&wrong.parse().expect("an address")).is_err(), "{wrong}");
    }
    assert!(
        from_uri(
            &"/graphql?query=a&operationName=&variables="
                .parse()
                .expect("an address")
        )
        .is_ok()
    );
}
