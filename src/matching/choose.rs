//! From match weights to a verdict.

use super::Score;

/// The thresholds of a match. Weights are logarithms (to base 2) of odds: 0 is even, 10 is a thousand to one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// The weight from which a candidate is the person.
    pub upper: f64,
    /// The weight from which a candidate may be the person; lower ones are ignored.
    pub lower: f64,
    /// The least lead over the next possible candidate.
    pub clear: f64,
}

impl Default for Thresholds {
    /// The thresholds that `docs/matching.md` measures.
    fn default() -> Self {
        Self {
            upper: 4.0,
            lower: 0.0,
            clear: 4.0,
        }
    }
}

impl Score {
    /// The best score of one person who is stored in several places, and the place: what speaks most for them counts.
    pub fn best<T>(stored: Vec<(Self, T)>) -> Option<(Self, T)> {
        let alone = stored
            .iter()
            .filter_map(|(score, _)| score.alone)
            .max_by(f64::total_cmp);
        let (best, place) = stored.into_iter().max_by(|(one, _), (other, _)| {
            // Equal weights are common at a limit; then the place with the stronger evidence counts.
            let by_weight = one.weight.total_cmp(&other.weight);
            let of = |score: &Self| (score.says_enough(), score.is_at_home_by_name());
            by_weight.then_with(|| of(one).cmp(&of(other)))
        })?;
        Some((Self { alone, ..best }, place))
    }
}

/// The result of a look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Exactly one match, at this index among the candidates.
    Matched(usize),
    /// A possible match, but it is not clear who, or whether it is the person.
    Ambiguous,
    /// No match.
    NotFound,
}

/// The verdict on candidates with these weights. Their order does not matter, nor do any below `lower`.
/// Somebody is found if exactly one candidate is at or above `upper`, and leads every other that is not below
/// `lower` by at least `clear`.
pub fn choose(weights: &[f64], thresholds: &Thresholds) -> Verdict {
    // NaN is no evidence, and compares false.
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

/// The verdict on candidates with these scores: those that the caller may find, since nobody else may
/// influence the answer.
/// If a single candidate is possible but not certain, it may be a match all the same: see [`Score::alone`].
pub fn verdict<'a>(scores: impl Iterator<Item = &'a Score>, thresholds: &Thresholds) -> Verdict {
    let scores: Vec<&Score> = scores.collect();
    let weights: Vec<f64> = scores.iter().map(|score| score.weight).collect();
    let verdict = choose(&weights, thresholds);
    if let Verdict::Matched(place) = verdict {
        let others = (0..scores.len()).filter(|other| *other != place && weights[*other] >= thresholds.lower);
        let mut at_home = others.filter(|other| scores[*other].is_at_home_by_name());
        // Name and birthday point to one candidate, the place to another with the same name and a similar
        // age. Where the first one lives makes no difference: otherwise the answer would reveal whether they
        // live with somebody who is shielded.
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
