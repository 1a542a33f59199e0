//! From weights to an answer.

use super::Score;

/// From which weight on somebody is found. Weights are the logarithms (to base 2) of odds: 0 is even, 10 is a thousand to one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// From here on it is the person.
    pub upper: f64,
    /// From here on it may be the person; what is below counts for nothing.
    pub lower: f64,
    /// How far the person must stand above the next that may be.
    pub clear: f64,
}

impl Default for Thresholds {
    /// Those that `docs/matching.md` measures.
    fn default() -> Self {
        Self {
            upper: 4.0,
            lower: 0.0,
            clear: 4.0,
        }
    }
}

/// Who was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Exactly one, at this place among the candidates.
    Matched(usize),
    /// Somebody who may be the person, and it is not clear who or whether.
    Ambiguous,
    /// Nobody.
    NotFound,
}

/// The answer to a question whose candidates have these weights. Their order does not matter, nor does any that is below `lower`.
///
/// Somebody is found if exactly one stands at or above `upper`, and above each other that is not below `lower` by `clear` at least.
pub fn choose(weights: &[f64], thresholds: &Thresholds) -> Verdict {
    // A weight that is not a number is no ground for anything, and compares false.
    let standing = || {
        weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight >= thresholds.lower)
    };
    let mut found = standing().filter(|(_, weight)| **weight >= thresholds.upper);
    let (Some((place, best)), None) = (found.next(), found.next()) else {
        return if standing().next().is_some() {
            Verdict::Ambiguous
        } else {
            Verdict::NotFound
        };
    };
    let clear = standing().all(|(other, weight)| other == place || best - weight >= thresholds.clear);
    if clear {
        Verdict::Matched(place)
    } else {
        Verdict::Ambiguous
    }
}

/// The answer to a question whose candidates have these scores: those of them that the asker may find, since nobody else may count for anything.
///
/// Where it is not clear whether somebody is meant, and nobody else may be, it may be clear all the same: see [`Score::alone`].
pub fn verdict<'a>(scores: impl Iterator<Item = &'a Score>, thresholds: &Thresholds) -> Verdict {
    let scores: Vec<&Score> = scores.collect();
    let weights: Vec<f64> = scores.iter().map(|score| score.weight).collect();
    let verdict = choose(&weights, thresholds);
    if let Verdict::Matched(place) = verdict {
        let others = (0..scores.len()).filter(|other| *other != place && weights[*other] >= thresholds.lower);
        let mut at_home = others.filter(|other| scores[*other].is_at_home_by_name());
        // Names and birthday say the one, the place says the other, who is called the same and is of that age. Where the first one lives makes no difference: else it would tell
        // whether they live with somebody who is shielded.
        return match at_home.next() {
            Some(_) => Verdict::Ambiguous,
            None => verdict,
        };
    }
    if verdict != Verdict::Ambiguous {
        return verdict;
    }
    let mut standing = (0..scores.len()).filter(|place| weights[*place] >= thresholds.lower);
    match (standing.next(), standing.next()) {
        (Some(place), None) if scores[place].alone.is_some_and(|alone| alone >= thresholds.upper) => {
            Verdict::Matched(place)
        }
        _ => verdict,
    }
}
