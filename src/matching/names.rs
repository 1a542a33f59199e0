//! Comparing names.

use super::{
    Agreement, Field, keys, nicknames,
    normal::{self, LOST, Name, Reading},
};

/// The Jaro–Winkler similarity from which two names are spelt alike.
const ALIKE: f64 = 0.88;
/// A part of a name shorter than this is not enough to count as the same name.
const MIN_PART: usize = 3;

/// The most letters by which two spellings of dotted vowels differ.
const MAX_DOTTED: usize = 3;

/// How well family names and given names agree. Swapped names are found here, since that needs both.
pub(super) fn both(one: (&Name, &Name), other: (&Name, &Name)) -> (Agreement, Agreement) {
    let ((family, given), (other_family, other_given)) = (one, other);
    // A person with one name has it as given name on some forms and as family name on others.
    match [family, given, other_family, other_given].map(Name::is_empty) {
        [false, true, true, false] => return (self::family(family, other_given), Agreement::Missing),
        [true, false, false, true] => return (self::family(given, other_family), Agreement::Missing),
        _ => {}
    }
    let direct = (self::family(family, other_family), self::given(given, other_given));
    let same = |level: Agreement| level >= Agreement::Slip;
    if same(direct.0) || same(direct.1) {
        return direct;
    }
    let crossed = [self::given(given, other_family), self::given(family, other_given)];
    if direct.0 == Agreement::Missing || direct.1 == Agreement::Missing {
        // A person may have only one name, and be asked about with it as either.
        let one_name = |family: &Name, given: &Name| family.is_empty() != given.is_empty();
        let found = crossed.into_iter().max().filter(|level| same(*level));
        return match found {
            Some(level) if one_name(family, given) && one_name(other_family, other_given) => {
                (level_of_family(level), Agreement::Missing)
            }
            // Only if there is no other name: otherwise a name in the wrong place is treated as swapped.
            Some(_) if one_name(family, given) || one_name(other_family, other_given) => {
                (Agreement::Missing, Agreement::Swapped)
            }
            _ => direct,
        };
    }
    // One must be exact; the other may be misspelt, or partly left out, as middle names are, or reduced to
    // the initial.
    let whole = crossed.into_iter().any(|level| level > Agreement::Slip);
    match crossed.map(|level| whole && (same(level) || matches!(level, Agreement::Part | Agreement::Initial))) {
        [true, true] => (Agreement::Swapped, Agreement::Swapped),
        // One name is in the other's place, and the other is missing.
        [false, false] => direct,
        _ => (direct.0, Agreement::Swapped),
    }
}

/// Maps a level of given names to one that family names can have.
fn level_of_family(level: Agreement) -> Agreement {
    if level == Agreement::Exact {
        level
    } else {
        Agreement::Slip
    }
}

/// How well two family names agree.
fn family(one: &Name, other: &Name) -> Agreement {
    of_readings(Field::FamilyName, one, other, family_as_read)
}

/// How well two given names agree.
fn given(one: &Name, other: &Name) -> Agreement {
    if let (Some(one), Some(other)) = (&one.literal, &other.literal)
        && [one, other]
            .into_iter()
            .all(|name| name.parts.len() > 1 && normal::is_shared(name.first()))
    {
        // Concatenated, names that begin alike would seem similar.
        return given_as_read(one, other);
    }
    of_readings(Field::GivenName, one, other, given_as_read)
}

/// The best agreement of two names, reading possible titles and particles both ways.
fn of_readings(field: Field, one: &Name, other: &Name, compare: fn(&Reading, &Reading) -> Agreement) -> Agreement {
    if one.is_empty() || other.is_empty() {
        return Agreement::Missing;
    }
    let usual = compare(&one.usual, &other.usual);
    if one.literal.is_none() && other.literal.is_none() || usual == Agreement::Exact {
        return usual;
    }
    let literal = |name: &'_ Name| name.literal.as_ref().unwrap_or(&name.usual).clone();
    let literal = compare(&literal(one), &literal(other));
    if field.place(literal) > field.place(usual) {
        literal
    } else {
        usual
    }
}

fn family_as_read(one: &Reading, other: &Reading) -> Agreement {
    if one.whole == other.whole {
        return Agreement::Exact;
    }
    let whole = spelling(&one.whole, &other.whole);
    if whole >= Agreement::Slip || one.parts.len() == 1 && other.parts.len() == 1 {
        return whole;
    }
    match of_parts(&one.parts, &other.parts) {
        Agreement::Exact => Agreement::Part,
        Agreement::Slip | Agreement::Sounds => whole.max(Agreement::Similar),
        _ => whole,
    }
}

fn given_as_read(one: &Reading, other: &Reading) -> Agreement {
    if one.whole == other.whole {
        return Agreement::Exact;
    }
    // Middle names are often left out.
    let without_middle = one.parts.len().min(other.parts.len()) == 1;
    if without_middle && one.first() == other.first() && one.first().len() >= MIN_PART {
        return Agreement::Part;
    }
    let (one_rest, other_rest) = (
        one.parts.get(1..).unwrap_or_default(),
        other.parts.get(1..).unwrap_or_default(),
    );
    let rest_agrees =
        !one_rest.is_empty() && !other_rest.is_empty() && of_parts(one_rest, other_rest) == Agreement::Exact;
    if !without_middle && normal::is_shared(one.first()) && normal::is_shared(other.first()) {
        // The next name is the one that the person is called by.
        return if rest_agrees {
            Agreement::Nickname
        } else {
            of_shared(one_rest, other_rest)
        };
    }
    if nicknames::related(one.first(), other.first()) {
        return Agreement::Nickname;
    }
    if one.whole.len() == 1 || other.whole.len() == 1 {
        let same = one.whole.as_bytes().first() == other.whole.as_bytes().first();
        return if same { Agreement::Initial } else { Agreement::Disagrees };
    }
    let whole = spelling(&one.whole, &other.whole);
    if whole >= Agreement::Slip {
        return whole;
    }
    if one.parts.len() > 1 || other.parts.len() > 1 {
        match of_parts(&one.parts, &other.parts) {
            Agreement::Exact => return Agreement::Part,
            Agreement::Slip if without_middle && is_slip(one.first(), other.first()) => return Agreement::Slip,
            Agreement::Slip | Agreement::Sounds => return whole.max(Agreement::Similar),
            _ => {}
        }
    }
    let near = |form: &str, name: &str| is_slip(form, name);
    if whole == Agreement::Disagrees && nicknames::nearly_related(one.first(), other.first(), near) {
        return Agreement::Similar;
    }
    whole
}

/// Both have a name that brothers share, and others as well.
fn of_shared(one: &[String], other: &[String]) -> Agreement {
    let (Some(first), Some(second)) = (one.first(), other.first()) else {
        return Agreement::Similar;
    };
    if nicknames::related(first, second) {
        return Agreement::Nickname;
    }
    match of_parts(one, other) {
        Agreement::Slip => Agreement::Slip,
        Agreement::Sounds => Agreement::Sounds,
        Agreement::Similar => Agreement::Similar,
        _ => Agreement::Disagrees,
    }
}

/// The best agreement between a part of one and a part of the other. Parts are few and short. Words common in
/// many names do not count if both have another name.
fn of_parts(one: &[String], other: &[String]) -> Agreement {
    let alone = one.len() == 1 || other.len() == 1;
    let counts = |part: &&String| part.len() >= MIN_PART && (alone || !normal::is_common_part(part));
    let pairs = one
        .iter()
        .filter(counts)
        .flat_map(|part| other.iter().filter(counts).map(move |against| (part, against)));
    pairs
        .map(|(part, against)| {
            if part == against {
                Agreement::Exact
            } else {
                spelling(part, against)
            }
        })
        .max()
        .unwrap_or(Agreement::Disagrees)
}

/// How many letters may differ in a typing mistake, by the length of the word.
const fn slips(letters: usize) -> usize {
    match letters {
        0..3 => 0,
        3..8 => 1,
        _ => 2,
    }
}

/// Whether a form is a typing mistake away from a name.
fn is_slip(form: &str, name: &str) -> bool {
    form.len().abs_diff(name.len()) <= 1 && form.len().max(name.len()) >= 3 && strsim::osa_distance(form, name) <= 1
}

/// How well two different words agree in spelling and sound.
fn spelling(one: &str, other: &str) -> Agreement {
    if one.contains(LOST) || other.contains(LOST) {
        return with_lost_letters(one, other);
    }
    let longest = one.len().max(other.len());
    // A word twice as long is another word; and a difference of more letters than that is not a typing
    // mistake.
    if one.len().min(other.len()) * 2 < longest {
        return Agreement::Disagrees;
    }
    let distance = strsim::osa_distance(one, other);
    if distance <= slips(longest) || distance <= MAX_DOTTED && with_plain_vowels(one) == with_plain_vowels(other) {
        return Agreement::Slip;
    }
    if longest >= 3 && keys::sound(one) == keys::sound(other) {
        return Agreement::Sounds;
    }
    if longest >= 5 && distance <= 2 || strsim::jaro_winkler(one, other) >= ALIKE {
        return Agreement::Similar;
    }
    Agreement::Disagrees
}

/// Without diacritics, dotted vowels are written with an `e` after them, and a ring as a second `a`: `oe` is
/// `ö` and `aa` is `å`.
fn with_plain_vowels(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars() {
        let dotted = letter == 'e' && plain.ends_with(['a', 'o', 'u']) || letter == 'a' && plain.ends_with('a');
        if !dotted {
            plain.push(letter);
        }
    }
    plain
}

/// The same for words with lost letters: each stands for one letter, or for none.
fn with_lost_letters(one: &str, other: &str) -> Agreement {
    let fits = |spoilt: &str, whole: &str| {
        let parts: Vec<&str> = spoilt.split(LOST).collect();
        let (lost, known) = (parts.len() - 1, spoilt.len() + 1 - parts.len());
        // Most of it must be known.
        let enough = known >= 2 && lost * 2 <= known && (known..=known + lost).contains(&whole.len());
        let mut rest = whole;
        enough
            && parts.iter().enumerate().all(|(at, part)| {
                let room = usize::from(at > 0);
                let found = rest.find(part).filter(|found| *found <= room * lost);
                found.is_some_and(|found| {
                    rest = &rest[found + part.len()..];
                    true
                })
            })
    };
    let plain = |text: &str| text.replace(LOST, "");
    if fits(one, other) || fits(other, one) || plain(one) == plain(other) {
        return Agreement::Slip;
    }
    match spelling(&plain(one), &plain(other)) {
        Agreement::Slip => Agreement::Slip,
        _ => Agreement::Disagrees,
    }
}
