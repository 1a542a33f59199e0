//! Tests of `record_contact`.

use super::*;

fn now() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().expect("an instant")
}

fn input(at: &str, note: Option<(&str, DataCategory)>) -> RecordContactInput {
    RecordContactInput {
        marker_id: ID::from("x"),
        kind: ContactKind::Visit,
        occurred_at: at.parse().expect("an instant"),
        urgency: ContactUrgency::Soon,
        note: note.map(|(text, category)| ContactNoteInput {
            text: text.to_owned(),
            category,
        }),
        idempotency_key: None,
    }
}

#[test]
fn a_contact_has_been_and_not_before_reason() {
    let good = |at: &str| check(&input(at, None), now()).is_ok();
    assert!(good("2026-03-02T12:00:00Z") && good("2026-03-02T12:05:00Z") && good("1990-01-01T00:00:00Z"));
    assert!(!good("2026-03-02T12:05:01Z") && !good("1899-12-31T00:00:00Z"));
    let midnight: DateTime<Utc> = "2026-03-02T23:58:00Z".parse().expect("an instant");
    assert!(
        check(&input("2026-03-03T00:01:00Z", None), midnight).is_ok(),
        "a clock that is fast"
    );
}

#[test]
fn a_note_is_short_and_about_something_of_the_family() {
    let at = "2026-03-02T12:00:00Z";
    let note = |text: &str, category| check(&input(at, Some((text, category))), now()).map(|terms| terms.note);
    let health = note(" Asks to be rung ", DataCategory::CriterionHealth).expect("it is good");
    assert_eq!(health, Some(("Asks to be rung".to_owned(), Category::CriterionHealth)));
    assert!(note(&"n".repeat(500), DataCategory::Involvement).is_ok());
    assert!(note(&"n".repeat(501), DataCategory::Involvement).is_err());
    assert!(note("  ", DataCategory::Involvement).is_err());
    assert!(note("a\u{202e}b", DataCategory::Involvement).is_err());
    for nothing in [
        DataCategory::Reference,
        DataCategory::Statistics,
        DataCategory::Audit,
        DataCategory::Consent,
        DataCategory::Finance,
        DataCategory::Workforce,
    ] {
        assert!(note("n", nothing).is_err(), "{nothing:?}");
    }
    assert!(check(&input(at, None), now()).expect("it is good").note.is_none());
}
