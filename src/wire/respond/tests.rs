//! Tests of `respond`.

use super::*;

#[test]
fn an_internal_error_shows_nothing_but_the_request_id() {
    let error = RequestError::new(ErrorCode::Internal, "SELECT secret FROM /var/lib");
    let text = String::from_utf8(errors_body(&[error], Uuid::from_u128(7))).expect("JSON");
    assert!(text.contains("00000000-0000-0000-0000-000000000007"));
    assert!(!text.contains("secret"));
}

#[test]
fn errors_are_limited_in_number_and_length() {
    let error = RequestError {
        code: ErrorCode::BadUserInput,
        message: "é".repeat(1_000).into(),
        locations: vec![(1, 1); 1_000],
        retry: None,
    };
    let bytes = errors_body(&vec![error; 100], Uuid::nil());
    let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(value["errors"].as_array().map(Vec::len), Some(5));
    assert_eq!(
        value["errors"][0]["message"].as_str().map(|text| text.chars().count()),
        Some(300)
    );
    assert_eq!(value["errors"][0]["locations"].as_array().map(Vec::len), Some(5));
    assert!(value.get("data").is_none());
    assert!(bytes.len() < 4096);
}

#[test]
fn the_older_media_type_answers_200_only_to_document_errors() {
    for (code, newer, older) in [
        (ErrorCode::BadUserInput, 400, 200),
        (ErrorCode::TooComplex, 400, 200),
        (ErrorCode::NotInAgreement, 400, 200),
        (ErrorCode::TooManyRequests, 429, 429),
        (ErrorCode::Unavailable, 503, 503),
        (ErrorCode::Internal, 500, 500),
    ] {
        assert_eq!(status_of(code, MediaType::GraphqlResponse).as_u16(), newer);
        assert_eq!(status_of(code, MediaType::Json).as_u16(), older);
    }
}
