//! How far names agree.

use super::{Agreement, keys, nicknames, normal::Name};

/// From here on two names are spelt alike, by the measure of Jaro and Winkler.
const ALIKE: f64 = 0.88;
/// A shorter part of a name is not enough for it to count as the same name.
const SHORTEST_PART: usize = 3;

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
    let known = direct.0 != Agreement::Missing && direct.1 != Agreement::Missing;
    if !known || same(direct.0) || same(direct.1) {
        return direct;
    }
    let crossed = [self::given(given, other_family), self::given(family, other_given)];
    // Of one of them a part may be left out, as middle names are, or all but the initial.
    let whole = crossed.into_iter().any(same);
    match crossed.map(|level| same(level) || whole && matches!(level, Agreement::Part | Agreement::Initial)) {
        [true, true] => (Agreement::Swapped, Agreement::Swapped),
        // One of the names stands in the other's place, and the other is lost.
        [false, false] => direct,
        _ => (direct.0, Agreement::Swapped),
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
    // Middle names are left out as often as not.
    let without_middle = one.parts.len().min(other.parts.len()) == 1;
    if without_middle && one.first() == other.first() && one.first().len() >= SHORTEST_PART {
        return Agreement::Part;
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
        match of_parts(one, other) {
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
    let longest = one.len().max(other.len());
    // A word of twice the length is another word; and what differs by more letters than that is no slip.
    if one.len().min(other.len()) * 2 < longest {
        return Agreement::Disagrees;
    }
    let distance = strsim::osa_distance(one, other);
    if distance <= slips(longest) {
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
