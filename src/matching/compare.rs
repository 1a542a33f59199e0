//! Comparing two descriptions field by field.

use super::{
    Agreement, Description, Field, Sex,
    address::{self, Address},
    birthdays::birthdays,
    dates::Born,
    description::is_of_a_place,
    names,
    normal::{self, Name},
    numbers::{self, Number, Numbers, System},
    placeholders, postcode,
};

/// How well one field agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The field.
    pub field: Field,
    /// The level of agreement.
    pub level: Agreement,
}

/// The level of agreement of each field, in the order of [`Field::ALL`].
pub(super) type Levels = [Agreement; Field::ALL.len()];

/// Findings of a comparison in addition to its levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extras {
    /// The system of the number that matches.
    pub(super) number: Option<System>,
    /// Both have a valid NHS number, and the two differ.
    pub(super) two_nhs_numbers: bool,
    /// One side has a placeholder for an unknown given name.
    pub(super) placeholder_name: bool,
}

/// A description prepared for comparison, so that repeated comparisons are cheap.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) family: Name,
    pub(super) given: Name,
    pub(super) born: Option<Born>,
    pub(super) postcode: String,
    pub(super) address: Address,
    sex: Option<Sex>,
    pub(super) numbers: Vec<Number>,
}

impl Prepared {
    pub(super) fn of(description: &Description) -> Self {
        let text = |text: &'_ Option<String>| text.clone().unwrap_or_default();
        let postcode = normal::code(&text(&description.postcode));
        Self {
            family: normal::family_name(&text(&description.family_name)),
            given: normal::given_name(&text(&description.given_name)),
            born: Born::of(description),
            postcode: if placeholders::is_postcode(&postcode) {
                String::new()
            } else {
                postcode
            },
            address: Address::of(&text(&description.address)),
            sex: description.sex,
            numbers: numbers::of(description),
        }
    }
}

/// Compares two descriptions. Symmetric.
pub fn compare(one: &Description, other: &Description) -> Vec<Comparison> {
    comparisons(levels(&Prepared::of(one), &Prepared::of(other)))
}

pub(super) fn comparisons(levels: Levels) -> Vec<Comparison> {
    let pairs = Field::ALL.into_iter().zip(levels);
    pairs.map(|(field, level)| Comparison { field, level }).collect()
}

pub(super) fn levels(one: &Prepared, other: &Prepared) -> Levels {
    let (family, given) = names::both((&one.family, &one.given), (&other.family, &other.given));
    let postcode = postcode::postcodes(&one.postcode, &other.postcode);
    let address = match address::addresses(&one.address, &other.address) {
        // Within one postcode unit the street is the same for everybody, so another number is another house.
        Agreement::Near if postcode == Agreement::Exact && postcode::is_unit(&one.postcode) => Agreement::Part,
        level => level,
    };
    [
        family,
        given,
        birthdays(one.born, other.born),
        postcode,
        address,
        sexes(one.sex, other.sex),
        identifiers(numbers::compare(&one.numbers, &other.numbers, |_| true)),
    ]
}

fn identifiers(compared: Numbers) -> Agreement {
    compared.best.unwrap_or(Agreement::Missing)
}

/// The comparison as it is, and as if no place, no number of a place, or neither were known; the one with the
/// least information first.
pub(super) fn with_and_without_places(one: &Prepared, other: &Prepared) -> [(Levels, Extras); 4] {
    let levels = levels(one, other);
    let all = numbers::compare(&one.numbers, &other.numbers, |_| true);
    let of_no_place = numbers::compare(&one.numbers, &other.numbers, |system| !is_of_a_place(system));
    [(false, of_no_place), (true, of_no_place), (false, all), (true, all)].map(|(place, numbers)| {
        let [family, given, born, postcode, address, sex, _] = levels;
        let place = if place {
            [postcode, address]
        } else {
            [Agreement::Missing; 2]
        };
        let levels = [family, given, born, place[0], place[1], sex, identifiers(numbers)];
        (levels, extras(one, other, numbers))
    })
}

/// What the levels of such numbers do not show.
fn extras(one: &Prepared, other: &Prepared, numbers: Numbers) -> Extras {
    Extras {
        number: numbers.system,
        two_nhs_numbers: numbers.two_people,
        placeholder_name: one.given.is_placeholder || other.given.is_placeholder,
    }
}

fn sexes(one: Option<Sex>, other: Option<Sex>) -> Agreement {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Agreement::Exact,
        (Some(_), Some(_)) => Agreement::Disagrees,
        _ => Agreement::Missing,
    }
}
