//! Tests of `bulk`.

use super::*;

#[test]
fn no_statement_has_more_values_than_the_databases_take() {
    for most_values in [32_766, 65_535] {
        for width in 1..200 {
            let rows = rows_of_a_statement(width, most_values);
            assert!(rows.is_power_of_two() && rows * width <= most_values, "{width}: {rows}");
        }
    }
    assert_eq!(rows_of_a_statement(3, 32_766), MOST_ROWS);
}

#[test]
fn broken_rules_are_told_without_values() {
    for (text, words) in [
        ("UNIQUE constraint failed: person.id", "already"),
        (
            "duplicate key value violates unique constraint \"person_pkey\"",
            "already",
        ),
        ("FOREIGN KEY constraint failed", "points to"),
        (
            "new row for relation \"family\" violates check constraint \"family_route_check\"",
            "allows",
        ),
        ("NOT NULL constraint failed: family.route", "missing"),
    ] {
        assert!(rule(text).is_some_and(|rule| rule.contains(words)), "{text}");
    }
    assert_eq!(rule("connection refused"), None);
}
