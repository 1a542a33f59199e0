//! Two descriptions, field by field.

use super::{
    Agreement, Description, Field, Sex,
    address::{self, Address},
    dates::{self, Born},
    names,
    normal::{self, Name},
    postcode,
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

/// A description as it is compared; made once where it is compared often.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) family: Name,
    pub(super) given: Name,
    born: Option<Born>,
    postcode: String,
    address: Address,
    sex: Option<Sex>,
    identifiers: Vec<(String, String)>,
}

impl Prepared {
    pub(super) fn of(description: &Description) -> Self {
        let name = |text: &Option<String>| text.as_deref().map(normal::name).unwrap_or_default();
        Self {
            family: name(&description.family_name),
            given: name(&description.given_name),
            born: Born::of(description),
            postcode: description.postcode.as_deref().map(normal::code).unwrap_or_default(),
            address: description.address.as_deref().map(Address::of).unwrap_or_default(),
            sex: description.sex,
            identifiers: normal::identifiers(description),
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
        dates::dates(one.born, other.born),
        postcode,
        address,
        sexes(one.sex, other.sex),
        identifiers(&one.identifiers, &other.identifiers),
    ]
}

fn sexes(one: Option<Sex>, other: Option<Sex>) -> Agreement {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Agreement::Exact,
        (Some(_), Some(_)) => Agreement::Disagrees,
        _ => Agreement::Missing,
    }
}

/// The best that numbers of one system agree. Numbers of different systems say nothing of each other.
fn identifiers(one: &[(String, String)], other: &[(String, String)]) -> Agreement {
    let of_one_system = one.iter().flat_map(|own| {
        other
            .iter()
            .filter(move |their| own.0 == their.0)
            .map(move |their| (&own.1, &their.1))
    });
    of_one_system
        .map(|(own, their)| numbers(own, their))
        .max()
        .unwrap_or(Agreement::Missing)
}

fn numbers(one: &str, other: &str) -> Agreement {
    if one == other {
        Agreement::Exact
    } else if one.len().min(other.len()) >= 6 && strsim::osa_distance(one, other) == 1 {
        Agreement::Slip
    } else {
        Agreement::Disagrees
    }
}
