//! Training: estimates a model from unlabelled descriptions by expectation-maximisation.
//!
//! Pairs that share a key are compared; some are the same person, others agree by chance. What the former
//! have in common (`m`) is estimated from them. What different people have in common (`u`) is estimated from
//! random pairs, nearly all of which are different people. Deterministic: the same data always give the same
//! model.

use std::collections::BTreeMap;

use super::{
    Agreement, Description, Field, Model,
    compare::{self, Levels, Prepared},
    keys::Kind,
    model::{Limit, Odds, limit, once},
    pairs,
    rarity::Rarity,
};

/// The most iterations.
const MAX_ROUNDS: u32 = 500;
/// The estimation has converged when no share changes by more than this.
const CONVERGENCE: f64 = 1e-7;
/// The number of random pairs.
const RANDOM_PAIRS: usize = 2_000_000;
/// How many pairs the base model counts for, so that a level that is not in the data keeps a share.
const WEIGHT_OF_BASE: f64 = 2.0;
/// The initial share of matches.
const FIRST_SHARE: f64 = 0.2;
/// How many pairs an unseen level counts for.
const UNSEEN_COUNT: f64 = 0.5;
/// The smallest share.
const MIN_SHARE: f64 = 1e-9;

/// A model and how it was estimated.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// How many pairs shared a key.
    pub pairs: usize,
    /// The estimated number of matches among them.
    pub matches: f64,
    /// The number of iterations.
    pub rounds: u32,
    /// Whether the estimation converged.
    pub converged: bool,
}

/// Why no model can be estimated from the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// No two descriptions share a key.
    #[error("no two descriptions have enough in common to be compared")]
    NoPairs,
    /// Nobody seems to occur twice.
    #[error("nobody seems to be described twice, so there is nothing to learn from")]
    NoMatches,
}

/// How often each pattern of levels occurs. Sorted, so that sums are reproducible.
type Patterns = BTreeMap<Levels, f64>;
/// The shares of each field's levels in a class of pairs.
type Shares = [Vec<f64>; Field::ALL.len()];

/// Estimates a model from one set of descriptions in which people occur more than once, or from two sets that
/// describe the same people. What the data do not show is taken from `base`.
pub fn train(one: &[Description], other: Option<&[Description]>, base: &Model) -> Result<Trained, TrainError> {
    let prepared: Vec<Prepared> = one.iter().map(Prepared::of).collect();
    let prepared_other: Option<Vec<Prepared>> = other.map(|other| other.iter().map(Prepared::of).collect());
    let against = prepared_other.as_deref().unwrap_or(&prepared);
    let all_pairs = match &prepared_other {
        Some(other) => count(prepared.len()) * count(other.len()),
        None => count(prepared.len()) * (count(prepared.len()) - 1.0) / 2.0,
    };
    let random = random_patterns(&prepared, prepared_other.as_deref());
    let different = shares(&random, |_| 1.0, &of(base, |odds| odds.u));
    let mut found: BTreeMap<(u8, Levels), f64> = BTreeMap::new();
    let blocked = pairs::with_kinds(one, other);
    for (left, right, kinds) in &blocked {
        let [.., (levels, beside)] = compare::with_and_without_places(&prepared[*left], &against[*right]);
        // Pairs decided by the limits are not learnt from.
        if limit(levels, base.households, beside) != Limit::None {
            continue;
        }
        *found.entry((*kinds, once(levels))).or_default() += 1.0;
    }
    if found.is_empty() {
        return Err(TrainError::NoPairs);
    }
    let estimate = estimate(&found, &of(base, |odds| odds.m), &different);
    let mut model = base.clone();
    for ((odds, same), different) in model.fields.iter_mut().zip(&estimate.same).zip(&different) {
        *odds = same.iter().zip(different).map(|(m, u)| Odds { m: *m, u: *u }).collect();
    }
    let matches = matches(&found, &estimate.same, &different, all_pairs);
    if matches < 1.0 {
        return Err(TrainError::NoMatches);
    }
    model.prior = odds(matches, all_pairs).log2();
    model.rarity = [
        Rarity::count(against.iter().map(|person| person.family.usual.whole.as_str())),
        Rarity::count(against.iter().map(|person| person.given.first())),
    ];
    Ok(Trained {
        model,
        pairs: blocked.len(),
        matches,
        rounds: estimate.rounds,
        converged: estimate.converged,
    })
}

struct Estimate {
    same: Shares,
    rounds: u32,
    converged: bool,
}

/// Pairs that share a key always agree in its fields, whoever they are. So each kind of key is estimated
/// separately, and only for the other fields; the results are combined, weighted by the number of matches
/// found.
fn estimate(found: &BTreeMap<(u8, Levels), f64>, base: &Shares, different: &Shares) -> Estimate {
    let mut same: Shares = base.each_ref().map(|shares| vec![0.0; shares.len()]);
    let (mut rounds, mut converged) = (0, true);
    for kind in Kind::ALL {
        let mut patterns = Patterns::new();
        for ((_, levels), number) in found.iter().filter(|((kinds, _), _)| kinds & pairs::bit(kind) != 0) {
            *patterns.entry(without(*levels, kind.fields())).or_default() += number;
        }
        let pass = pass(&patterns, base, different);
        for ((field, same), found) in Field::ALL.into_iter().zip(&mut same).zip(&pass.found) {
            if !kind.fields().contains(&field) {
                same.iter_mut().zip(found).for_each(|(same, found)| *same += found);
            }
        }
        rounds = rounds.max(pass.rounds);
        converged &= pass.converged;
    }
    Estimate {
        same: shares_of(&same, base),
        rounds,
        converged,
    }
}

/// The result for one kind of key.
struct Pass {
    /// How often each level occurs among matches.
    found: Shares,
    rounds: u32,
    converged: bool,
}

fn pass(patterns: &Patterns, base: &Shares, different: &Shares) -> Pass {
    let total: f64 = patterns.values().sum();
    let mut pass = Pass {
        found: base.each_ref().map(|shares| vec![0.0; shares.len()]),
        rounds: 0,
        converged: total == 0.0,
    };
    let (mut same, mut share) = (base.clone(), FIRST_SHARE);
    while pass.rounds < MAX_ROUNDS && !pass.converged {
        pass.rounds += 1;
        let chance = |levels: &Levels| {
            let (of_same, of_different) = (share * joint(&same, *levels), (1.0 - share) * joint(different, *levels));
            of_same / (of_same + of_different)
        };
        let matches: f64 = patterns.iter().map(|(levels, number)| number * chance(levels)).sum();
        pass.found = counts(patterns, chance);
        let next = shares_of(&pass.found, base);
        let next_share = (matches / total).clamp(MIN_SHARE, 1.0 - MIN_SHARE);
        pass.converged = largest_change(&same, &next).max((share - next_share).abs()) < CONVERGENCE;
        (same, share) = (next, next_share);
    }
    pass
}

/// The number of matches among the pairs, for a model whose prior is not known yet.
fn matches(found: &BTreeMap<(u8, Levels), f64>, same: &Shares, different: &Shares, all_pairs: f64) -> f64 {
    let ratios: Vec<(f64, f64)> = found
        .iter()
        .map(|((_, levels), number)| (*number, joint(same, *levels) / joint(different, *levels)))
        .collect();
    let mut matches: f64 = ratios.iter().map(|(number, _)| number).sum::<f64>() * FIRST_SHARE;
    for _ in 0..MAX_ROUNDS {
        let prior = odds(matches, all_pairs);
        matches = ratios
            .iter()
            .map(|(number, ratio)| number * (prior * ratio) / (1.0 + prior * ratio))
            .sum();
    }
    matches
}

fn odds(matches: f64, all_pairs: f64) -> f64 {
    matches.max(MIN_SHARE) / (all_pairs - matches).max(1.0)
}

/// A pattern with these fields unknown.
fn without(mut levels: Levels, fields: &[Field]) -> Levels {
    for (field, level) in Field::ALL.iter().zip(&mut levels) {
        if fields.contains(field) {
            *level = Agreement::Missing;
        }
    }
    levels
}

/// The probability of a pattern in a class of pairs.
fn joint(shares: &Shares, levels: Levels) -> f64 {
    let fields = Field::ALL.into_iter().zip(shares).zip(levels);
    fields
        .filter_map(|((field, shares), level)| shares.get(field.place(level)?))
        .product()
}

/// How often each level occurs, with each pair weighted by `chance`.
fn counts(patterns: &Patterns, chance: impl Fn(&Levels) -> f64) -> Shares {
    let mut counts: Shares = std::array::from_fn(|field| vec![0.0; Field::ALL[field].levels().len()]);
    for (levels, number) in patterns {
        let number = number * chance(levels);
        for ((field, counts), level) in Field::ALL.into_iter().zip(&mut counts).zip(levels) {
            if let Some(count) = field.place(*level).and_then(|place| counts.get_mut(place)) {
                *count += number;
            }
        }
    }
    counts
}

/// The share of each level, smoothed with the base's.
fn shares_of(counts: &Shares, base: &Shares) -> Shares {
    normalised(std::array::from_fn(|field| {
        let seen = counts[field].iter().any(|count| *count > 0.0);
        let both = counts[field].iter().zip(&base[field]);
        let least = if seen { UNSEEN_COUNT } else { 0.0 };
        both.map(|(count, share)| (count + share * WEIGHT_OF_BASE).max(least))
            .collect()
    }))
}

fn shares(patterns: &Patterns, chance: impl Fn(&Levels) -> f64, base: &Shares) -> Shares {
    shares_of(&counts(patterns, chance), base)
}

/// Normalises shares to a sum of 1.
fn normalised(mut counts: Shares) -> Shares {
    for counts in &mut counts {
        let sum: f64 = counts.iter().sum();
        for count in counts.iter_mut() {
            *count = (*count / sum).max(MIN_SHARE);
        }
    }
    counts
}

fn of(model: &Model, which: impl Fn(&Odds) -> f64) -> Shares {
    std::array::from_fn(|field| model.fields[field].iter().map(&which).collect())
}

fn largest_change(one: &Shares, other: &Shares) -> f64 {
    let pairs = one.iter().flatten().zip(other.iter().flatten());
    pairs.map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
}

fn patterns<'a>(pairs: impl Iterator<Item = (&'a Prepared, &'a Prepared)>) -> Patterns {
    let mut patterns = Patterns::new();
    for (one, other) in pairs {
        *patterns.entry(once(compare::levels(one, other))).or_default() += 1.0;
    }
    patterns
}

/// Random pairs: all of them if there are few, otherwise some from a fixed sequence.
fn random_patterns(one: &[Prepared], other: Option<&[Prepared]>) -> Patterns {
    let against = other.unwrap_or(one);
    if one.is_empty() || against.is_empty() {
        return Patterns::new();
    }
    let within = other.is_none();
    if one.len().saturating_mul(against.len()) <= RANDOM_PAIRS {
        let all = (0..one.len()).flat_map(|left| (0..against.len()).map(move |right| (left, right)));
        let all = all.filter(|(left, right)| !within || left < right);
        return patterns(all.map(|(left, right)| (&one[left], &against[right])));
    }
    let mut state = 0_u64;
    let mut draw = |of: usize| {
        // SplitMix64; the remainder's bias is below a billionth.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (of as u64)).unwrap_or(0)
    };
    let drawn = std::iter::repeat_with(|| (draw(one.len()), draw(against.len()))).take(RANDOM_PAIRS);
    let drawn = drawn.filter(|(left, right)| !within || left != right);
    patterns(drawn.map(|(left, right)| (&one[left], &against[right])))
}

/// Counts are far below the precision of a float.
#[expect(clippy::cast_precision_loss, reason = "numbers of people, not of atoms")]
fn count(number: usize) -> f64 {
    number as f64
}
