//! Which given names are forms of one another, as `nicknames.txt` lists them.

use std::{collections::HashMap, sync::LazyLock};

/// One name a line: the formal one, then its short forms.
const LIST: &str = include_str!("nicknames.txt");

/// A form, and the formal names of the lines it stands in, in their order.
static LINES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut lines: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        let mut forms = line.split_ascii_whitespace().peekable();
        let Some(formal) = forms.peek().copied() else { continue };
        for form in forms {
            lines.entry(form).or_default().push(formal);
        }
    }
    // A name that heads a line is that line's first, wherever else it is a short form.
    for (form, formals) in &mut lines {
        formals.sort_by_key(|formal| formal != form);
    }
    lines
});

/// The formal name that a form stands for, if the list has it.
pub(super) fn formal(name: &str) -> Option<&'static str> {
    LINES.get(name)?.first().copied()
}

/// Whether two forms are of one name.
pub(super) fn related(one: &str, other: &str) -> bool {
    match (LINES.get(one), LINES.get(other)) {
        (Some(one), Some(other)) => one.iter().any(|formal| other.contains(formal)),
        _ => false,
    }
}
