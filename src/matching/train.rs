//! Estimates a model from descriptions of which nobody has said who is who, by expectation-maximisation.
//!
//! Pairs that share a key are compared; among them are those of the same person and others that are alike by chance. What the former have in common
//! (`m`) comes from them. What different people have in common (`u`) comes from pairs taken without looking, nearly all of which
//! are different people. The same data always give the same model.

use std::collections::{BTreeMap, HashMap};

use super::{
    Description, Field, Model,
    compare::{self, Levels, Prepared},
    model::{Odds, place},
    pairs,
};

/// The most rounds of estimation.
const MOST_ROUNDS: u32 = 500;
/// A round that changes no share by more than this is the last.
const SETTLED: f64 = 1e-7;
/// Pairs taken without looking.
const AT_RANDOM: usize = 2_000_000;
/// How many pairs the model that is begun with counts for, so that a level that the data do not show keeps a share.
const WEIGHT_OF_BASE: f64 = 2.0;
/// The share of matches that the estimation begins with.
const FIRST_SHARE: f64 = 0.2;
/// No share is below this.
const LEAST_SHARE: f64 = 1e-9;

/// A model, and what it was estimated from.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// How many pairs shared a key.
    pub pairs: usize,
    /// How many of them are of the same person, as far as the estimation can tell.
    pub matches: f64,
    /// How many rounds it took.
    pub rounds: u32,
    /// Whether the last round changed nothing any more.
    pub settled: bool,
}

/// Data that no model can be estimated from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// Nobody shares a key with anybody.
    #[error("no two descriptions have enough in common to be compared")]
    NoPairs,
    /// Nobody seems to be there twice.
    #[error("nobody seems to be described twice, so there is nothing to learn from")]
    NoMatches,
}

/// How often each pattern of levels occurs. Sorted, so that sums come out the same every time.
type Patterns = BTreeMap<Levels, f64>;
/// The shares of each field's levels in a class of pairs.
type Shares = [Vec<f64>; Field::ALL.len()];

/// Estimates a model from one set of descriptions in which people occur more than once, or from two sets that describe the same people. What the data do
/// not show is taken from `base`.
pub fn train(one: &[Description], other: Option<&[Description]>, base: &Model) -> Result<Trained, TrainError> {
    let prepared: Vec<Prepared> = one.iter().map(Prepared::of).collect();
    let prepared_other: Option<Vec<Prepared>> = other.map(|other| other.iter().map(Prepared::of).collect());
    let against = prepared_other.as_deref().unwrap_or(&prepared);
    let blocked = pairs::blocked(one, other);
    let patterns = patterns(blocked.iter().map(|(left, right)| (&prepared[*left], &against[*right])));
    let random = patterns_at_random(&prepared, prepared_other.as_deref());
    let all_pairs = match &prepared_other {
        Some(other) => count(prepared.len()) * count(other.len()),
        None => count(prepared.len()) * (count(prepared.len()) - 1.0) / 2.0,
    };
    if patterns.is_empty() {
        return Err(TrainError::NoPairs);
    }
    let different = shares(&random, |_| 1.0, &of(base, |odds| odds.u));
    let found = estimate(&patterns, &of(base, |odds| odds.m), &different);
    if found.matches < 1.0 {
        return Err(TrainError::NoMatches);
    }
    let mut model = base.clone();
    model.prior = (found.matches / (all_pairs - found.matches).max(1.0)).log2();
    for ((odds, same), different) in model.fields.iter_mut().zip(&found.same).zip(&different) {
        *odds = same.iter().zip(different).map(|(m, u)| Odds { m: *m, u: *u }).collect();
    }
    Ok(Trained {
        model,
        pairs: blocked.len(),
        matches: found.matches,
        rounds: found.rounds,
        settled: found.settled,
    })
}

struct Estimate {
    same: Shares,
    matches: f64,
    rounds: u32,
    settled: bool,
}

/// Two classes of pairs, each with its own shares. The pairs are those that share a key, so that different people among them have more in common than
/// at random: their shares are estimated along, and not used for anything else.
fn estimate(patterns: &Patterns, base: &Shares, at_random: &Shares) -> Estimate {
    let total: f64 = patterns.values().sum();
    let (mut same, mut alike) = (base.clone(), at_random.clone());
    let mut share = FIRST_SHARE;
    let mut rounds = 0;
    let mut settled = false;
    let mut matches = 0.0;
    while rounds < MOST_ROUNDS && !settled {
        rounds += 1;
        let chance: HashMap<Levels, f64> = patterns
            .keys()
            .map(|levels| {
                let (of_same, of_alike) = (share * joint(&same, *levels), (1.0 - share) * joint(&alike, *levels));
                (*levels, of_same / (of_same + of_alike))
            })
            .collect();
        let chance = |levels: &Levels| chance.get(levels).copied().unwrap_or(0.0);
        matches = patterns.iter().map(|(levels, number)| number * chance(levels)).sum();
        let next_same = shares(patterns, chance, base);
        let next_alike = shares(patterns, |levels| 1.0 - chance(levels), at_random);
        let next_share = (matches / total).clamp(LEAST_SHARE, 1.0 - LEAST_SHARE);
        let moved = moved(&same, &next_same)
            .max(moved(&alike, &next_alike))
            .max((share - next_share).abs());
        settled = moved < SETTLED;
        (same, alike, share) = (next_same, next_alike, next_share);
    }
    Estimate {
        same,
        matches,
        rounds,
        settled,
    }
}

/// How likely a pattern is in a class of pairs.
fn joint(shares: &Shares, levels: Levels) -> f64 {
    let fields = Field::ALL.into_iter().zip(shares).zip(levels);
    fields
        .filter_map(|((field, shares), level)| shares.get(place(field, level)?))
        .product()
}

/// The shares of each level among pairs that count as `chance` says, a little of the base's own shares mixed in.
fn shares(patterns: &Patterns, chance: impl Fn(&Levels) -> f64, base: &Shares) -> Shares {
    let mut shares: Shares =
        std::array::from_fn(|field| base[field].iter().map(|share| share * WEIGHT_OF_BASE).collect());
    for (levels, number) in patterns {
        let number = number * chance(levels);
        for ((field, shares), level) in Field::ALL.into_iter().zip(&mut shares).zip(levels) {
            if let Some(share) = place(field, *level).and_then(|place| shares.get_mut(place)) {
                *share += number;
            }
        }
    }
    for shares in &mut shares {
        let sum: f64 = shares.iter().sum();
        for share in shares.iter_mut() {
            *share = (*share / sum).max(LEAST_SHARE);
        }
    }
    shares
}

fn of(model: &Model, which: impl Fn(&Odds) -> f64) -> Shares {
    std::array::from_fn(|field| model.fields[field].iter().map(&which).collect())
}

fn moved(one: &Shares, other: &Shares) -> f64 {
    let pairs = one.iter().flatten().zip(other.iter().flatten());
    pairs.map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
}

fn patterns<'a>(pairs: impl Iterator<Item = (&'a Prepared, &'a Prepared)>) -> Patterns {
    let mut patterns = Patterns::new();
    for (one, other) in pairs {
        *patterns.entry(compare::levels(one, other)).or_default() += 1.0;
    }
    patterns
}

/// Pairs taken without looking: all of them where there are not many, otherwise some by a fixed sequence.
fn patterns_at_random(one: &[Prepared], other: Option<&[Prepared]>) -> Patterns {
    let against = other.unwrap_or(one);
    if one.is_empty() || against.is_empty() {
        return Patterns::new();
    }
    let within = other.is_none();
    if one.len().saturating_mul(against.len()) <= AT_RANDOM {
        let all = (0..one.len()).flat_map(|left| (0..against.len()).map(move |right| (left, right)));
        let all = all.filter(|(left, right)| !within || left < right);
        return patterns(all.map(|(left, right)| (&one[left], &against[right])));
    }
    let mut state = 0_u64;
    let mut draw = |of: usize| {
        // SplitMix64; the remainder favours nobody by more than a billionth.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (of as u64)).unwrap_or(0)
    };
    let drawn = std::iter::repeat_with(|| (draw(one.len()), draw(against.len()))).take(AT_RANDOM);
    let drawn = drawn.filter(|(left, right)| !within || left != right);
    patterns(drawn.map(|(left, right)| (&one[left], &against[right])))
}

/// Counts are far below where a float is no longer exact.
#[expect(clippy::cast_precision_loss, reason = "numbers of people, not of atoms")]
fn count(number: usize) -> f64 {
    number as f64
}
