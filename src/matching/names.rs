//! How far names agree.

use super::{Agreement, keys, nicknames, normal::Name};

/// From here on two names are spelt alike, by the measure of Jaro and Winkler.
const ALIKE: f64 = 0.88;
/// A shorter part of a name is not enough for it to count as the same name.
const SHORTEST_PART: usize = 3;

/// How far family names and given names agree. Exchanged names are found here, since both are needed for it.
pub(super) fn both(one: (&Name, &Name), other: (&Name, &Name)) -> (Agreement, Agreement) {
    let ((family, given), (other_family, other_given)) = (one, other);
    let direct = (self::family(family, other_family), self::given(given, other_given));
    let same = |level: Agreement| level >= Agreement::Slip;
    if same(direct.0) || same(direct.1) {
        return direct;
    }
    let crossed = same(self::given(given, other_family)) && same(self::given(family, other_given));
    if crossed {
        (Agreement::Swapped, Agreement::Swapped)
    } else {
        direct
    }
}

/// How far two family names agree.
fn family(one: &Name, other: &Name) -> Agreement {
    if one.is_empty() || other.is_empty() {
        return Agreement::Missing;
    }
    if one.whole == other.whole {
        return Agreement::Exact;
    }
    let whole = spelling(&one.whole, &other.whole);
    if whole >= Agreement::Slip || one.parts.len() == 1 && other.parts.len() == 1 {
        return whole;
    }
    match of_parts(one, other) {
        Agreement::Exact => Agreement::Part,
        Agreement::Slip | Agreement::Sounds => whole.max(Agreement::Similar),
        _ => whole,
    }
}

/// How far two given names agree.
fn given(one: &Name, other: &Name) -> Agreement {
    if one.is_empty() || other.is_empty() {
        return Agreement::Missing;
    }
    if one.whole == other.whole {
        return Agreement::Exact;
    }
    if nicknames::related(one.first(), other.first()) {
        return Agreement::Nickname;
    }
    if one.whole.len() == 1 || other.whole.len() == 1 {
        let same = one.whole.as_bytes().first() == other.whole.as_bytes().first();
        return if same { Agreement::Initial } else { Agreement::Disagrees };
    }
    let whole = spelling(&one.whole, &other.whole);
    if whole >= Agreement::Slip || one.parts.len() == 1 && other.parts.len() == 1 {
        return whole;
    }
    match of_parts(one, other) {
        Agreement::Exact => Agreement::Part,
        Agreement::Slip | Agreement::Sounds => whole.max(Agreement::Similar),
        _ => whole,
    }
}

/// The most that a part of the one agrees with a part of the other. There are few parts, and they are short.
fn of_parts(one: &Name, other: &Name) -> Agreement {
    let long = |name: &'_ &String| name.len() >= SHORTEST_PART;
    let pairs = one
        .parts
        .iter()
        .filter(long)
        .flat_map(|part| other.parts.iter().filter(long).map(move |against| (part, against)));
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

/// How far two different words agree as they are written and sound.
fn spelling(one: &str, other: &str) -> Agreement {
    let longest = one.len().max(other.len());
    // A word of twice the length is another word; and what differs by more letters than that is no slip.
    if one.len().min(other.len()) * 2 < longest {
        return Agreement::Disagrees;
    }
    let distance = strsim::osa_distance(one, other);
    if longest >= 3 && distance <= 1 || longest >= 8 && distance <= 2 {
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
