//! Verdicts at the thresholds.

use super::super::{Thresholds, Verdict, choose};

const THRESHOLDS: Thresholds = Thresholds {
    upper: 6.0,
    lower: 1.0,
    clear: 3.0,
};

fn answer(weights: &[f64]) -> Verdict {
    choose(weights, &THRESHOLDS)
}

#[test]
fn the_thresholds_themselves_count() {
    assert_eq!(answer(&[6.0]), Verdict::Matched(0));
    assert_eq!(answer(&[6.0_f64.next_down()]), Verdict::Ambiguous);
    assert_eq!(answer(&[1.0]), Verdict::Ambiguous);
    assert_eq!(answer(&[1.0_f64.next_down()]), Verdict::NotFound);
    assert_eq!(answer(&[]), Verdict::NotFound);
}

#[test]
fn a_match_leads_the_next_candidate_clearly() {
    assert_eq!(answer(&[8.0, 5.0]), Verdict::Matched(0));
    assert_eq!(answer(&[8.0, 5.0_f64.next_up()]), Verdict::Ambiguous);
    // Below `lower` nobody counts, however close.
    let narrow = Thresholds {
        upper: 1.5,
        ..THRESHOLDS
    };
    assert_eq!(choose(&[1.5, 1.0_f64.next_down()], &narrow), Verdict::Matched(0));
    assert_eq!(choose(&[1.5, 1.0], &narrow), Verdict::Ambiguous);
}

#[test]
fn two_at_the_top_are_not_a_match() {
    assert_eq!(answer(&[6.0, 20.0]), Verdict::Ambiguous);
    assert_eq!(answer(&[9.0, 9.0]), Verdict::Ambiguous);
    assert_eq!(answer(&[5.0, 5.0]), Verdict::Ambiguous);
    assert_eq!(answer(&[0.0, 0.0]), Verdict::NotFound);
}

#[test]
fn nan_counts_for_nothing() {
    assert_eq!(answer(&[f64::NAN]), Verdict::NotFound);
    assert_eq!(answer(&[f64::NAN, 8.0]), Verdict::Matched(1));
    assert_eq!(answer(&[f64::NEG_INFINITY, 8.0]), Verdict::Matched(1));
}
