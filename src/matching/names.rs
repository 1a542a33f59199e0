//! How far names agree.

use super::{
    Agreement, Field, keys, nicknames,
    normal::{self, LOST, Name, Reading},
};

/// From here on two names are spelt alike, by the measure of Jaro and Winkler.
const ALIKE: f64 = 0.88;
/// A shorter part of a name is not enough for it to count as the same name.
const SHORTEST_PART: usize = 3;

/// The most letters by which two ways of writing dotted vowels differ.
const MOST_DOTTED: usize = 3;

/// How far family names and given names agree. Exchanged names are found here, since both are needed for it.
pub(super) fn both(one: (&Name, &Name), other: (&Name, &Name)) -> (Agreement, Agreement) {
    let ((family, given), (other_family, other_given)) = (one, other);
    // Whoever has one name has it as the one on some forms and as the other on others.
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
        // Somebody may have one name only, and it may be asked for as either.
        let one_name = |family: &Name, given: &Name| family.is_empty() != given.is_empty();
        let found = crossed.into_iter().max().filter(|level| same(*level));
        return match found {
            Some(level) if one_name(family, given) && one_name(other_family, other_given) => {
                (level_of_family(level), Agreement::Missing)
            }
            // Only for who has no other name: a name in the wrong place is otherwise exchanged for the other one.
            Some(_) if one_name(family, given) || one_name(other_family, other_given) => {
                (Agreement::Missing, Agreement::Swapped)
            }
            _ => direct,
        };
    }
    // One is as it is written; the other may be misspelt, or a part of it is left out, as middle names are, or all but the initial.
    let whole = crossed.into_iter().any(|level| level > Agreement::Slip);
    match crossed.map(|level| whole && (same(level) || matches!(level, Agreement::Part | Agreement::Initial))) {
        [true, true] => (Agreement::Swapped, Agreement::Swapped),
        // One of the names stands in the other's place, and the other is lost.
        [false, false] => direct,
        _ => (direct.0, Agreement::Swapped),
    }
}

/// A level of given names as one that family names can have.
fn level_of_family(level: Agreement) -> Agreement {
    if level == Agreement::Exact {
        level
    } else {
        Agreement::Slip
    }
}

/// How far two family names agree.
fn family(one: &Name, other: &Name) -> Agreement {
    of_readings(Field::FamilyName, one, other, family_as_read)
}

/// How far two given names agree.
fn given(one: &Name, other: &Name) -> Agreement {
    if let (Some(one), Some(other)) = (&one.literal, &other.literal)
        && [one, other]
            .into_iter()
            .all(|name| name.parts.len() > 1 && normal::is_shared(name.first()))
    {
        // Written together, names that begin alike would seem to be alike.
        return given_as_read(one, other);
    }
    of_readings(Field::GivenName, one, other, given_as_read)
}

/// The most that two names agree, with what may be a title or the beginning of a name and without.
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
    // Middle names are left out as often as not.
    let without_middle = one.parts.len().min(other.parts.len()) == 1;
    if without_middle && one.first() == other.first() && one.first().len() >= SHORTEST_PART {
        return Agreement::Part;
    }
    let (one_rest, other_rest) = (
        one.parts.get(1..).unwrap_or_default(),
        other.parts.get(1..).unwrap_or_default(),
    );
    let rest_agrees =
        !one_rest.is_empty() && !other_rest.is_empty() && of_parts(one_rest, other_rest) == Agreement::Exact;
    if !without_middle && normal::is_shared(one.first()) && normal::is_shared(other.first()) {
        // The next name is the one that somebody is called by.
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

/// Two who both have a name that brothers share, and others besides.
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

/// The most that a part of the one agrees with a part of the other. There are few parts, and they are short. What stands beside many names says nothing where both have
/// another besides.
fn of_parts(one: &[String], other: &[String]) -> Agreement {
    let alone = one.len() == 1 || other.len() == 1;
    let counts = |part: &&String| part.len() >= SHORTEST_PART && (alone || !normal::is_beside(part));
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

/// How many letters may be others for it to be a slip, in a word of so many.
const fn slips(letters: usize) -> usize {
    match letters {
        0..3 => 0,
        3..8 => 1,
        _ => 2,
    }
}

/// Whether a form is a slip away from a name.
fn is_slip(form: &str, name: &str) -> bool {
    form.len().abs_diff(name.len()) <= 1 && form.len().max(name.len()) >= 3 && strsim::osa_distance(form, name) <= 1
}

/// How far two different words agree as they are written and sound.
fn spelling(one: &str, other: &str) -> Agreement {
    if one.contains(LOST) || other.contains(LOST) {
        return with_lost_letters(one, other);
    }
    let longest = one.len().max(other.len());
    // A word of twice the length is another word; and what differs by more letters than that is no slip.
    if one.len().min(other.len()) * 2 < longest {
        return Agreement::Disagrees;
    }
    let distance = strsim::osa_distance(one, other);
    if distance <= slips(longest) || distance <= MOST_DOTTED && with_plain_vowels(one) == with_plain_vowels(other) {
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

/// Vowels with dots are written with an `e` behind them where there are none, and a ring as a second `a`: `oe` is `ö` and `aa` is `å`.
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

/// The same for words in which letters got lost: each stands for one letter, or for none.
fn with_lost_letters(one: &str, other: &str) -> Agreement {
    let fits = |spoilt: &str, whole: &str| {
        let parts: Vec<&str> = spoilt.split(LOST).collect();
        let (lost, known) = (parts.len() - 1, spoilt.len() + 1 - parts.len());
        // Nearly all of it must be known.
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
