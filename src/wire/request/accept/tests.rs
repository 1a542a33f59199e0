//! Tests of `accept`.

use super::*;

fn chosen(values: &[&str]) -> Option<MediaType> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(ACCEPT, value.parse().expect("a header value"));
    }
    negotiate(&headers)
}

#[test]
fn json_is_the_default() {
    assert_eq!(chosen(&[]), Some(MediaType::Json));
    assert_eq!(chosen(&[""]), Some(MediaType::Json));
    assert_eq!(chosen(&["*/*"]), Some(MediaType::Json));
    assert_eq!(chosen(&["application/*"]), Some(MediaType::Json));
    assert_eq!(chosen(&["text/html, */*;q=0.8"]), Some(MediaType::Json));
}

#[test]
fn event_streams_go_to_clients_that_accept_them() {
    let accepts = |value: Option<&str>| {
        let headers = value.map(|value| (ACCEPT, value.parse().expect("a header value")));
        accepts_event_stream(&headers.into_iter().collect())
    };
    for value in [
        None,
        Some("text/event-stream"),
        Some("*/*"),
        Some("text/*"),
        Some("application/json, text/event-stream;q=0.1"),
    ] {
        assert!(accepts(value), "{value:?}");
    }
    for value in [
        "application/json",
        "text/html",
        "text/event-stream;q=0, */*",
        "text/event-stream; charset=latin1",
    ] {
        assert!(!accepts(Some(value)), "{value}");
    }
}

#[test]
fn the_graphql_response_type_when_it_is_named() {
    for value in [
        "application/graphql-response+json",
        "APPLICATION/GraphQL-Response+JSON; Charset=\"UTF-8\"",
        "application/graphql-response+json, application/json",
        "application/json, application/graphql-response+json",
        "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8;q=0.9",
        "application/graphql-response+json, */*",
        "application/json;q=0.5, application/graphql-response+json;q=0.501",
    ] {
        assert_eq!(chosen(&[value]), Some(MediaType::GraphqlResponse), "{value}");
    }
}

#[test]
fn quality_values_and_exclusions_count() {
    assert_eq!(
        chosen(&["application/json, application/graphql-response+json;q=0.9"]),
        Some(MediaType::Json)
    );
    assert_eq!(
        chosen(&["application/json", "application/graphql-response+json;q=0.1"]),
        Some(MediaType::Json)
    );
    assert_eq!(chosen(&["*/*, application/json;q=0"]), Some(MediaType::GraphqlResponse));
    assert_eq!(chosen(&["application/json, */*"]), Some(MediaType::Json));
}

#[test]
fn nothing_acceptable() {
    for value in [
        "text/html",
        "application/json;q=0",
        "application/json;q=2",
        "application/json; charset=iso-8859-1",
        "*/*;q=0",
        "nonsense",
    ] {
        assert_eq!(chosen(&[value]), None, "{value}");
    }
}
