//! Look-up keys (blocking keys) that find candidates: numbers derived from what a description and its likely
//! misspellings have in common.
//!
//! Keys are stored in the database. Any change to one (the folding, the phonetic code, the list of nicknames)
//! invalidates stored keys, which must then be rebuilt; a test pins some of them.

use chrono::{Datelike as _, NaiveDate};
use rphonetic::{DoubleMetaphone, Encoder as _};

use super::{Description, Field, address::Address, dates::Born, normal, normal::Name, numbers, placeholders};

/// The most keys in one look-up.
pub const MAX_ASKED: usize = 16;
/// The most parts of a family name with keys of their own.
const MAX_PARTS: usize = 2;
/// The most identifiers used in one look-up.
const MAX_IDENTIFIERS: usize = 4;
/// The most street keys of an address: each is a number with a word of the street.
const MAX_STREETS: usize = 3;
/// The longest phonetic code.
const CODE_LENGTH: usize = 4;

/// The kind of a key. The numbers are part of the keys, so they must not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The sound of the family name, and the year of birth.
    SoundAndYear = 1,
    /// The date of birth.
    Date = 2,
    /// The letters and digits of the postcode, sorted.
    Postcode = 3,
    /// A number in another system.
    Identifier = 4,
    /// The sound of the family name, and the day and month of birth.
    SoundAndDay = 5,
    /// The sounds of both names, in either order.
    Sounds = 6,
    /// A number of an address, and the sound of a word of its street.
    Street = 7,
    /// The sound of the given name, and the day and month of birth.
    GivenAndDay = 8,
}

impl Kind {
    pub(super) const ALL: [Self; 8] = [
        Self::SoundAndYear,
        Self::Date,
        Self::Postcode,
        Self::Identifier,
        Self::SoundAndDay,
        Self::Sounds,
        Self::Street,
        Self::GivenAndDay,
    ];

    /// The fields that agree in any pair with such a key, because of the key.
    pub(super) const fn fields(self) -> &'static [Field] {
        match self {
            Self::SoundAndYear | Self::SoundAndDay => &[Field::FamilyName, Field::DateOfBirth],
            Self::Date => &[Field::DateOfBirth],
            Self::Postcode | Self::Street => &[Field::Postcode, Field::Address],
            Self::Identifier => &[Field::Identifiers],
            Self::Sounds => &[Field::FamilyName, Field::GivenName],
            Self::GivenAndDay => &[Field::GivenName, Field::DateOfBirth],
        }
    }
}

/// A key and its kind.
pub(super) type Key = (i64, Kind);

/// The keys of a stored person, without place keys. Sorted, without duplicates.
pub fn stored(description: &Description) -> Vec<i64> {
    finish(of_stored(description))
}

/// The keys of numbers in other systems. Sorted, without duplicates.
pub fn by_number(description: &Description) -> Vec<i64> {
    finish(identifier_keys(description))
}

/// The place keys of those who live there. People whose whereabouts are shielded must have none. Sorted,
/// without duplicates.
pub fn by_place(postcode: Option<&str>, address: Option<&str>) -> Vec<i64> {
    finish(of_place(postcode, address))
}

/// The keys to look a description up by, including those of likely misspellings and of places. Sorted,
/// without duplicates, at most [`MAX_ASKED`].
pub fn asked(description: &Description) -> Vec<i64> {
    finish(of_asked(description))
}

pub(super) fn of_stored(description: &Description) -> Vec<Key> {
    let names = Names::of(description);
    let mut keys = identifier_keys(description);
    let born = Born::of(description);
    keys.extend(born.and_then(Born::day).map(date_key));
    for sound in names.family_sounds() {
        keys.extend(years(born).map(|year| year_key(&sound, year)));
        keys.extend(description.date_of_birth.map(|born| day_key(&sound, born)));
    }
    if let Some(born) = description.date_of_birth {
        keys.extend(names.given_sound.as_ref().map(|sound| given_key(sound, born)));
    }
    keys.extend(names.both_sounds());
    keys
}

pub(super) fn of_place(postcode: Option<&str>, address: Option<&str>) -> Vec<Key> {
    let is_one = |code: &String| !code.is_empty() && !placeholders::is_postcode(code);
    let postcode = postcode.map(normal::code).filter(is_one);
    let mut keys: Vec<Key> = postcode.map(|code| postcode_key(&code)).into_iter().collect();
    let streets = address.map(Address::streets).unwrap_or_default();
    let streets = streets
        .iter()
        .filter_map(|(number, word)| Some(key(Kind::Street, &[number, &sound(word)?])));
    keys.extend(streets.take(MAX_STREETS));
    keys
}

pub(super) fn of_asked(description: &Description) -> Vec<Key> {
    let names = Names::of(description);
    // The most selective first: excess keys are dropped from the end.
    let mut keys = identifier_keys(description);
    keys.truncate(MAX_IDENTIFIERS);
    let sounds = names.family_sounds();
    let (born, day) = (Born::of(description), description.date_of_birth);
    keys.extend(born.and_then(Born::day).map(date_key));
    // Day and month swapped.
    keys.extend(
        day.and_then(|born| NaiveDate::from_ymd_opt(born.year(), born.day(), born.month()))
            .map(date_key),
    );
    let in_years = |sound: &String| years(born).map(|year| year_key(sound, year)).collect::<Vec<_>>();
    keys.extend(sounds.first().into_iter().flat_map(in_years));
    keys.extend(sounds.first().zip(day).map(|(sound, born)| day_key(sound, born)));
    // Names swapped.
    keys.extend(names.given_sound.iter().flat_map(in_years));
    keys.extend(
        names
            .given_sound
            .as_ref()
            .zip(day)
            .map(|(sound, born)| given_key(sound, born)),
    );
    keys.extend(names.both_sounds());
    keys.extend(of_place(
        description.postcode.as_deref(),
        description.address.as_deref(),
    ));
    keys.extend(sounds.iter().skip(1).flat_map(in_years));
    let mut once = Vec::with_capacity(MAX_ASKED);
    for key in keys {
        if once.len() < MAX_ASKED && !once.contains(&key) {
            once.push(key);
        }
    }
    once
}

/// The names of a description and their sounds.
struct Names {
    family: Name,
    given_sound: Option<String>,
    /// Whether there is only one name.
    only: bool,
}

impl Names {
    fn of(description: &Description) -> Self {
        let read = |text: &Option<String>, name: fn(&str) -> Name| text.as_deref().map(name).unwrap_or_default();
        let given = read(&description.given_name, normal::given_name);
        let family = read(&description.family_name, normal::family_name);
        Self {
            given_sound: sound(given.formal()),
            only: given.is_empty() != family.is_empty(),
            // A person's only name may be either.
            family: if family.is_empty() { given } else { family },
        }
    }

    /// The sound of the whole family name, then of its parts if it has several.
    fn family_sounds(&self) -> Vec<String> {
        let usual = &self.family.usual;
        let parts = if usual.parts.len() > 1 { &usual.parts[..] } else { &[] };
        // The last part and the first: the ones that people tend to keep or leave out.
        let ends = parts.last().into_iter().chain(parts.first()).take(MAX_PARTS);
        // What looked like a title may be the name.
        let literal = self.family.literal.iter().flat_map(|literal| &literal.parts);
        let titles = literal.filter(|word| normal::is_title(word)).take(1);
        let mut sounds: Vec<String> = std::iter::once(&usual.whole)
            .chain(ends)
            .chain(titles)
            .filter_map(|part| sound(part))
            .collect();
        sounds.dedup();
        sounds
    }

    /// Both names' sounds, in an order that does not depend on which is which; for a single name, that it is
    /// the only one.
    fn both_sounds(&self) -> Option<Key> {
        if self.only {
            return Some(key(Kind::Sounds, &["", &sound(&self.family.usual.whole)?]));
        }
        let (given, family) = (self.given_sound.as_ref()?, sound(&self.family.usual.whole)?);
        let (first, second) = if *given <= family {
            (given, &family)
        } else {
            (&family, given)
        };
        Some(key(Kind::Sounds, &[first, second]))
    }
}

fn identifier_keys(description: &Description) -> Vec<Key> {
    let numbers = numbers::of(description);
    numbers
        .iter()
        .map(|number| key(Kind::Identifier, &[&number.system, &number.value]))
        .collect()
}

fn date_key(born: NaiveDate) -> Key {
    key(Kind::Date, &[&born.to_string()])
}

/// The possible years of birth.
fn years(born: Option<Born>) -> impl Iterator<Item = i32> {
    born.into_iter().flat_map(Born::years)
}

fn year_key(sound: &str, year: i32) -> Key {
    key(Kind::SoundAndYear, &[sound, &year.to_string()])
}

fn day_key(sound: &str, born: NaiveDate) -> Key {
    key(Kind::SoundAndDay, &[sound, &day_and_month(born)])
}

fn given_key(sound: &str, born: NaiveDate) -> Key {
    key(Kind::GivenAndDay, &[sound, &day_and_month(born)])
}

fn day_and_month(born: NaiveDate) -> String {
    format!("{:02}{:02}", born.month(), born.day())
}

/// Sorted, since swapped characters in a postcode are more common than two postcodes with the same
/// characters.
fn postcode_key(code: &str) -> Key {
    let mut letters: Vec<char> = code.chars().collect();
    letters.sort_unstable();
    key(Kind::Postcode, &[&String::from_iter(letters)])
}

/// The phonetic code of a name; a name without one (digits, usually) is its own.
pub(super) fn sound(name: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    let plain: String;
    let name = if name.contains(normal::LOST) {
        plain = name.replace(normal::LOST, "");
        &plain
    } else {
        name
    };
    let coded = DoubleMetaphone::new(Some(CODE_LENGTH)).encode(name);
    Some(if coded.is_empty() { name.to_owned() } else { coded })
}

/// FNV-1a with the finaliser of `MurmurHash3`: the same on every machine and in every version.
fn key(kind: Kind, parts: &[&str]) -> Key {
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ u64::from(kind as u8);
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        }
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    ((hash ^ (hash >> 33)).cast_signed(), kind)
}

fn finish(keys: Vec<Key>) -> Vec<i64> {
    let mut keys: Vec<i64> = keys.into_iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
