//! The matching model: match weights (Fellegi–Sunter).

use std::sync::LazyLock;

use super::{
    Agreement, Comparison, Description, Field,
    compare::{self, Extras, Levels, Prepared},
    dates, nicknames,
    numbers::System,
    rarity::Rarity,
};

/// The default model.
static STANDARD: LazyLock<Model> = LazyLock::new(|| {
    // A test parses the built-in file.
    Model::parse(include_str!("model.toml")).unwrap_or_else(|error| unreachable!("the built-in model: {error}"))
});

/// The highest weight of two people who may be the same.
const MAX_POSSIBLE: f64 = 0.0;
/// The highest weight of two people known to be different.
const MAX_OTHER_PERSON: f64 = -10.0;
/// The weight of being called by a name that nobody recorded.
const OTHER_NAME: f64 = -6.0;
/// The weight of a completely different date of birth.
const OTHER_DATE: f64 = -7.0;
/// The highest weight with a different name: the one born that day may be an unrecorded twin.
const UNNAMED: f64 = 6.0;
/// The log odds that a date is wrong rather than that of somebody else in the home, before the frequency of
/// the given name: of forty-five who are the same person, and of two hundred who live with somebody and are
/// not recorded (docs/matching.md).
const SAME_OF_A_HOME: f64 = -5.5;

/// How often a level occurs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Odds {
    /// Among pairs of the same person.
    pub(super) m: f64,
    /// Among pairs of different people.
    pub(super) u: f64,
}

/// How often each level of each field occurs among pairs of the same person and of different people, and how
/// rare the former are.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The log odds (base 2) that a random pair is the same person.
    pub(super) prior: f64,
    /// Whether the data contain several people of one household, so that everything but given name and date
    /// of birth is weak evidence.
    pub(super) households: bool,
    /// The odds of each field's levels, in order.
    pub(super) fields: [Vec<Odds>; Field::ALL.len()],
    /// The rarity of family names, and of given names.
    pub(super) rarity: [Rarity; 2],
    /// The extra weight of a matching number, in the order of [`System`].
    pub(super) numbers: [f64; System::ALL.len()],
}

/// How well two descriptions match.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The log odds (base 2) that they are the same person: 0 is even, 10 a thousand to one.
    pub weight: f64,
    /// The weight if no other candidate is close: then a difference is most likely a mistake, and not another
    /// member of the household.
    pub alone: Option<f64>,
    /// The agreement of each field.
    pub fields: Vec<Comparison>,
    /// Whether they were born in the same year, or a year apart.
    pub of_similar_age: bool,
}

impl Model {
    /// The built-in model.
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    /// Scores a stored person as the one asked about. Symmetric.
    /// A place can be evidence for a match but never against, and so can the number of a place
    /// ([`Identifier::is_of_a_place`](super::Identifier::is_of_a_place)): if it does not help, it counts as
    /// unknown. Otherwise the cost of a wrong place would reveal who lives where no place may be compared.
    pub fn score(&self, asked: &Description, stored: &Description) -> Score {
        let (asked, stored) = (Prepared::of(asked), Prepared::of(stored));
        let variants = compare::with_and_without_places(&asked, &stored);
        let rarity = self.rarity(variants[0].0, &asked, &stored);
        let weigh = |(levels, extras): (Levels, Extras)| (self.weigh(levels, extras, rarity), levels);
        let [least, more @ ..] = variants.map(weigh);
        let (weight, levels) = more
            .into_iter()
            .fold(least, |best, next| if next.0 > best.0 { next } else { best });
        let alone = variants.into_iter().filter_map(|(levels, extras)| {
            self.alone(levels, extras, rarity, [&asked, &stored].map(|side| side.given.first()))
        });
        Score {
            weight,
            alone: alone.max_by(f64::total_cmp),
            fields: compare::comparisons(levels),
            of_similar_age: dates::of_similar_age(asked.born, stored.born),
        }
    }

    /// How often a field of two different people agrees this well.
    pub(super) fn by_chance(&self, field: Field, level: Agreement) -> f64 {
        let at = Field::ALL.iter().position(|one| *one == field);
        let odds = at.and_then(|at| self.fields.get(at)?.get(field.place(level)?));
        odds.map_or(0.0, |odds| odds.u)
    }

    /// The same model for data with several people of one household, or without.
    #[must_use]
    pub fn with_households(mut self, households: bool) -> Self {
        self.households = households;
        self
    }

    /// The additional weight of agreeing family names and given names for being rare or frequent. Of given
    /// names the first counts, since few people share the others as well.
    pub(super) fn rarity(&self, levels: Levels, asked: &Prepared, stored: &Prepared) -> [f64; 2] {
        let [family, given] = &self.rarity;
        let mut bits = [0.0; 2];
        if levels[0] == Agreement::Exact {
            // A person with only one name may have been asked about by the other.
            let name = [&asked.family, &asked.given].into_iter().find(|name| !name.is_empty());
            bits[0] = name.map_or(0.0, |name| family.of(&name.usual.whole));
        }
        if levels[1] == Agreement::Exact {
            bits[1] = given.of(asked.given.first()).min(given.of(stored.given.first()));
        }
        bits
    }

    /// The total weight of all fields, without limits.
    fn total(&self, levels: Levels, extras: Extras) -> f64 {
        let fields = Field::ALL.into_iter().zip(&self.fields).zip(once(levels));
        let total: f64 = fields.map(|((field, odds), level)| weight(field, odds, level)).sum();
        let number = extras.number.and_then(|system| self.numbers.get(system as usize));
        self.prior + total + number.copied().unwrap_or(0.0)
    }

    /// The weight of a comparison.
    pub(super) fn weigh(&self, levels: Levels, extras: Extras, rarity: [f64; 2]) -> f64 {
        let weight = self.total(levels, extras);
        let rarity: f64 = rarity.iter().sum();
        // A rare name distinguishes strangers, but not the relatives that the limits are for.
        let of_relatives = weight + rarity.min(0.0);
        match limit(levels, self.households, extras) {
            Limit::None => weight + rarity,
            Limit::Possible => of_relatives.min(MAX_POSSIBLE),
            Limit::OtherPerson => of_relatives.min(MAX_OTHER_PERSON),
        }
    }

    /// The weight of somebody in a household who differs in one field only and has no other candidate close:
    /// the given name, or the date of birth, differs, and everything else known agrees, including the place.
    fn alone(&self, levels: Levels, extras: Extras, rarity: [f64; 2], given_names: [&str; 2]) -> Option<f64> {
        let [family, given, born, postcode, address, sex, _] = levels;
        let at_home = matches!(address, Agreement::Similar | Agreement::Exact)
            || postcode == Agreement::Exact && address == Agreement::Missing;
        let of_the_family = matches!(family, Agreement::Part | Agreement::Slip | Agreement::Exact);
        let same_so_far = self.households && at_home && of_the_family && sex != Agreement::Disagrees;
        if !same_so_far || extras.two_nhs_numbers || extras.placeholder_name {
            return None;
        }
        let other = |level: Agreement| matches!(level, Agreement::Disagrees | Agreement::Similar | Agreement::Sounds);
        // Formal names are not pet names: two different ones are two people.
        let registered = given_names.into_iter().all(nicknames::is_formal);
        let (field, other, most) = if born == Agreement::Exact && other(given) && !registered {
            (1, OTHER_NAME, UNNAMED)
        } else if given == Agreement::Exact && matches!(born, Agreement::Disagrees | Agreement::Part) {
            // Somebody else with that name may live there: the rarer the name, the less likely.
            (
                2,
                OTHER_DATE,
                self.named_alike() + self.rarity[1].by_chance(given_names[0]),
            )
        } else {
            return None;
        };
        let mut without = levels;
        without[field] = Agreement::Missing;
        let weight = self.total(without, extras) + other + rarity.iter().sum::<f64>().min(0.0);
        Some(weight.min(most))
    }

    /// The odds that somebody with another date of birth is the same person, rather than somebody else in the
    /// home who happens to have the same given name.
    fn named_alike(&self) -> f64 {
        let given = Field::GivenName;
        let exact = given
            .place(Agreement::Exact)
            .and_then(|place| self.fields[1].get(place));
        exact.map_or(0.0, |exact| SAME_OF_A_HOME - exact.u.log2())
    }
}

/// Swapped names are weighed once, with the family name.
pub(super) fn once(mut levels: Levels) -> Levels {
    if levels[0] == Agreement::Swapped {
        levels[1] = Agreement::Missing;
    }
    levels
}

fn weight(field: Field, odds: &[Odds], level: Agreement) -> f64 {
    if let Some(bits) = level.fixed_weight() {
        return bits;
    }
    let odds = field.place(level).and_then(|place| odds.get(place));
    odds.map_or(0.0, |odds| (odds.m / odds.u).log2())
}

/// A limit for what the weights alone cannot see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// No limit: the weights stand.
    None,
    /// Possibly the same person, no more.
    Possible,
    /// Another person.
    OtherPerson,
}

/// The model weighs fields as if they were independent. They are not for members of one household, who have
/// everything but given name and date of birth in common, nor for a number given to the wrong person; so
/// these have limits, whatever the weights.
pub(super) fn limit(levels: Levels, households: bool, extras: Extras) -> Limit {
    let [family, given, born, postcode, address, sex, _] = levels;
    let other = |level: Agreement| level == Agreement::Disagrees;
    let said = [family, given, born];
    let nothing_agrees = said.into_iter().all(|level| level <= Agreement::Disagrees) && said.into_iter().any(other);
    // One name is in the other's place, and the other is missing: it may have been the given name.
    let half_swapped = given == Agreement::Swapped && family != Agreement::Swapped && family != Agreement::Missing;
    // Everybody who lives somewhere may have the number of the tenancy.
    let own_number = extras.number.is_some_and(|system| system != System::Tenancy);
    // A sibling.
    let relative = other(given) && other(born);
    // A twin, or somebody named after a relative.
    let one_is_other = other(given) || other(born);
    // Siblings born in the same month, or years apart on the same day: with a name that is weak evidence, two
    // of the three parts of a date are not enough.
    let says_little = is_weak(given) || given == Agreement::Nickname || half_swapped;
    let part_of_date = born <= Agreement::Part && (says_little || other(family));
    // A twin of the other sex.
    let twin = other(sex) && (is_weak(given) || half_swapped);
    // Born on the same day in the same place, and no name agrees.
    let unnamed = given == Agreement::Missing && family <= Agreement::Disagrees && extras.number.is_none();
    // Anybody with that name who lives there.
    let neither = given == Agreement::Missing && born == Agreement::Missing;
    let anybody = neither && extras.number.is_none();
    let may_be_relative = one_is_other || part_of_date && !neither || twin;
    // Without evidence from a place or a number, both names and the exact day of birth are needed: a namesake
    // with a similar date is easily found.
    let home = matches!(address, Agreement::Similar | Agreement::Exact);
    let elsewhere = postcode < Agreement::Near && !home && extras.number.is_none();
    let near_date = born < Agreement::Exact;
    let near_name = given == Agreement::Missing && family < Agreement::Exact;
    // Two parts of a date are weaker than a typing mistake, and a street in the same town is weaker than a
    // home; so is a similar date without a given name.
    let part_elsewhere = born == Agreement::Part && postcode < Agreement::Slip && address < Agreement::Exact;
    // The known part of a partial date agrees or it does not; a twin is distinguished only by sex.
    let in_part = matches!(born, Agreement::SameYear | Agreement::SameMonth | Agreement::Expected);
    let unnamed_twin = given == Agreement::Missing
        && matches!(born, Agreement::SameYear | Agreement::SameMonth)
        && sex != Agreement::Exact;
    let near_door = !home && postcode > Agreement::Missing;
    let next_door = given == Agreement::Missing && near_date && (near_door && !in_part || unnamed_twin);
    let namesake = elsewhere && (near_date || near_name) || extras.number.is_none() && (part_elsewhere || next_door);
    // Somebody recorded without a given name is identified by their home, or by a number.
    let placeholder_name = elsewhere && extras.placeholder_name;
    match (nothing_agrees || households && relative, own_number) {
        (true, true) => Limit::Possible,
        // Without households an address is as good as a name.
        (true, false) if households => Limit::OtherPerson,
        _ if extras.two_nhs_numbers || placeholder_name => Limit::Possible,
        (false, false) if households && (may_be_relative || unnamed || anybody || namesake) => Limit::Possible,
        _ => Limit::None,
    }
}

/// Whether a given name is unknown, or agrees no better than those of two people in one family often do.
const fn is_weak(given: Agreement) -> bool {
    use Agreement::{Initial, Missing, Similar, Sounds};
    matches!(given, Missing | Similar | Sounds | Initial)
}
