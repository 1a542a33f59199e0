//! Tests of `involvement`.

use super::*;

fn input() -> RecordInvolvementInput {
    RecordInvolvementInput {
        family_id: ID::from("x"),
        agency: "a".to_owned(),
        service_team: None,
        contact_name: "Sam Example".to_owned(),
        contact_phone: Some("01223 000 000".to_owned()),
        contact_email: Some("sam@example.org".to_owned()),
        started_on: "2026-03-02".parse().expect("a date"),
        idempotency_key: None,
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let today = "2026-03-02".parse().expect("a date");
    assert!(check(&input(), today).is_ok());
    let bad = RecordInvolvementInput {
        service_team: Some("a\u{0}".to_owned()),
        contact_name: " ".to_owned(),
        contact_phone: Some("no".to_owned()),
        contact_email: Some("no".to_owned()),
        started_on: "2026-03-03".parse().expect("a date"),
        ..input()
    };
    assert_eq!(check(&bad, today).err().map(|errors| errors.len()), Some(5));
}
