//! What each agreement speaks for: the weights of Fellegi and Sunter.

use std::sync::LazyLock;

use super::{
    Agreement, Comparison, Description, Field,
    compare::{self, Beside, Levels, Prepared},
    dates, nicknames,
    numbers::System,
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
/// How much it speaks against somebody that they are called by a name that nobody wrote down.
const OTHER_NAME: f64 = -6.0;
/// How much it speaks against somebody that their date of birth is wholly another.
const OTHER_DATE: f64 = -7.0;
/// As much as can speak for somebody of another name: the one born that day may be a twin of whom nothing is recorded.
const UNNAMED: f64 = 6.0;
/// The odds, as a logarithm, that a date is wrong rather than that of somebody else who lives there, but for how frequent the given name is: of forty-five who are the same one, and of two hundred
/// who live with somebody and are not recorded (docs/matching.md).
const SAME_OF_A_HOME: f64 = -5.5;

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
    /// What a number that is the same says beyond the level, by the order of [`System`].
    pub(super) numbers: [f64; System::ALL.len()],
}

/// What speaks for two descriptions being of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The logarithm to base 2 of the odds that they are: 0 is even, 10 a thousand to one.
    pub weight: f64,
    /// The same where nobody else who may be found is near: then what is other is most likely wrong, and not another member of the household.
    pub alone: Option<f64>,
    /// How far each field agrees.
    pub fields: Vec<Comparison>,
    /// Whether they were born in one year, or a year apart.
    pub of_an_age: bool,
}

impl Model {
    /// The model that is built in.
    pub fn standard() -> &'static Self {
        &STANDARD
    }

    /// What speaks for a stored person being the one that is asked about. Which of them is which does not matter.
    ///
    /// A place can speak for somebody and never against, nor can a number of a place ([`Identifier::is_of_a_place`](super::Identifier::is_of_a_place)):
    /// where it does not help it is as if it were not known. Else who lives where no place may be compared would be told by what another place costs.
    pub fn score(&self, asked: &Description, stored: &Description) -> Score {
        let (asked, stored) = (Prepared::of(asked), Prepared::of(stored));
        let variants = compare::with_and_without_places(&asked, &stored);
        let rarity = self.rarity(variants[0].0, &asked, &stored);
        let weigh = |(levels, beside): (Levels, Beside)| (self.weigh(levels, beside, rarity), levels);
        let [least, more @ ..] = variants.map(weigh);
        let (weight, levels) = more
            .into_iter()
            .fold(least, |best, next| if next.0 > best.0 { next } else { best });
        let alone = variants.into_iter().filter_map(|(levels, beside)| {
            self.alone(levels, beside, rarity, [&asked, &stored].map(|side| side.given.first()))
        });
        Score {
            weight,
            alone: alone.max_by(f64::total_cmp),
            fields: compare::told(levels),
            of_an_age: dates::of_an_age(asked.born, stored.born),
        }
    }

    /// How often a field of two different people agrees so far.
    pub(super) fn by_chance(&self, field: Field, level: Agreement) -> f64 {
        let at = Field::ALL.iter().position(|one| *one == field);
        let odds = at.and_then(|at| self.fields.get(at)?.get(field.place(level)?));
        odds.map_or(0.0, |odds| odds.u)
    }

    /// The same model for descriptions with people of one household among them, or with none.
    #[must_use]
    pub fn with_households(mut self, households: bool) -> Self {
        self.households = households;
        self
    }

    /// What it says, beside the levels, that the family names and the given names that agree are rare or frequent. Of given names the first counts, since few have the
    /// others too.
    pub(super) fn rarity(&self, levels: Levels, asked: &Prepared, stored: &Prepared) -> [f64; 2] {
        let [family, given] = &self.rarity;
        let mut bits = [0.0; 2];
        if levels[0] == Agreement::Exact {
            // Who has one name only may have been asked for by the other.
            let name = [&asked.family, &asked.given].into_iter().find(|name| !name.is_empty());
            bits[0] = name.map_or(0.0, |name| family.of(&name.usual.whole));
        }
        if levels[1] == Agreement::Exact {
            bits[1] = given.of(asked.given.first()).min(given.of(stored.given.first()));
        }
        bits
    }

    /// What all fields speak for together, and no limit.
    fn spoken(&self, levels: Levels, beside: Beside) -> f64 {
        let fields = Field::ALL.into_iter().zip(&self.fields).zip(once(levels));
        let spoken: f64 = fields.map(|((field, odds), level)| weight(field, odds, level)).sum();
        let number = beside.number.and_then(|system| self.numbers.get(system as usize));
        self.prior + spoken + number.copied().unwrap_or(0.0)
    }

    /// The weight of a comparison.
    pub(super) fn weigh(&self, levels: Levels, beside: Beside, rarity: [f64; 2]) -> f64 {
        let weight = self.spoken(levels, beside);
        let rarity: f64 = rarity.iter().sum();
        // A rare name tells strangers apart, and not the relatives that the limits are for.
        let of_relatives = weight + rarity.min(0.0);
        match limit(levels, self.households, beside) {
            Limit::None => weight + rarity,
            Limit::MayBe => of_relatives.min(MAY_BE),
            Limit::Another => of_relatives.min(ANOTHER),
        }
    }

    /// The weight of somebody of a household who is other in one thing only and is near to nobody else who may be found: their given name is another, or their date
    /// of birth, and all else that is known agrees, the place among it.
    fn alone(&self, levels: Levels, beside: Beside, rarity: [f64; 2], given_names: [&str; 2]) -> Option<f64> {
        let [family, given, born, postcode, address, sex, _] = levels;
        let at_home = matches!(address, Agreement::Similar | Agreement::Exact)
            || postcode == Agreement::Exact && address == Agreement::Missing;
        let of_the_family = matches!(family, Agreement::Part | Agreement::Slip | Agreement::Exact);
        let same_so_far = self.households && at_home && of_the_family && sex != Agreement::Disagrees;
        if !same_so_far || beside.two_numbers || beside.nameless {
            return None;
        }
        let other = |level: Agreement| matches!(level, Agreement::Disagrees | Agreement::Similar | Agreement::Sounds);
        // Names that registers have are no pet names: two of them are two people.
        let registered = given_names.into_iter().all(nicknames::is_formal);
        let (field, other, most) = if born == Agreement::Exact && other(given) && !registered {
            (1, OTHER_NAME, UNNAMED)
        } else if given == Agreement::Exact && matches!(born, Agreement::Disagrees | Agreement::Part) {
            // Somebody else of that name may live there: the less likely, the rarer the name.
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
        let weight = self.spoken(without, beside) + other + rarity.iter().sum::<f64>().min(0.0);
        Some(weight.min(most))
    }

    /// The odds that somebody with another date of birth is the same person and not somebody else of one home who has the given name by chance.
    fn named_alike(&self) -> f64 {
        let given = Field::GivenName;
        let exact = given
            .place(Agreement::Exact)
            .and_then(|place| self.fields[1].get(place));
        exact.map_or(0.0, |exact| SAME_OF_A_HOME - exact.u.log2())
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
pub(super) fn limit(levels: Levels, households: bool, beside: Beside) -> Limit {
    let [family, given, born, postcode, address, sex, _] = levels;
    let other = |level: Agreement| level == Agreement::Disagrees;
    let said = [family, given, born];
    let nothing_agrees = said.into_iter().all(|level| level <= Agreement::Disagrees) && said.into_iter().any(other);
    // One of the names stands in the other's place, and the other is lost: it may have been the given name.
    let half_swapped = given == Agreement::Swapped && family != Agreement::Swapped && family != Agreement::Missing;
    // All who live somewhere may have the number of a tenancy.
    let own_number = beside.number.is_some_and(|system| system != System::Tenancy);
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
    let unnamed = given == Agreement::Missing && family <= Agreement::Disagrees && beside.number.is_none();
    // Anybody of that name who lives there.
    let neither = given == Agreement::Missing && born == Agreement::Missing;
    let anybody = neither && beside.number.is_none();
    let may_be_relative = one_is_other || part_of_date && !neither || twin;
    // Whom neither a place nor a number speaks for is known by names and the day of birth, and by nothing less: a namesake is soon found whose date is a slip away.
    let home = matches!(address, Agreement::Similar | Agreement::Exact);
    let elsewhere = postcode < Agreement::Near && !home && beside.number.is_none();
    let near_date = born < Agreement::Exact;
    let near_name = given == Agreement::Missing && family < Agreement::Exact;
    // Two parts of a date are less than a slip, and a street of the same town is less than a home; so is a date nearly the same without a given name.
    let part_elsewhere = born == Agreement::Part && postcode < Agreement::Slip && address < Agreement::Exact;
    // What is known of a date that is known in part agrees, or it does not; a twin is told by the sex alone.
    let in_part = matches!(born, Agreement::SameYear | Agreement::SameMonth | Agreement::Expected);
    let unnamed_twin = given == Agreement::Missing
        && matches!(born, Agreement::SameYear | Agreement::SameMonth)
        && sex != Agreement::Exact;
    let near_door = !home && postcode > Agreement::Missing;
    let next_door = given == Agreement::Missing && near_date && (near_door && !in_part || unnamed_twin);
    let namesake = elsewhere && (near_date || near_name) || beside.number.is_none() && (part_elsewhere || next_door);
    // Somebody whose given name nobody knew when it was written down is known by their home, or by a number.
    let nameless = elsewhere && beside.nameless;
    match (nothing_agrees || households && relative, own_number) {
        (true, true) => Limit::MayBe,
        // Without households an address is no less than a name.
        (true, false) if households => Limit::Another,
        _ if beside.two_numbers || nameless => Limit::MayBe,
        (false, false) if households && (may_be_relative || unnamed || anybody || namesake) => Limit::MayBe,
        _ => Limit::None,
    }
}

/// Whether a given name is not known, or agrees no more than those of two people in one family often do.
const fn is_weak(given: Agreement) -> bool {
    use Agreement::{Initial, Missing, Similar, Sounds};
    matches!(given, Missing | Similar | Sounds | Initial)
}
