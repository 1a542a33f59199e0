//! What each agreement speaks for: the weights of Fellegi and Sunter.

use std::sync::LazyLock;

use super::{
    Agreement, Comparison, Description, Field,
    compare::{self, Levels, Prepared},
};

/// What the program uses unless it is given another.
static STANDARD: LazyLock<Model> = LazyLock::new(|| {
    // A test reads the file that is built in.
    Model::parse(include_str!("model.toml")).unwrap_or_else(|error| unreachable!("the built-in model: {error}"))
});

/// As much as can speak for two people of whom nothing but a number agrees: they may be the same, no more.
const MAY_BE: f64 = 0.0;
/// As much as can speak for two people with other given names and other dates of birth.
const ANOTHER: f64 = -10.0;

/// How often a level occurs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Odds {
    /// Among pairs of the same person.
    pub(super) m: f64,
    /// Among pairs of different people.
    pub(super) u: f64,
}

/// How often each level of each field occurs among pairs of the same person and of different ones, and how rare the former are.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The odds, as a logarithm to base 2, that a pair taken at random is the same person.
    pub(super) prior: f64,
    /// The odds of each field's levels, in their order.
    pub(super) fields: [Vec<Odds>; Field::ALL.len()],
}

/// What speaks for two descriptions being of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The logarithm to base 2 of the odds that they are: 0 is even, 10 a thousand to one.
    pub weight: f64,
    /// How far each field agrees.
    pub fields: Vec<Comparison>,
}

impl Model {
    /// The model that is built in.
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    /// What speaks for a stored person being the one that is asked about. Which of them is which does not matter.
    pub fn score(&self, asked: &Description, stored: &Description) -> Score {
        let levels = compare::levels(&Prepared::of(asked), &Prepared::of(stored));
        Score {
            weight: self.weigh(levels),
            fields: compare::told(levels),
        }
    }

    /// The weight of a comparison.
    pub(super) fn weigh(&self, levels: Levels) -> f64 {
        let fields = Field::ALL.into_iter().zip(&self.fields).zip(levels);
        let spoken: f64 = fields.map(|((field, odds), level)| weight(field, odds, level)).sum();
        limit(levels, self.prior + spoken)
    }
}

/// The levels of a field that have a weight. Exchanged names are weighed once, with the family name.
pub(super) fn weighed(field: Field) -> impl Iterator<Item = Agreement> {
    let own = field.levels().iter().copied();
    own.filter(move |level| field != Field::GivenName || *level != Agreement::Swapped)
}

/// The place of a level among those of the field that have a weight.
pub(super) fn place(field: Field, level: Agreement) -> Option<usize> {
    weighed(field).position(|own| own == level)
}

fn weight(field: Field, odds: &[Odds], level: Agreement) -> f64 {
    let odds = place(field, level).and_then(|place| odds.get(place));
    odds.map_or(0.0, |odds| (odds.m / odds.u).log2())
}

/// Fields are weighed as if they were independent. They are not for people of one household, who have everything but their given names and dates
/// of birth in common, nor for a number that was given to the wrong person; so these have limits, whatever the weights are.
fn limit(levels: Levels, weight: f64) -> f64 {
    let [family, given, born, .., identifiers] = levels;
    let other = |level: Agreement| level == Agreement::Disagrees;
    let nothing = |level: Agreement| other(level) || level == Agreement::Missing;
    let same_number = identifiers == Agreement::Exact;
    let other_person = other(given) && other(born);
    let nothing_agrees =
        nothing(family) && nothing(given) && nothing(born) && (other(family) || other(given) || other(born));
    match (other_person || nothing_agrees, same_number) {
        (true, true) => weight.min(MAY_BE),
        (true, false) => weight.min(ANOTHER),
        (false, _) => weight,
    }
}
