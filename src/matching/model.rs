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

/// As much as can speak for two people who may be the same, no more.
const MAY_BE: f64 = 0.0;
/// As much as can speak for two people of whom the one is somebody else.
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
    /// Whether there are people of one household among those described, so that everything but given name and date of birth says little.
    pub(super) households: bool,
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

    /// The same model for descriptions with people of one household among them, or with none.
    #[must_use]
    pub fn with_households(mut self, households: bool) -> Self {
        self.households = households;
        self
    }

    /// The weight of a comparison.
    pub(super) fn weigh(&self, levels: Levels) -> f64 {
        let fields = Field::ALL.into_iter().zip(&self.fields).zip(once(levels));
        let spoken: f64 = fields.map(|((field, odds), level)| weight(field, odds, level)).sum();
        let weight = self.prior + spoken;
        match limit(levels, self.households) {
            Limit::None => weight,
            Limit::MayBe => weight.min(MAY_BE),
            Limit::Another => weight.min(ANOTHER),
        }
    }
}

/// Exchanged names are weighed once, with the family name.
pub(super) fn once(mut levels: Levels) -> Levels {
    if levels[0] == Agreement::Swapped {
        levels[1] = Agreement::Missing;
    }
    levels
}

fn weight(field: Field, odds: &[Odds], level: Agreement) -> f64 {
    let odds = field.place(level).and_then(|place| odds.get(place));
    odds.map_or(0.0, |odds| (odds.m / odds.u).log2())
}

/// What the weights alone cannot see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// Nothing: the weights hold.
    None,
    /// May be the same, no more.
    MayBe,
    /// Somebody else.
    Another,
}

/// Fields are weighed as if they were independent. They are not for people of one household, who have everything but their given names and dates
/// of birth in common, nor for a number that was given to the wrong person; so these have limits, whatever the weights are.
pub(super) fn limit(levels: Levels, households: bool) -> Limit {
    let [family, given, born, _, _, sex, identifiers] = levels;
    let other = |level: Agreement| level == Agreement::Disagrees;
    let said = [family, given, born];
    let nothing_agrees = said.into_iter().all(|level| level <= Agreement::Disagrees) && said.into_iter().any(other);
    let same_number = identifiers == Agreement::Exact;
    // A brother or a sister.
    let relative = households && other(given) && other(born);
    // A twin, or somebody who was named after a relative. Where a name says nothing, two of the three parts of a date are not enough.
    let part_of_date = born <= Agreement::Part && (given == Agreement::Missing || other(family));
    let may_be_relative = households && (other(given) || other(born) || part_of_date);
    match (nothing_agrees || relative, same_number) {
        (true, true) => Limit::MayBe,
        (true, false) => Limit::Another,
        (false, false) if may_be_relative => Limit::MayBe,
        (false, _) => Limit::None,
    }
}
