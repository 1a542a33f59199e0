//! What each agreement speaks for: the weights of Fellegi and Sunter.

use std::sync::LazyLock;

use super::{
    Agreement, Comparison, Description, Field,
    compare::{self, Levels, Prepared},
    rarity::Rarity,
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
    /// What frequent and rare family names say, and given names.
    pub(super) rarity: [Rarity; 2],
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
        let (asked, stored) = (Prepared::of(asked), Prepared::of(stored));
        let levels = compare::levels(&asked, &stored);
        Score {
            weight: self.weigh(levels, self.rarity(levels, &asked, &stored)),
            fields: compare::told(levels),
        }
    }

    /// The same model for descriptions with people of one household among them, or with none.
    #[must_use]
    pub fn with_households(mut self, households: bool) -> Self {
        self.households = households;
        self
    }

    /// What it says, beside the levels, that the names that agree are rare or frequent. Of given names the first counts, since few have the others too.
    fn rarity(&self, levels: Levels, asked: &Prepared, stored: &Prepared) -> f64 {
        let [family, given] = &self.rarity;
        let mut bits = 0.0;
        if levels[0] == Agreement::Exact {
            // The one name that somebody has may stand in the place of the other.
            let name = if asked.family.is_empty() {
                &asked.given
            } else {
                &asked.family
            };
            bits += family.of(&name.whole);
        }
        if levels[1] == Agreement::Exact {
            bits += given.of(asked.given.first()).min(given.of(stored.given.first()));
        }
        bits
    }

    /// The weight of a comparison.
    fn weigh(&self, levels: Levels, rarity: f64) -> f64 {
        let fields = Field::ALL.into_iter().zip(&self.fields).zip(once(levels));
        let spoken: f64 = fields.map(|((field, odds), level)| weight(field, odds, level)).sum();
        let weight = self.prior + spoken;
        // A rare name tells strangers apart, and not the relatives that the limits are for.
        let of_relatives = weight + rarity.min(0.0);
        match limit(levels, self.households) {
            Limit::None => weight + rarity,
            Limit::MayBe => of_relatives.min(MAY_BE),
            Limit::Another => of_relatives.min(ANOTHER),
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
    if let Some(bits) = level.by_hand() {
        return bits;
    }
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
    let [family, given, born, .., sex, identifiers] = levels;
    let other = |level: Agreement| level == Agreement::Disagrees;
    let said = [family, given, born];
    let nothing_agrees = said.into_iter().all(|level| level <= Agreement::Disagrees) && said.into_iter().any(other);
    // One of the names stands in the other's place, and the other is lost: it may have been the given name.
    let half_swapped = given == Agreement::Swapped && family != Agreement::Swapped;
    let same_number = identifiers == Agreement::Exact;
    // A brother or a sister.
    let relative = other(given) && other(born);
    // A twin, or somebody who was named after a relative.
    let one_is_other = other(given) || other(born);
    // Brothers and sisters born in the same month, or years apart on the same day: where a name says little, two of the three parts of a date are not enough.
    let says_little = is_weak(given) || given == Agreement::Nickname || half_swapped;
    let part_of_date = born <= Agreement::Part && (says_little || other(family));
    // A twin of the other sex.
    let twin = other(sex) && (is_weak(given) || half_swapped);
    // Born on the same day at the same place, and no name agrees.
    let unnamed = given == Agreement::Missing && other(family);
    let may_be_relative = one_is_other || part_of_date || twin || unnamed;
    match (nothing_agrees || households && relative, same_number) {
        (true, true) => Limit::MayBe,
        // Without households an address is no less than a name.
        (true, false) if households => Limit::Another,
        (false, false) if households && may_be_relative => Limit::MayBe,
        _ => Limit::None,
    }
}

/// Whether a given name is not known, or agrees no more than those of two people in one family often do.
const fn is_weak(given: Agreement) -> bool {
    use Agreement::{Initial, Missing, Similar, Sounds};
    matches!(given, Missing | Similar | Sounds | Initial)
}
