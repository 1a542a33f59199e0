//! Two descriptions, field by field.

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

/// How far one field agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The field.
    pub field: Field,
    /// How far it agrees.
    pub level: Agreement,
}

/// How far each field agrees, in the order of [`Field::ALL`].
pub(super) type Levels = [Agreement; Field::ALL.len()];

/// What a comparison says besides its levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    /// The system of the number that is the same.
    pub(super) number: Option<System>,
    /// Both have an NHS number that is right in itself, and they are two.
    pub(super) two_numbers: bool,
    /// On one side a text stands for a given name that nobody knew.
    pub(super) nameless: bool,
}

/// A description as it is compared; made once where it is compared often.
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

/// Compares two descriptions. Which of them is which does not matter.
pub fn compare(one: &Description, other: &Description) -> Vec<Comparison> {
    told(levels(&Prepared::of(one), &Prepared::of(other)))
}

pub(super) fn told(levels: Levels) -> Vec<Comparison> {
    let pairs = Field::ALL.into_iter().zip(levels);
    pairs.map(|(field, level)| Comparison { field, level }).collect()
}

pub(super) fn levels(one: &Prepared, other: &Prepared) -> Levels {
    let (family, given) = names::both((&one.family, &one.given), (&other.family, &other.given));
    let postcode = postcode::postcodes(&one.postcode, &other.postcode);
    let address = match address::addresses(&one.address, &other.address) {
        // In one unit the street is the same for everybody, and another number is another house.
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

/// The comparison as it is, and as it would be if no place were known, or no number of a place, or neither: what tells least comes first.
pub(super) fn with_and_without_places(one: &Prepared, other: &Prepared) -> [(Levels, Beside); 4] {
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
        (levels, beside(one, other, numbers))
    })
}

/// What the levels of such numbers do not show.
fn beside(one: &Prepared, other: &Prepared, numbers: Numbers) -> Beside {
    Beside {
        number: numbers.system,
        two_numbers: numbers.two_people,
        nameless: one.given.stands_for_none || other.given.stands_for_none,
    }
}

fn sexes(one: Option<Sex>, other: Option<Sex>) -> Agreement {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Agreement::Exact,
        (Some(_), Some(_)) => Agreement::Disagrees,
        _ => Agreement::Missing,
    }
}
