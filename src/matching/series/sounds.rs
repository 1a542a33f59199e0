//! What a name is held fast by: how it and its parts sound, and the register's names that it may be a short form of.

use super::super::{
    frequent::{self, Of},
    keys, nicknames,
    normal::Name,
};

/// Stands where a name is not said, or no more than its first letter.
pub(super) const UNSAID: &str = "-";
/// By so many register's names of a short form a question is held fast.
const MOST_FORMALS: usize = 4;

/// Whether more than the first letter of a name is said.
pub(super) fn said(name: &Name) -> bool {
    name.usual.whole.len() > 1
}

/// How a family name sounds, as a whole and by its parts. One of several words may be a given name in the wrong place.
pub(super) fn sounds_of_family(name: &Name) -> Vec<String> {
    if !said(name) {
        return vec![UNSAID.to_owned()];
    }
    let formals = if words(name).len() > 1 {
        formals(name)
    } else {
        Vec::new()
    };
    forms(words(name).into_iter().chain(formals))
}

/// How a given name sounds, by the register's names that it may be a short form of, and by each of several.
pub(super) fn sounds_of_given(name: &Name) -> Vec<String> {
    if !said(name) {
        return vec![UNSAID.to_owned()];
    }
    forms(formals(name).into_iter().chain(words(name)))
}

/// The same by the first of the register's names only.
pub(super) fn called(name: &Name) -> Vec<String> {
    if !said(name) {
        return vec![UNSAID.to_owned()];
    }
    forms(formals(name).into_iter().take(1).chain(words(name)))
}

/// The register's names of which a given name may be a short form: by its first word in either reading, and by the next one, which counts after a name that whole families of brothers have.
fn formals(name: &Name) -> Vec<&'static str> {
    let firsts = [&name.usual].into_iter().chain(&name.literal);
    let firsts = firsts.flat_map(|reading| reading.parts.iter().take(2));
    let formals = firsts.flat_map(|word| nicknames::formals(word).iter().copied().take(MOST_FORMALS));
    let mut all: Vec<&str> = Vec::new();
    for formal in formals {
        if !all.contains(&formal) {
            all.push(formal);
        }
    }
    all
}

/// The words of a name, in both its readings, and each of these as one word.
pub(super) fn words(name: &Name) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    for reading in std::iter::once(&name.usual).chain(&name.literal) {
        // Short words stand beside many names, but for the first one of a given name.
        let parts = reading.parts.iter().enumerate();
        let parts = parts.filter(|(place, part)| part.len() > 2 || *place == 0 && !nicknames::formals(part).is_empty());
        for word in parts.map(|(_, part)| part).chain([&reading.whole]) {
            if !words.contains(&word.as_str()) {
                words.push(word);
            }
        }
    }
    words
}

/// The first letters of a name and the last ones.
pub(super) fn ends(name: &str, said: bool) -> Vec<(Of, String)> {
    if said {
        frequent::ends(name).map(|(of, part)| (of, part.to_owned())).to_vec()
    } else {
        vec![(Of::Head, UNSAID.to_owned())]
    }
}

fn forms<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut sounds: Vec<String> = Vec::new();
    for sound in names.filter_map(keys::sound) {
        if !sounds.contains(&sound) {
            sounds.push(sound);
        }
    }
    if sounds.is_empty() {
        sounds.push(UNSAID.to_owned());
    }
    sounds
}
