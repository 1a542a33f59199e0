//! Nicknames and short forms of given names, from `nicknames.txt` and `short_forms.txt`.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// One name per line: the formal one, then its short forms. The English list comes first, so that existing
/// look-up keys stay the same.
const LISTS: [&str; 2] = [include_str!("nicknames.txt"), include_str!("short_forms.txt")];

/// A form, and the formal names of its lines, in order.
static LINES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut lines: HashMap<&str, Vec<&str>> = HashMap::new();
    for list in LISTS {
        let known: HashSet<&str> = lines.keys().copied().collect();
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let mut forms = line.split_ascii_whitespace().peekable();
            let Some(formal) = forms.peek().copied() else { continue };
            for form in forms {
                let formals = lines.entry(form).or_default();
                if !formals.contains(&formal) {
                    formals.push(formal);
                }
            }
        }
        // A formal name counts first for its own line, even if it is also a short form elsewhere in the list.
        for (form, formals) in lines.iter_mut().filter(|(form, _)| !known.contains(**form)) {
            formals.sort_by_key(|formal| formal != form);
        }
    }
    lines
});

/// The forms of each line, by formal name.
static FORMS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut forms: HashMap<&str, Vec<&str>> = HashMap::new();
    for (form, formals) in LINES.iter() {
        for formal in formals {
            forms.entry(formal).or_default().push(form);
        }
    }
    forms
});

/// The formal name of a form, if it is listed.
pub(super) fn formal(name: &str) -> Option<&'static str> {
    LINES.get(name)?.first().copied()
}

/// All formal names of a form; empty if it is not listed.
pub(super) fn formals(name: &str) -> &'static [&'static str] {
    LINES.get(name).map_or(&[], Vec::as_slice)
}

/// Whether a name is a formal one.
pub(super) fn is_formal(name: &str) -> bool {
    FORMS.contains_key(name)
}

/// Whether two forms belong to the same name.
pub(super) fn related(one: &str, other: &str) -> bool {
    match (LINES.get(one), LINES.get(other)) {
        (Some(one), Some(other)) => one.iter().any(|formal| other.contains(formal)),
        _ => false,
    }
}

/// Whether a form of one is nearly the other, which itself is not listed.
pub(super) fn nearly_related(one: &str, other: &str, near: impl Fn(&str, &str) -> bool) -> bool {
    let of = |listed: &str, slipped: &str| {
        let formals = LINES.get(listed).into_iter().flatten();
        let mut forms = formals.filter_map(|formal| FORMS.get(formal)).flatten();
        !LINES.contains_key(slipped) && forms.any(|form| near(form, slipped))
    };
    of(one, other) || of(other, one)
}
