//! Estimates a model from descriptions of which nobody has said who is who, by expectation-maximisation.
//!
//! Pairs that share a key are compared; among them are those of the same person and others that are alike by chance. What the former have in common
//! (`m`) comes from them. What different people have in common (`u`) comes from pairs taken without looking, nearly all of which
//! are different people. The same data always give the same model.

use std::collections::BTreeMap;

use super::{
    Agreement, Description, Field, Model,
    compare::{self, Levels, Prepared},
    keys::Kind,
    model::{Limit, Odds, limit, once},
    pairs,
    rarity::Rarity,
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
/// A level that was not seen may yet have been missed by this many pairs.
const UNSEEN: f64 = 0.5;
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
    let all_pairs = match &prepared_other {
        Some(other) => count(prepared.len()) * count(other.len()),
        None => count(prepared.len()) * (count(prepared.len()) - 1.0) / 2.0,
    };
    let random = patterns_at_random(&prepared, prepared_other.as_deref());
    let different = shares(&random, |_| 1.0, &of(base, |odds| odds.u));
    let mut found: BTreeMap<(u8, Levels), f64> = BTreeMap::new();
    let blocked = pairs::with_kinds(one, other);
    for (left, right, kinds) in &blocked {
        let [.., (levels, beside)] = compare::with_and_without_places(&prepared[*left], &against[*right]);
        // What the limits decide is learnt from neither way.
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
        settled: estimate.settled,
    })
}

struct Estimate {
    same: Shares,
    rounds: u32,
    settled: bool,
}

/// Pairs that share a key agree in its fields because they do, whoever they are. So each kind of key is looked at by itself, and says
/// something of the other fields only; what the kinds say is put together by how many matches they found.
fn estimate(found: &BTreeMap<(u8, Levels), f64>, base: &Shares, different: &Shares) -> Estimate {
    let mut same: Shares = base.each_ref().map(|shares| vec![0.0; shares.len()]);
    let (mut rounds, mut settled) = (0, true);
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
        settled &= pass.settled;
    }
    Estimate {
        same: shares_of(&same, base),
        rounds,
        settled,
    }
}

/// What the pairs of one kind of key say.
struct Pass {
    /// How often each level occurs among matches.
    found: Shares,
    rounds: u32,
    settled: bool,
}

fn pass(patterns: &Patterns, base: &Shares, different: &Shares) -> Pass {
    let total: f64 = patterns.values().sum();
    let mut pass = Pass {
        found: base.each_ref().map(|shares| vec![0.0; shares.len()]),
        rounds: 0,
        settled: total == 0.0,
    };
    let (mut same, mut share) = (base.clone(), FIRST_SHARE);
    while pass.rounds < MOST_ROUNDS && !pass.settled {
        pass.rounds += 1;
        let chance = |levels: &Levels| {
            let (of_same, of_different) = (share * joint(&same, *levels), (1.0 - share) * joint(different, *levels));
            of_same / (of_same + of_different)
        };
        let matches: f64 = patterns.iter().map(|(levels, number)| number * chance(levels)).sum();
        pass.found = counts(patterns, chance);
        let next = shares_of(&pass.found, base);
        let next_share = (matches / total).clamp(LEAST_SHARE, 1.0 - LEAST_SHARE);
        pass.settled = moved(&same, &next).max((share - next_share).abs()) < SETTLED;
        (same, share) = (next, next_share);
    }
    pass
}

/// How many of the pairs are matches, by a model whose prior is not known yet.
fn matches(found: &BTreeMap<(u8, Levels), f64>, same: &Shares, different: &Shares, all_pairs: f64) -> f64 {
    let ratios: Vec<(f64, f64)> = found
        .iter()
        .map(|((_, levels), number)| (*number, joint(same, *levels) / joint(different, *levels)))
        .collect();
    let mut matches: f64 = ratios.iter().map(|(number, _)| number).sum::<f64>() * FIRST_SHARE;
    for _ in 0..MOST_ROUNDS {
        let prior = odds(matches, all_pairs);
        matches = ratios
            .iter()
            .map(|(number, ratio)| number * (prior * ratio) / (1.0 + prior * ratio))
            .sum();
    }
    matches
}

fn odds(matches: f64, all_pairs: f64) -> f64 {
    matches.max(LEAST_SHARE) / (all_pairs - matches).max(1.0)
}

/// A pattern as if these fields were not known.
fn without(mut levels: Levels, fields: &[Field]) -> Levels {
    for (field, level) in Field::ALL.iter().zip(&mut levels) {
        if fields.contains(field) {
            *level = Agreement::Missing;
        }
    }
    levels
}

/// How likely a pattern is in a class of pairs.
fn joint(shares: &Shares, levels: Levels) -> f64 {
    let fields = Field::ALL.into_iter().zip(shares).zip(levels);
    fields
        .filter_map(|((field, shares), level)| shares.get(field.place(level)?))
        .product()
}

/// How often each level occurs among pairs that count as `chance` says.
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

/// The shares of each level, a little of the base's own mixed in.
fn shares_of(counts: &Shares, base: &Shares) -> Shares {
    normal(std::array::from_fn(|field| {
        let seen = counts[field].iter().any(|count| *count > 0.0);
        let both = counts[field].iter().zip(&base[field]);
        let least = if seen { UNSEEN } else { 0.0 };
        both.map(|(count, share)| (count + share * WEIGHT_OF_BASE).max(least))
            .collect()
    }))
}

fn shares(patterns: &Patterns, chance: impl Fn(&Levels) -> f64, base: &Shares) -> Shares {
    shares_of(&counts(patterns, chance), base)
}

/// Shares of 1 in all.
fn normal(mut counts: Shares) -> Shares {
    for counts in &mut counts {
        let sum: f64 = counts.iter().sum();
        for count in counts.iter_mut() {
            *count = (*count / sum).max(LEAST_SHARE);
        }
    }
    counts
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
        *patterns.entry(once(compare::levels(one, other))).or_default() += 1.0;
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
