//! The keys by which candidates are found: each a number that stands for what a description and its slips have in common.
//!
//! Keys are kept in the database. Whatever changes one (the folding, the phonetic code, the list of nicknames) makes the kept ones void, and
//! they must be made anew; a test holds some of them fast.

use chrono::{Datelike as _, NaiveDate};
use rphonetic::{DoubleMetaphone, Encoder as _};

use super::{Description, normal, normal::Name};

/// The most keys by which one question is looked up.
pub const MOST_ASKED: usize = 16;
/// The most parts of a family name that get keys of their own.
const MOST_PARTS: usize = 2;
/// The longest phonetic code.
const CODE_LENGTH: usize = 4;

/// What a key is made of. The numbers are part of the keys.
#[derive(Clone, Copy)]
enum Kind {
    /// How the family name sounds, and the year of birth.
    SoundAndYear = 1,
    /// The date of birth, and an initial.
    DateAndInitial = 2,
    /// The postcode, and an initial.
    PostcodeAndInitial = 3,
    /// A number in another system.
    Identifier = 4,
    /// How the family name sounds, and day and month of birth.
    SoundAndDay = 5,
    /// How the names sound, in whichever order.
    Sounds = 6,
}

/// The keys of a stored person: all but the one by place. Sorted, each once.
pub fn stored(description: &Description) -> Vec<i64> {
    let names = Names::of(description);
    let mut keys = Vec::new();
    let sounds = names.family_sounds();
    if let Some(born) = description.date_of_birth {
        keys.extend(sounds.iter().map(|sound| year_key(sound, born)));
        keys.extend(sounds.iter().map(|sound| day_key(sound, born)));
        keys.extend(names.initials().into_iter().map(|initial| date_key(born, &initial)));
    }
    keys.extend(names.both_sounds());
    keys.extend(identifier_keys(description));
    finish(keys)
}

/// The key by place of a person with that given name at that postcode. People whose whereabouts are shielded must have none.
pub fn at_postcode(postcode: &str, given_name: &str) -> Option<i64> {
    let (postcode, name) = (normal::code(postcode), normal::name(given_name));
    let initial = name.formal().get(..1)?;
    (!postcode.is_empty()).then(|| hash(Kind::PostcodeAndInitial, &[&postcode, initial]))
}

/// The keys by which a description is looked up, those of slips and the one by place included. Sorted, each once, at most [`MOST_ASKED`].
pub fn asked(description: &Description) -> Vec<i64> {
    let names = Names::of(description);
    let mut keys = Vec::new();
    // The strongest first: what does not fit is left out at the end.
    keys.extend(identifier_keys(description).into_iter().take(4));
    if let Some(born) = description.date_of_birth {
        let sounds = names.family_sounds();
        keys.extend(sounds.first().map(|sound| year_key(sound, born)));
        keys.extend(names.initials().into_iter().map(|initial| date_key(born, &initial)));
        keys.extend(names.both_sounds());
        keys.extend(sounds.first().map(|sound| day_key(sound, born)));
        // Names exchanged.
        keys.extend(names.given_sound.as_ref().map(|sound| year_key(sound, born)));
        let swapped = names.family.first().get(..1);
        keys.extend(swapped.map(|initial| date_key(born, initial)));
        keys.extend(place_key(description));
        // Day and month exchanged.
        let initials = names.initials();
        let turned = NaiveDate::from_ymd_opt(born.year(), born.day(), born.month());
        let turned = turned.filter(|turned| *turned != born).zip(initials.first());
        keys.extend(turned.map(|(turned, initial)| date_key(turned, initial)));
        keys.extend(sounds.iter().skip(1).map(|sound| year_key(sound, born)));
    } else {
        keys.extend(names.both_sounds());
        keys.extend(place_key(description));
    }
    let mut once = Vec::with_capacity(MOST_ASKED);
    for key in keys {
        if once.len() < MOST_ASKED && !once.contains(&key) {
            once.push(key);
        }
    }
    finish(once)
}

/// The names of a description and how they sound.
struct Names {
    given: Name,
    family: Name,
    given_sound: Option<String>,
}

impl Names {
    fn of(description: &Description) -> Self {
        let read = |text: &Option<String>| text.as_deref().map(normal::name).unwrap_or_default();
        let given = read(&description.given_name);
        Self {
            given_sound: sound(given.formal()),
            family: read(&description.family_name),
            given,
        }
    }

    /// How the family name sounds as a whole, then its parts if it has several.
    fn family_sounds(&self) -> Vec<String> {
        let parts = if self.family.parts.len() > 1 {
            &self.family.parts[..]
        } else {
            &[]
        };
        // The last part and the first: they are those that people leave out or keep.
        let ends = parts.last().into_iter().chain(parts.first()).take(MOST_PARTS);
        let mut sounds: Vec<String> = std::iter::once(&self.family.whole)
            .chain(ends)
            .filter_map(|part| sound(part))
            .collect();
        sounds.dedup();
        sounds
    }

    /// The given name's initial, and that of the name it is short for.
    fn initials(&self) -> Vec<String> {
        let mut initials: Vec<String> = [self.given.formal(), self.given.first()]
            .iter()
            .filter_map(|name| name.get(..1).map(str::to_owned))
            .collect();
        initials.dedup();
        initials
    }

    /// Both names' sounds, in one order whichever is which.
    fn both_sounds(&self) -> Option<i64> {
        let (given, family) = (self.given_sound.as_ref()?, sound(&self.family.whole)?);
        let (first, second) = if *given <= family {
            (given, &family)
        } else {
            (&family, given)
        };
        Some(hash(Kind::Sounds, &[first, second]))
    }
}

fn place_key(description: &Description) -> Option<i64> {
    at_postcode(description.postcode.as_deref()?, description.given_name.as_deref()?)
}

fn identifier_keys(description: &Description) -> Vec<i64> {
    normal::identifiers(description)
        .iter()
        .map(|(system, value)| hash(Kind::Identifier, &[system, value]))
        .collect()
}

fn year_key(sound: &str, born: NaiveDate) -> i64 {
    hash(Kind::SoundAndYear, &[sound, &born.year().to_string()])
}

fn day_key(sound: &str, born: NaiveDate) -> i64 {
    hash(
        Kind::SoundAndDay,
        &[sound, &format!("{:02}{:02}", born.month(), born.day())],
    )
}

fn date_key(born: NaiveDate, initial: &str) -> i64 {
    hash(Kind::DateAndInitial, &[&born.to_string(), initial])
}

/// How a name sounds; a name that has no sound (digits, most often) is its own.
pub(super) fn sound(name: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    let coded = DoubleMetaphone::new(Some(CODE_LENGTH)).encode(name);
    Some(if coded.is_empty() { name.to_owned() } else { coded })
}

/// FNV-1a with the finish of `MurmurHash3`: the same on every machine and in every version.
fn hash(kind: Kind, parts: &[&str]) -> i64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ u64::from(kind as u8);
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        }
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (hash ^ (hash >> 33)).cast_signed()
}

fn finish(mut keys: Vec<i64>) -> Vec<i64> {
    keys.sort_unstable();
    keys.dedup();
    keys
}
